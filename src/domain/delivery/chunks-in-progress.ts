// The chunks that this process dispatches and their messages, with the counts that limit the dispatcher. Used by the
// dispatcher, which reports each change. Never reads or writes the table of chunks.

import type { DispatchableMessage } from '#domain/acceptance/chunking.ts';
import { type Chunk, type ChunkWithMessages, type Item, keyOf } from './dispatch-item.ts';

/** A link that is lost for a moment comes back within it, and other processes need not claim the chunk. */
const firstPatienceMs = 10_000;
/**
 * A chunk that was released before has no route, or none whose link is up: 4,000 of its kind fill half of the dispatcher, and no
 * other chunk is claimed while they are held.
 */
const laterPatienceMs = 500;
const maxPauseMs = 60_000;

/** How long a process holds a chunk of which a message has no available connector. */
function patienceMs(attempts: number): number {
  return attempts <= 1 ? firstPatienceMs : laterPatienceMs;
}

/** How long a chunk without a connector rests until its next claim: 1 s, doubling with each claim to a minute. */
export function pauseAfterMs(attempts: number): number {
  return Math.min(maxPauseMs, 1000 * 2 ** Math.min(attempts - 1, 10));
}

type ChunkKey = Pick<ChunkWithMessages, 'bucket' | 'id'>;

/** A carrier that reported a failure of the message does not get it again. */
function itemOf(message: DispatchableMessage, chunk: Chunk): Item {
  const { resend } = message;
  return resend === undefined
    ? { ...message, chunk }
    : { ...message, chunk, avoided: new Set(resend.failedIds) };
}

export class ChunksInProgress {
  /** Chunks with a message that is not settled. */
  readonly #open = new Set<Chunk>();
  /** Keys of the chunks that name this process, from their claim until their end is durable or they are released. */
  readonly #known = new Set<string>();
  #unsettled = 0;
  #withConnectors = 0;

  /** Messages without a final outcome. */
  get unsettled(): number {
    return this.#unsettled;
  }

  /** Messages that a connector has. */
  get withConnectors(): number {
    return this.#withConnectors;
  }

  isKnown(chunk: ChunkKey): boolean {
    return this.#known.has(keyOf(chunk));
  }

  /** A row of an unknown chunk that names this process is a lost claim. */
  know(chunks: readonly ChunkKey[]): void {
    for (const chunk of chunks) this.#known.add(keyOf(chunk));
  }

  forget(chunks: readonly ChunkKey[]): void {
    for (const chunk of chunks) this.#known.delete(keyOf(chunk));
  }

  /** Adds a claimed chunk with its messages. */
  open({ bucket, id, priorityClass, attempts = 1, messages }: ChunkWithMessages): {
    chunk: Chunk;
    items: Item[];
  } {
    const chunk: Chunk = {
      bucket,
      id,
      priorityClass,
      attempts,
      unrecorded: messages.length,
      undurable: 0,
      left: messages.length,
      withConnectors: 0,
      inDoubt: 0,
      isPaused: false,
      stuckSinceMs: null,
      released: false,
    };
    this.know([chunk]);
    if (chunk.left > 0) this.#open.add(chunk);
    this.#unsettled += chunk.left;
    return { chunk, items: messages.map((message) => itemOf(message, chunk)) };
  }

  handOver({ chunk }: Item): void {
    this.#withConnectors++;
    chunk.withConnectors++;
  }

  /** The connector has given the outcome of the message. */
  takeBack({ chunk }: Item): void {
    this.#withConnectors--;
    chunk.withConnectors--;
  }

  /** Returns how many times the message was sent without an answer. */
  doubt(item: Item): number {
    if (item.doubts === undefined) item.chunk.inDoubt++;
    item.doubts = (item.doubts ?? 0) + 1;
    return item.doubts;
  }

  settle({ chunk, doubts }: Item): void {
    this.#unsettled--;
    if (doubts !== undefined) chunk.inDoubt--;
    if (--chunk.left === 0) this.#open.delete(chunk);
  }

  /** Releases the chunks: their messages are not handed over any more. */
  release(chunks: readonly Chunk[]): void {
    for (const chunk of chunks) {
      chunk.released = true;
      this.#open.delete(chunk);
      this.#unsettled -= chunk.left;
    }
    this.forget(chunks);
  }

  all(): Chunk[] {
    return [...this.#open];
  }

  /** The campaigns of these chunks are paused. */
  pause(bucket: number, ids: readonly number[]): void {
    if (ids.length === 0) return;
    const paused = new Set(ids);
    for (const chunk of this.#open)
      if (chunk.bucket === bucket && paused.has(chunk.id)) chunk.isPaused = true;
  }

  /** Paused chunks of which nothing is with a connector, in doubt, or not durable: another process would send it again. */
  drained(): Chunk[] {
    return this.all().filter(
      ({ isPaused, withConnectors, inDoubt, undurable }) =>
        isPaused && withConnectors === 0 && inDoubt === 0 && undurable === 0,
    );
  }

  /** Chunks that have waited for a connector for their time, and of which no connector has a message. */
  stuckAt(nowMs: number): Chunk[] {
    return this.all().filter(
      ({ stuckSinceMs, withConnectors, attempts }) =>
        stuckSinceMs !== null && stuckSinceMs + patienceMs(attempts) < nowMs && withConnectors === 0,
    );
  }
}
