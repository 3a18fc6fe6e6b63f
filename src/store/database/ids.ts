// Ids of messages and campaigns: taken from the database in blocks, so that the ids of a batch are consecutive, rise with
// time, and cost no round trip. Used by the pipeline and the operations. Creates the partitions of a block before its first id.
import { int8, word } from './columns.ts';
import type { Database } from './database.ts';
import { ensurePartitions } from './partitions.ts';
import { statement } from './statement.ts';

export type SequenceName = 'message' | 'campaign';

export interface Ids {
  /** The first of `count` consecutive ids. A promise only if a new block must be fetched. */
  take(sequence: SequenceName, count: number): number | Promise<number>;
}

const takeBlock = statement('take_block', {
  params: { sequence: word<SequenceName>(), size: int8 },
  row: { first: int8 },
  text: (p) => `
update id_sequences set next = next + ${p.size} where name = ${p.sequence} returning next - ${p.size} as first`,
});

/** Small enough that a quiet process does not hold old ids for long, large enough for a second of load. */
const blockSize = 10_000;
/** An older block is discarded: ids should rise with time across processes. */
const blockLifeMs = 600_000;

interface Block {
  next: number;
  end: number;
  takenAtMs: number;
}

export function createIds(database: Database, now: () => number): Ids {
  const blocks = new Map<SequenceName, Block>();
  const spares = new Map<SequenceName, Promise<Block>>();

  async function fetchBlock(sequence: SequenceName, size: number): Promise<Block> {
    const row = await takeBlock.find(database.query, { sequence, size });
    const first = row!.first;
    await ensurePartitions(database, sequence, first, first + size);
    return { next: first, end: first + size, takenAtMs: now() };
  }

  function prefetch(sequence: SequenceName): void {
    if (spares.has(sequence)) return;
    const spare = fetchBlock(sequence, blockSize);
    spares.set(sequence, spare);
    spare.catch(() => spares.delete(sequence));
  }

  async function refill(sequence: SequenceName, count: number): Promise<number> {
    const spare = spares.get(sequence);
    spares.delete(sequence);
    let block = await (spare ?? fetchBlock(sequence, Math.max(blockSize, count)));
    // Another caller may have stored a block concurrently: the one with more ids left is kept.
    if (block.end - block.next < count || now() - block.takenAtMs > blockLifeMs)
      block = await fetchBlock(sequence, Math.max(blockSize, count));
    const first = block.next;
    block.next += count;
    const current = blocks.get(sequence);
    if (current === undefined || current.end - current.next < block.end - block.next)
      blocks.set(sequence, block);
    return first;
  }

  return {
    take(sequence, count) {
      const block = blocks.get(sequence);
      if (block === undefined || block.end - block.next < count || now() - block.takenAtMs > blockLifeMs)
        return refill(sequence, count);
      const first = block.next;
      block.next += count;
      if (block.end - block.next < blockSize / 2) prefetch(sequence);
      return first;
    },
  };
}
