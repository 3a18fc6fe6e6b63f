// Chunks and messages as the dispatcher has them in memory. Used by the dispatcher alone.

import type { DispatchableMessage } from '#domain/acceptance/chunking.ts';
import type { RoutedMessage } from '#domain/routing/message-router.ts';
import type { DispatchChunk, DispatchMessage } from './dispatch-state.ts';

export interface Item extends DispatchableMessage, DispatchMessage, RoutedMessage {
  readonly chunk: Chunk;
  /** How often it was sent and its answer stayed away. */
  doubts?: number;
}

export interface Chunk extends DispatchChunk {
  readonly lane: number;
  /** Messages without an outcome that settles them. */
  left: number;
  withConnectors: number;
  /** When this process found no connector for one of its messages first. */
  stuckSinceMs: number | null;
  released: boolean;
}

export function keyOf({ bucket, id }: { bucket: number; id: number }): string {
  return `${bucket} ${id}`;
}
