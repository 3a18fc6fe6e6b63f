// Deletes carrier references after the last possible receipt and conversations after the last possible STOP, independent
// of the retention of messages. Used by the role `maintenance`.
import type { Round } from '#domain/delivery/retention.ts';
import type { Context } from '#pipeline/context.ts';
import { dropPartitions, goes, listPartitions, type Partition } from '#store/database/partitions.ts';
import {
  deleteConversations,
  findAnswerable,
  findLastExpiry,
  findMessageWithin,
  hasMessageAfter,
} from '#store/retention/messages.ts';

type Needs = Pick<Context, 'database' | 'log'>;

const sliceSize = 100_000;
const batchSize = 5_000;

/** Returns whether rows in use were left for a later round. */
export async function deleteExpiredReferences(context: Needs, round: Round): Promise<boolean> {
  const { query } = context.database;
  const left = [];
  for (const [table, keptUntil] of [
    ['carrier_references', receiptsUntil],
    ['conversations', answersUntil],
  ] as const)
    left.push(
      await dropPartitions(context, round, table, async (partition) => {
        if (!(await hasMessageAfter(query, round.buckets, partition, round.settledFromMs))) return 'kept';
        const keptUntilMs = await keptUntil(context, round, partition);
        return keptUntilMs === null ? goes : { keptUntilMs };
      }),
    );
  for (const partition of await listPartitions(query, 'conversations'))
    for (const bucket of round.buckets)
      while (!round.isStopping()) {
        const deleted = await deleteConversations(
          query,
          bucket,
          partition,
          round.answerRowsFromMs,
          batchSize,
        );
        if (deleted < batchSize) break;
      }
  return left.includes(true);
}

/** The partition is needed until this time. Null: it can be deleted. */
async function receiptsUntil(
  { database }: Needs,
  round: Round,
  partition: Partition,
): Promise<number | null> {
  for (const bucket of round.buckets) {
    let { first } = partition;
    for (;;) {
      if (round.isStopping()) return 0;
      const id = await findMessageWithin(database.query, bucket, first, partition.end);
      if (id === null) break;
      first = Math.min(id + sliceSize, partition.end);
      const expiryMs = await findLastExpiry(database.query, bucket, id, first, round.receiptsFromMs);
      if (expiryMs !== null) return expiryMs + round.receiptWindowMs;
    }
  }
  return null;
}

async function answersUntil({ database }: Needs, round: Round, partition: Partition): Promise<number | null> {
  const dueAtMs = await findAnswerable(database.query, partition, round.answersFromMs);
  return dueAtMs && dueAtMs + (round.nowMs - round.answersFromMs);
}
