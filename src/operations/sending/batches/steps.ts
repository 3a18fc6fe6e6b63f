// Steps of batches that requests and the job share: a change of the status, and the cancellation of accepted messages.
// Used by service.ts and job.ts of one process, which also share the set of batches in progress.
import { draftScope } from '#domain/acceptance/idempotency.ts';
import type { Account } from '#domain/account/account.ts';
import type { Batch } from '#domain/campaign/batch.ts';
import { InProgressSet } from '#lib/async/in-progress-set.ts';
import { dayMs } from '#lib/time/duration.ts';
import type { Context } from '#pipeline/context.ts';
import { listBatchCampaigns } from '#store/campaigns/batch-messages.ts';
import { type BatchStep, stepBatch } from '#store/campaigns/batches.ts';
import { claimIdempotencyKeys } from '#store/pipeline/acceptance.ts';

export interface BatchStepNeeds {
  readonly processId: number;
  readonly cancel: (account: Account, campaignId: number) => Promise<'cancelled' | 'too-late' | 'unknown'>;
}

export interface BatchSteps {
  readonly processId: number;
  /** Batches that this process works on. */
  readonly inProgress: InProgressSet<string>;
  /** Null if the batch is no longer in one of the states `from`. */
  step(account: Account, id: string, step: Omit<BatchStep, 'nowMs'>): Promise<Batch | null>;
  /** The same for a batch that this process has claimed. Null also if this process was fenced. */
  stepClaimed(
    account: Account,
    id: string,
    step: Omit<BatchStep, 'nowMs' | 'claimedBy'>,
  ): Promise<Batch | null>;
  /** Claims the reserved campaign id. True if no message was sent or will be: a running submission finds the id used. */
  claimCampaignId(account: Account, campaignId: number): Promise<boolean>;
  /** Ends a claimed batch in the state `canceling`: as `canceled`, or as `inserted` if a message was sent. */
  cancelMessages(account: Account, batch: Pick<Batch, 'id' | 'campaignId'>): Promise<void>;
}

/** A submission that runs during the cancellation has ended after this time. */
const campaignIdClaimMs = 30 * dayMs;

export function createBatchSteps(
  { database, clock }: Pick<Context, 'database' | 'clock'>,
  { processId, cancel }: BatchStepNeeds,
): BatchSteps {
  const { query } = database;

  const step: BatchSteps['step'] = (account, id, change) =>
    stepBatch(query, account, id, { ...change, nowMs: clock.now() });

  const stepClaimed: BatchSteps['stepClaimed'] = (account, id, change) =>
    step(account, id, { ...change, claimedBy: processId });

  async function claimCampaignId({ bucket, id: accountId }: Account, campaignId: number): Promise<boolean> {
    const nowMs = clock.now();
    const expiresAtMs = nowMs + campaignIdClaimMs;
    const claim = { accountId, scope: draftScope, key: String(campaignId), campaignId, expiresAtMs };
    return (await claimIdempotencyKeys(query, bucket, [claim], nowMs)).has(campaignId);
  }

  async function cancelCampaigns(account: Account, id: string): Promise<boolean> {
    const campaigns = await listBatchCampaigns(query, account, id);
    // The latest campaign is cancelled first, so that a refusal comes before anything has changed.
    for (const campaign of campaigns.toReversed())
      if ((await cancel(account, campaign.id)) === 'too-late') return false;
    return true;
  }

  return {
    ...{ processId, inProgress: new InProgressSet(), step, stepClaimed, claimCampaignId },

    async cancelMessages(account, { id, campaignId }) {
      const isCancelled =
        (await claimCampaignId(account, campaignId)) || (await cancelCampaigns(account, id));
      await stepClaimed(account, id, {
        from: ['canceling'],
        to: isCancelled ? 'canceled' : 'inserted',
        claim: { processId: null, lookAtMs: isCancelled ? null : clock.now() },
      });
    },
  };
}
