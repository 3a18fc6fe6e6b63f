// Submits a batch, to its numbers or to its list, as one submission: all messages or none. Returns the result of each
// receiver. Used by the job of batches (job.ts), which submits a batch again if the first result is unknown.
import type { Account } from '#domain/account/account.ts';
import { type Refusal, type RefusalReason, RefusedError } from '#domain/base/refusals.ts';
import type { Submission } from '#domain/base/submission.ts';
import type { Batch, BatchError, BatchOrder, SentBatch } from '#domain/campaign/batch.ts';
import type { FailedRecipient, SubmissionReport } from '#domain/plan/plan.ts';
import { type NumberRule, readRecipient } from '#domain/plan/read-recipient.ts';
import { isOfRecipients } from '#domain/plan/recipient-refusals.ts';
import { ListError } from '#domain/recipients/recipient-list.ts';
import { DownloadError } from '#lib/net/http-download.ts';
import { CsvError } from '#lib/text/csv-reader.ts';
import type { Context } from '#pipeline/context.ts';
import { listBatchCampaigns } from '#store/campaigns/batch-messages.ts';

export interface SendBatchNeeds {
  readonly submit: (account: Account, submission: Submission) => Promise<SubmissionReport>;
  /** Submits to the current list of a slot, all messages or none; null for an empty slot. */
  readonly submitToSlot: (account: Account, order: BatchOrder, slotId: number) => Promise<SentList | null>;
}

/** The result of a submission to a list. */
interface SentList extends Omit<SentBatch, 'errors'> {
  readonly failures: readonly FailedRecipient[];
}

/** Throws errors that the batch did not cause. */
export async function sendBatch(
  { database }: Pick<Context, 'database'>,
  { submit, submitToSlot }: SendBatchNeeds,
  account: Account,
  batch: Batch,
): Promise<SentBatch> {
  const { id, receivers, slotId, campaignId } = batch;
  const order = { ...batch.order, draftId: campaignId };
  try {
    if (slotId !== null) {
      const sent = await submitToSlot(account, order, slotId);
      if (sent === null) throw new ListError('There is no list in this slot any more');
      const { failures, costMicros, dueAtMs } = sent;
      return { errors: failures.map(toError), costMicros, dueAtMs };
    }
    const recipients = (receivers ?? []).map((number) => ({ number }));
    const { plan } = await submit(account, { ...order, recipients, dryRun: false });
    return { errors: plan.failures.map(toError), costMicros: plan.costMicros, dueAtMs: plan.dueAtMs };
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === null) throw error;
    // Submitted by a process that did not record it.
    if (refusal.reason === 'draft-already-sent')
      return resultOf(await listBatchCampaigns(database.query, account, id));
    const errors = isOfRecipients(error)
      ? (receivers ?? []).map((receiver) =>
          explain(receiver, order, account.settings.defaultCountry, refusal),
        )
      : [{ receiver: '', ...refusal }];
    return { errors, costMicros: 0n, dueAtMs: null };
  }
}

function resultOf(campaigns: Awaited<ReturnType<typeof listBatchCampaigns>>): SentBatch {
  const errors = campaigns.flatMap(({ failures }) =>
    (failures ?? []).map(({ number, reason }) => ({ receiver: number, reason: reason as RefusalReason })),
  );
  const costMicros = campaigns.reduce((sum, campaign) => sum + campaign.costMicros, 0n);
  const dueAtMs = campaigns.length === 0 ? null : Math.min(...campaigns.map((campaign) => campaign.dueAtMs));
  return { errors, costMicros, dueAtMs };
}

/** Null for an error that the batch did not cause. */
function refusalOf(error: unknown): Refusal | null {
  if (error instanceof RefusedError) return error.refusal;
  const isOfList = error instanceof ListError || error instanceof CsvError || error instanceof DownloadError;
  return isOfList ? { reason: 'recipients-malformed', detail: error.message } : null;
}

function toError({ number, refusal }: FailedRecipient): BatchError {
  return { receiver: number, ...refusal };
}

/** The reason for a further receiver, if the first one was refused for this reason. */
function explain(
  receiver: string,
  rule: NumberRule,
  defaultCountry: string | null,
  first: Refusal,
): BatchError {
  const read = readRecipient({ number: receiver }, rule, defaultCountry);
  return { receiver, ...(read.ok ? first : read.refusal) };
}
