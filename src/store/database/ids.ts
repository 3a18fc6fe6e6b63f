// Ids made by the application: taken from the database in blocks, so that the ids of a batch are consecutive,
// rise with time, and cost no round trip.
import type { Database, Statement } from './database.ts';
import { ensurePartitions } from './partitions.ts';

export type SequenceName = 'message' | 'campaign';

export interface Ids {
  /** The first of `count` consecutive ids. A promise only when a new block must be fetched. */
  take(sequence: SequenceName, count: number): number | Promise<number>;
}

const takeBlock: Statement = {
  name: 'take_block',
  text: 'update id_sequences set next = next + $2 where name = $1 returning next - $2 as first',
};

/** Small enough that a quiet process does not hold old ids for long, large enough for a second of load. */
const blockSize = 10_000;
/** A block kept longer is thrown away: ids should rise with time across processes. */
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
    const [row] = await database.query<{ first: number }>(takeBlock, [sequence, size]);
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
    // While we waited, another caller may have put a block in place; either is good, the larger rest is kept.
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
