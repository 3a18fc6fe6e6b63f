// What stands in ordinary tables and is not kept for ever, deleted in small batches: what belongs to the history of
// messages, as long as these are kept; and what has served, whatever is kept.

import type { Round } from '#domain/delivery/retention.ts';
import { dayMs } from '#lib/time/duration.ts';
import type { Context } from '#pipeline/context.ts';
import {
  type DeleteBatch,
  deleteCancelRequests,
  deleteEndedProcesses,
  deleteSpentCodes,
  deleteUnconfirmedDrafts,
  historyDeleters,
} from '#store/retention/rows.ts';

type Needs = Pick<Context, 'database'>;

const batchSize = 1_000;
/** A code that has run out is told apart from one that never was for a day (store/campaigns/one-time-codes.ts). */
const codeLifeMs = dayMs;
/** As where an account begins another (keep-drafts.ts). */
const draftLifeMs = 30 * dayMs;
const processLifeMs = 30 * dayMs;

/** What belongs to the history of messages. After the campaigns: some of it goes when these are gone. */
export async function forgetHistory({ database }: Needs, round: Round): Promise<void> {
  for (const bucket of round.buckets)
    for (const deleteBatch of historyDeleters)
      await deleteAll(database.query, round, bucket, deleteBatch, round.keptFromMs);
}

/** What has served. */
export async function forgetLeftovers({ database }: Needs, round: Round): Promise<void> {
  const { query } = database;
  const today = new Date(round.nowMs);
  const month = today.getUTCFullYear() * 12 + today.getUTCMonth();
  for (const bucket of round.buckets) {
    await deleteAll(query, round, bucket, deleteSpentCodes, round.nowMs - codeLifeMs);
    await deleteAll(query, round, bucket, deleteUnconfirmedDrafts, round.nowMs - draftLifeMs);
    await deleteCancelRequests(query, bucket, month);
  }
  await deleteEndedProcesses(query, round.nowMs - processLifeMs);
}

async function deleteAll(
  query: Needs['database']['query'],
  round: Round,
  bucket: number,
  deleteBatch: DeleteBatch,
  beforeMs: number,
): Promise<void> {
  while (!round.isStopping()) if ((await deleteBatch(query, bucket, beforeMs, batchSize)) === 0) return;
}
