// Deletes old rows of ordinary tables in small batches: the history of messages after their retention, and used rows in
// any case. Used by the role `maintenance`.

import { giveUpOfBindsMs } from '#domain/delivery/delivery-attempt.ts';
import type { Round } from '#domain/delivery/retention.ts';
import { dayMs } from '#lib/time/duration.ts';
import type { Context } from '#pipeline/context.ts';
import { giveUpCallbacksOfBinds } from '#store/pipeline/callbacks.ts';
import { deleteSubmittedParts } from '#store/pipeline/submitted-parts.ts';
import { deleteCarrierExchanges } from '#store/platform/carriers.ts';
import { deleteRefusedRequests } from '#store/platform/refused-requests.ts';
import {
  type DeleteBatch,
  deleteCancelRequests,
  deleteEndedProcesses,
  deleteExpiredAnswers,
  deleteSpentCodes,
  deleteUnconfirmedDrafts,
  historyDeleters,
} from '#store/retention/rows.ts';

type Needs = Pick<Context, 'database'>;

const batchSize = 1_000;
/** For a day, an expired code is distinct from an unknown one (store/campaigns/one-time-codes.ts). */
const codeLifeMs = dayMs;
/** As where an account begins another (keep-drafts.ts). */
const draftLifeMs = 30 * dayMs;
/** Of answers of endpoints, and of refused requests. */
const answerLifeMs = 7 * dayMs;
const processLifeMs = 30 * dayMs;

/** Rows of the history of messages. Campaigns are deleted before them, because some rows depend on these. */
export async function deleteExpiredHistory({ database }: Needs, round: Round): Promise<void> {
  for (const bucket of round.buckets)
    for (const deleteBatch of historyDeleters)
      await deleteAll(database.query, round, bucket, deleteBatch, round.keptFromMs);
}

/** Rows that are used up. */
export async function deleteUsedRows({ database }: Needs, round: Round): Promise<void> {
  const { query } = database;
  const today = new Date(round.nowMs);
  const month = today.getUTCFullYear() * 12 + today.getUTCMonth();
  for (const bucket of round.buckets) {
    await deleteAll(query, round, bucket, deleteSpentCodes, round.nowMs - codeLifeMs);
    await deleteAll(query, round, bucket, giveUpCallbacksOfBinds, round.nowMs - giveUpOfBindsMs);
    // Receipts name the parts for as long.
    await deleteAll(query, round, bucket, deleteSubmittedParts, round.nowMs - giveUpOfBindsMs);
    await deleteAll(query, round, bucket, deleteUnconfirmedDrafts, round.nowMs - draftLifeMs);
    await deleteAll(query, round, bucket, deleteExpiredAnswers, round.nowMs - answerLifeMs);
    await deleteCancelRequests(query, bucket, month);
  }
  await deleteRefusedRequests(query, round.nowMs - answerLifeMs);
  await deleteCarrierExchanges(query, round.nowMs - answerLifeMs);
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
