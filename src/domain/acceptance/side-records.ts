// Rows that are stored with a campaign in addition to its messages: conversations, reviews, skipped recipients, origins and
// secret texts. Used by the acceptance. Nearly all campaigns have none and are stored by one statement.

import type { RefusalReason } from '#domain/base/refusals.ts';
import type { CampaignOrigin } from '#domain/base/submission.ts';
import type { Review } from '#domain/plan/plan.ts';
import { foldAddress, mayBeAnswered } from '#domain/recipients/conversation.ts';
import type { AcceptedCampaign, Submitted } from './chunking.ts';

/** The messages of a campaign that a reply can answer. */
export interface NewConversations {
  readonly firstMessageId: number;
  readonly messageCount: number;
  /** In canonical form; null if the campaign has no sender. */
  readonly number: string | null;
}

export interface NewReview extends Review {
  readonly accountId: number;
  readonly campaignId: number;
}

/**
 * A recipient without a message, because of an opt-out or an unusable number. A callback reports it like a final status.
 */
export interface SkippedRecipient {
  readonly accountId: number;
  readonly campaignId: number;
  /** Null if the number cannot be read. */
  readonly msisdn: number | null;
  /** As written in the request; null if it can be read. */
  readonly writtenNumber: string | null;
  readonly reason: RefusalReason;
}

export interface NewOrigin extends CampaignOrigin {
  readonly accountId: number;
  readonly campaignId: number;
}

/** A text with a secret, and its replacement. */
export interface NewSecretText {
  readonly accountId: number;
  readonly campaignId: number;
  readonly maskedText: string;
}

export interface SideRecords {
  readonly conversations: readonly NewConversations[];
  readonly reviews: readonly NewReview[];
  readonly skipped: readonly SkippedRecipient[];
  readonly origins: readonly NewOrigin[];
  readonly secrets: readonly NewSecretText[];
}

export function hasNoSideRecords(submitted: Submitted): boolean {
  const { account, submission, plan } = submitted;
  const { origin, maskedText, label } = submission;
  if (origin !== undefined || maskedText !== undefined) return false;
  // The user may have a quota.
  if (label !== undefined && label.userId !== null) return false;
  if (mayBeAnswered(submission, account.settings) || plan.review !== null) return false;
  return skippedOf(submitted).length === 0;
}

export function sideRecordsOf(
  batch: readonly Submitted[],
  campaigns: readonly AcceptedCampaign[],
): SideRecords {
  const answerable = new Set<number>();
  for (const { account, submission, campaignId } of batch)
    if (mayBeAnswered(submission, account.settings)) answerable.add(campaignId);
  return {
    conversations: campaigns
      .filter((campaign) => answerable.has(campaign.id))
      .map(({ firstMessageId, messages, sender }) => ({
        firstMessageId,
        messageCount: messages.length,
        number: sender === null ? null : foldAddress(sender),
      })),
    reviews: batch.flatMap(({ account, campaignId, plan: { review } }) =>
      review === null ? [] : [{ accountId: account.id, campaignId, ...review }],
    ),
    skipped: batch.flatMap(skippedOf),
    origins: batch.flatMap(({ account, campaignId, submission: { origin } }) =>
      origin === undefined ? [] : [{ accountId: account.id, campaignId, ...origin }],
    ),
    secrets: batch.flatMap(({ account, campaignId, submission: { maskedText } }) =>
      maskedText === undefined ? [] : [{ accountId: account.id, campaignId, maskedText }],
    ),
  };
}

/** In characters: an unreadable number can be any text. */
const maxWrittenNumberLength = 50;

/** Failures that callbacks report, except opted-out recipients that the customer asked to skip. */
function skippedOf({ account, submission, plan, campaignId }: Submitted): SkippedRecipient[] {
  if (plan.failures.length === 0 || !plan.reportsFailures) return [];
  if (account.settings.callbacks.receiptUrl === null) return [];
  const skipped: SkippedRecipient[] = [];
  const known = new Set<number | string>();
  for (const { number, msisdn, refusal } of plan.failures) {
    const { reason } = refusal;
    if (reason === 'recipient-opted-out' && submission.skipsOptedOut) continue;
    const writtenNumber = msisdn === undefined ? number.slice(0, maxWrittenNumberLength) : null;
    const key = msisdn ?? writtenNumber!;
    if (known.has(key)) continue;
    known.add(key);
    skipped.push({ accountId: account.id, campaignId, msisdn: msisdn ?? null, writtenNumber, reason });
  }
  return skipped;
}
