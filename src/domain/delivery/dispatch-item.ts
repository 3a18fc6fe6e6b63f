// Chunks and messages in the memory of the dispatcher. Used by the dispatcher and the port of accepted chunks.

import type { DispatchableMessage } from '#domain/acceptance/chunking.ts';
import type { RoutedMessage } from '#domain/routing/message-router.ts';
import type { DispatchChunk, DispatchMessage } from './dispatch-state.ts';

/** A chunk that names this process, with its messages that have no outcome. */
export interface ChunkWithMessages {
  readonly bucket: number;
  readonly id: number;
  readonly priorityClass: number;
  /** Its claims with this one. Absent: the first. */
  readonly attempts?: number;
  readonly messages: readonly DispatchableMessage[];
}

export interface Item extends DispatchableMessage, DispatchMessage, RoutedMessage {
  readonly chunk: Chunk;
  /** Number of times it was sent without an answer. */
  doubts?: number;
}

export interface Chunk extends DispatchChunk {
  readonly priorityClass: number;
  /** Its claims with this one: at least 1. */
  readonly attempts: number;
  /** Messages without a final outcome. */
  left: number;
  withConnectors: number;
  /** Messages that were sent without an answer and are sent again. */
  inDoubt: number;
  /** Its campaign is paused: only messages in doubt are handed over, and it is released when nothing of it is under way. */
  isPaused: boolean;
  /** When this process first found no connector for one of its messages. */
  stuckSinceMs: number | null;
  released: boolean;
}

export function keyOf({ bucket, id }: { bucket: number; id: number }): string {
  return `${bucket} ${id}`;
}
