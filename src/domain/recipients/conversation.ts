// Rules for matching a reply to a message: the last one to that phone from the number that received the reply. Used by the
// reply recorder and by the acceptance, which stores the messages that a reply can answer.

import type { AccountSettings } from '#domain/account/account.ts';
import type { Submission } from '#domain/base/submission.ts';
import { dayMs, hourMs } from '#lib/time/duration.ts';

/** A reply answers a message of the last 48 hours. */
export const replyWindowMs = 48 * hourMs;

/** A STOP answers an older message too: a person who finds an old text and opts out means its sender. */
export const stopWindowMs = 30 * dayMs;

/** The same text from the same phone about the same message is a repetition by the carrier within this time. */
export const repeatWindowMs = 5 * 60_000;

/**
 * Whether a reply can answer the message. Nearly all messages cannot be answered and are not stored for replies. A text
 * that contains STOP can be answered, whatever its purpose.
 */
export function mayBeAnswered(
  { withReplies, fromOwnNumber, purpose, text }: Answerable,
  settings: Pick<AccountSettings, 'optOutsCoverTransactional'>,
): boolean {
  return (
    withReplies ||
    fromOwnNumber === true ||
    purpose === 'marketing' ||
    settings.optOutsCoverTransactional ||
    /\bSTOP/i.test(text)
  );
}

type Answerable = Pick<Submission, 'purpose' | 'withReplies' | 'fromOwnNumber' | 'text'>;

/** Canonical form of a sender for comparisons: carriers return numbers with or without plus, names in any case. */
export function foldAddress(address: string): string {
  const folded = address.trim().toLowerCase();
  return /^(\+|00)?[0-9]+$/.test(folded) ? folded.replace(/^(\+|00)/, '') : folded;
}
