// The job of batches: sends waiting batches, continues those of fenced processes, completes those whose last message was
// sent. Used by the role `jobs`. A batch belongs to the process that works on it, for any duration, until it is released
// or the process is fenced.
import type { Account, AccountKey } from '#domain/account/account.ts';
import type { Batch, SentBatch } from '#domain/campaign/batch.ts';
import { dayMs } from '#lib/time/duration.ts';
import type { Context } from '#pipeline/context.ts';
import { findNextOfBatch } from '#store/campaigns/batch-messages.ts';
import { claimBatch, releaseBatch } from '#store/campaigns/batches.ts';
import type { BatchSteps } from './steps.ts';

export interface BatchJobNeeds {
  /** Uses the batch's reserved id: accepted once for any number of attempts. */
  readonly send: (account: Account, batch: Batch) => Promise<SentBatch>;
  readonly accountOf: (id: number) => Account | null | Promise<Account | null>;
}

export interface BatchJob {
  /** Works on the batches of the bucket whose step is due, one after the other. */
  runOnce(bucket: number): Promise<void>;
}

/** Delay after a failure. */
const retryAfterMs = 15_000;
/** Interval between two reads of a batch that is being sent; a batch that is not due is read when it is. */
const lookEveryMs = 1_000;
const lookAgainWithinMs = dayMs;
/** Limit of skipped receivers in an answer. */
const maxErrors = 10_000;

export function createBatchJob(
  { database, clock }: Pick<Context, 'database' | 'clock'>,
  steps: BatchSteps,
  { send, accountOf }: BatchJobNeeds,
): BatchJob {
  const { query } = database;
  const { processId, inProgress, stepClaimed } = steps;

  return {
    async runOnce(bucket) {
      for (;;) {
        const claimed = await claimBatch(query, bucket, processId, inProgress.ids, clock.now());
        if (claimed === null) return;
        const { accountId, batch } = claimed;
        await inProgress.run(batch.id, () => processBatch({ bucket, id: accountId }, batch));
      }
    },
  };

  async function processBatch(key: AccountKey, batch: Batch): Promise<void> {
    const release = () => releaseBatch(query, key, batch.id, processId, clock.now() + retryAfterMs);
    try {
      const account = await accountOf(key.id);
      await (account === null ? release() : continueBatch(account, batch));
    } catch (error) {
      await release();
      throw error;
    }
  }

  async function continueBatch(account: Account, batch: Batch): Promise<void> {
    switch (batch.status) {
      case 'pending':
      case 'inserting':
        return insertBatch(account, batch);
      case 'inserted':
        return completeBatch(account, batch);
      case 'to_cancel':
      case 'canceling':
        return cancelBatch(account, batch);
    }
  }

  async function insertBatch(account: Account, { id }: Batch): Promise<void> {
    const batch = await stepClaimed(account, id, { from: ['pending', 'inserting'], to: 'inserting' });
    if (batch === null) return;
    const { errors, costMicros, dueAtMs } = await send(account, batch);
    const result = { errors: errors.slice(0, maxErrors), processedRecords: batch.totalRecords };
    if (dueAtMs === null) {
      const end = { ...result, claim: { processId: null, lookAtMs: null } };
      const failed = await stepClaimed(account, id, { ...end, from: ['inserting'], to: 'failed' });
      if (failed === null) await stepClaimed(account, id, { ...end, from: ['to_cancel'], to: 'canceled' });
      return;
    }
    const inserted = await stepClaimed(account, id, {
      ...result,
      from: ['inserting'],
      to: 'inserted',
      estimatedMicros: costMicros,
      dueAtMs,
      claim: { processId: null, lookAtMs: clock.now() },
    });
    if (inserted === null) await cancelBatch(account, batch);
  }

  /** Ends the batch if no message waits, and otherwise sets the time of the next look. */
  async function completeBatch(account: Account, { id }: Batch): Promise<void> {
    const nowMs = clock.now();
    const nextMs = await findNextOfBatch(query, account, id, nowMs + lookAgainWithinMs);
    const lookAtMs = nextMs === null ? null : Math.max(nextMs, nowMs) + lookEveryMs;
    const to = nextMs === null ? 'completed' : 'inserted';
    await stepClaimed(account, id, { from: ['inserted'], to, claim: { processId: null, lookAtMs } });
  }

  async function cancelBatch(account: Account, batch: Batch): Promise<void> {
    const from = ['inserted', 'to_cancel', 'canceling'] as const;
    if ((await stepClaimed(account, batch.id, { from, to: 'canceling' })) !== null)
      await steps.cancelMessages(account, batch);
  }
}
