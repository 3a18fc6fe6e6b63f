// The chunks that this process dispatches and their messages, with the counts that limit the dispatcher. Used by the
// dispatcher, which reports each change. Never reads or writes the table of chunks.

import { type Chunk, type ChunkWithMessages, type Item, keyOf } from './dispatch-item.ts';

type ChunkKey = Pick<ChunkWithMessages, 'bucket' | 'id'>;

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
  open({ bucket, id, priorityClass, messages }: ChunkWithMessages): { chunk: Chunk; items: Item[] } {
    const chunk: Chunk = {
      bucket,
      id,
      priorityClass,
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
    return { chunk, items: messages.map((message) => ({ ...message, chunk })) };
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

  /** Chunks that have waited for a connector since before this time, and of which no connector has a message. */
  stuckSince(beforeMs: number): Chunk[] {
    return this.all().filter(
      ({ stuckSinceMs, withConnectors }) =>
        stuckSinceMs !== null && stuckSinceMs < beforeMs && withConnectors === 0,
    );
  }
}
