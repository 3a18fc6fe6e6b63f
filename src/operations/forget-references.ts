// What carriers and phones may come back to goes when they may not any more, however long messages are kept: the references
// that carriers gave to segments, after the last receipt; the traces of conversations, after the last STOP.
import type { Round } from '#domain/retention.ts';
import {
  deleteConversations,
  findAnswerable,
  findLastExpiry,
  findMessageWithin,
  hasMessageAfter,
} from '#store/old-messages.ts';
import { dropPartition, listPartitions, type Partition } from '#store/partitions.ts';
import type { Context } from './context.ts';

type Needs = Pick<Context, 'database' | 'log'>;

const sliceSize = 100_000;
const batchSize = 5_000;
/** Ids that were taken so long ago are in the table, or never will be. */
const settledAfterMs = 86_400_000;

/** Answers whether something was left for later because it was in use. */
export async function forgetReferences(context: Needs, round: Round): Promise<boolean> {
  const { query } = context.database;
  let isLeft = false;
  for (const [table, holdsUntil] of [
    ['carrier_refs', receiptsUntil],
    ['conversations', answersUntil],
  ] as const) {
    for (const partition of await listPartitions(query, table)) {
      if (round.isStopping()) return isLeft;
      if ((await dropWhole(context, round, partition, holdsUntil)) === 'in use') isLeft = true;
    }
  }
  for (const partition of await listPartitions(query, 'conversations'))
    while (!round.isStopping()) {
      const deleted = await deleteConversations(query, partition, round.answerRowsFromMs, batchSize);
      if (deleted < batchSize) break;
    }
  return isLeft;
}

/** Until when a partition is needed; null: no longer. */
type HoldsUntil = (context: Needs, round: Round, partition: Partition) => Promise<number | null>;

async function dropWhole(
  context: Needs,
  round: Round,
  partition: Partition,
  holdsUntil: HoldsUntil,
): Promise<'dropped' | 'kept' | 'in use'> {
  const { database, log } = context;
  const { name } = partition;
  if ((round.holdsUntil.get(name) ?? 0) > round.nowMs) return 'kept';
  if (!(await hasMessageAfter(database.query, round.buckets, partition, round.nowMs - settledAfterMs)))
    return 'kept';
  const untilMs = await holdsUntil(context, round, partition);
  if (untilMs !== null) {
    round.holdsUntil.set(name, untilMs);
    return 'kept';
  }
  const isDropped = await dropPartition(database, partition);
  log.info({ partition: name, isDropped }, 'a partition of what nobody comes back to');
  return isDropped ? 'dropped' : 'in use';
}

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
