// Refusals of single recipients, and the test for them. Used by the plan and by services that submit for many recipients.
// All recipients share the objects, so their sentences never contain a number.

import type { AccountSettings } from '#domain/account/account.ts';
import type { Tier } from '#domain/base/campaign.ts';
import type { DialectCapabilities } from '#domain/base/dialect-capabilities.ts';
import { type Refusal, type RefusalReason, RefusedError } from '#domain/base/refusals.ts';
import type { Submission } from '#domain/base/submission.ts';

export const invalidNumber: Refusal = {
  reason: 'number-invalid',
  detail: 'The number is not a telephone number; write it with its country code, as in +33612345678.',
};
export const notMobile: Refusal = {
  reason: 'number-not-mobile',
  detail: 'The line cannot receive SMS. Give a mobile number.',
};
export const unknownCountry: Refusal = {
  reason: 'country-unknown',
  detail: 'No country has a number with this prefix.',
};
export const optedOut: Refusal = {
  reason: 'recipient-opted-out',
  detail: 'The recipient answered STOP to this account.',
};

export const purposeMismatch: Refusal = {
  reason: 'purpose-mismatch',
  detail: 'The text reads like advertising: send it as marketing, with its stop clause.',
};
export const emptyText: Refusal = {
  reason: 'text-missing',
  detail: 'A text is empty after merging. Give values for its placeholders.',
};

export function uncovered(problem: 'no-country' | 'no-tier', country: string, tier: Tier): Refusal {
  return problem === 'no-country'
    ? { reason: 'country-not-covered', detail: `There is no price for ${country}.` }
    : { reason: 'tier-not-covered', detail: `${country} is not served in the tier ${tier}; choose another.` };
}

export function repliesUncovered(country: string): Refusal {
  return {
    reason: 'replies-not-covered',
    detail: `No reply number can be answered from ${country}. Send without replies.`,
  };
}

export function textTooLong(segments: number, maxSegments: number): Refusal {
  return {
    reason: 'text-too-long',
    detail: `The text takes ${segments} segments; at most ${maxSegments} are allowed. Shorten it.`,
  };
}

/** Whether recipients who opted out are skipped. */
export function asksOptOuts(submission: Submission, settings: AccountSettings): boolean {
  const { purpose, skipsOptedOut } = submission;
  return purpose === 'marketing' || settings.optOutsCoverTransactional || skipsOptedOut === true;
}

/**
 * Whether a submission without messages is accepted because a callback reports its opted-out recipients. A submission with
 * a secret is refused: the caller must know that it was not sent.
 */
export function isReportedByCallback(
  { maskedText }: Submission,
  { reportsSkippedRecipients }: DialectCapabilities,
  failures: readonly { readonly refusal: Refusal }[],
): boolean {
  if (!reportsSkippedRecipients || maskedText !== undefined) return false;
  return failures.some(({ refusal }) => refusal.reason === 'recipient-opted-out');
}

/** Faults of a single recipient. */
const recipientReasons: ReadonlySet<RefusalReason> = new Set<RefusalReason>([
  'recipients-malformed',
  'number-invalid',
  'number-not-mobile',
  'recipient-opted-out',
  'country-unknown',
  'country-not-covered',
  'tier-not-covered',
]);

/** True for a refusal because no recipient was left: each recipient has a separate reason. */
export function isOfRecipients(error: unknown): error is RefusedError {
  return error instanceof RefusedError && recipientReasons.has(error.refusal.reason);
}
