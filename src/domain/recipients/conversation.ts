// Which message a reply answers: the last one to that phone from the number it was sent to. Serves the recording of
// replies and of what they may answer.

import type { AccountSettings } from '#domain/account/account.ts';
import type { Submission } from '#domain/base/submission.ts';
import { dayMs, hourMs } from '#lib/time/duration.ts';

/** A reply answers a message of the last two days. */
export const replyWindowMs = 48 * hourMs;

/** A STOP is heard for longer: who finds an old text and wants no more of them means its sender. */
export const stopWindowMs = 30 * dayMs;

/** How long the same words from the same phone about the same message are the carrier repeating itself. */
export const repeatWindowMs = 5 * 60_000;

/**
 * Whether its recipients may be expected to answer. The others, nearly all of the traffic, leave no trace here. A text that
 * names a STOP is answered with one, whatever its customer called its purpose.
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

/** One form of a sender for comparing: carriers hand back numbers with or without their plus, names in any case. */
export function foldAddress(address: string): string {
  const folded = address.trim().toLowerCase();
  return /^(\+|00)?[0-9]+$/.test(folded) ? folded.replace(/^(\+|00)/, '') : folded;
}
