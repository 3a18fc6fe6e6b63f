// What accepted campaigns leave beside their messages: who may answer, what is to be reviewed, who was skipped. Serves
// the acceptance. Nearly all of the traffic leaves nothing, and is stored in one statement.
import { foldAddress, mayBeAnswered } from './conversation.ts';
import type { AcceptedCampaign, Submitted } from './layout.ts';
import { type Review, readRecipient } from './plan.ts';

/** The messages of a campaign that may be answered. */
export interface NewConversations {
  readonly firstMessageId: number;
  readonly messageCount: number;
  /** Folded; null when the campaign names no sender. */
  readonly number: string | null;
}

export interface NewReview extends Review {
  readonly accountId: number;
  readonly campaignId: number;
}

/** Who got no message because of an earlier STOP, and is told like an end. */
export interface SkippedRecipient {
  readonly accountId: number;
  readonly campaignId: number;
  readonly msisdn: number;
}

export interface Traces {
  readonly conversations: readonly NewConversations[];
  readonly reviews: readonly NewReview[];
  readonly skipped: readonly SkippedRecipient[];
}

/** Recipients are skipped only where they may answer. */
export function leavesNoTrace({ account, submission, plan }: Submitted): boolean {
  return !mayBeAnswered(submission, account.settings) && plan.review === null;
}

export function tracesOf(batch: readonly Submitted[], campaigns: readonly AcceptedCampaign[]): Traces {
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
  };
}

/** The answer of REST has no place for failures, so they are pushed (protocols/octopush.md 9). */
function skippedOf({ account, submission, plan, campaignId }: Submitted): SkippedRecipient[] {
  if (submission.dialect !== 'octopush-rest' || account.settings.callbacks.receiptUrl === null) return [];
  const skipped: SkippedRecipient[] = [];
  for (const { number, refusal } of plan.failures) {
    if (refusal.reason !== 'recipient-opted-out') continue;
    const read = readRecipient({ number }, account.settings.defaultCountry);
    if (read.ok) skipped.push({ accountId: account.id, campaignId, msisdn: read.msisdn });
  }
  return skipped;
}
