// Refusals of a mail. Used by both families of mail to SMS. A refused mail is accepted with 250 and ignored: its sender gets
// no bounce, the operator sees the reason (docs/operating/mail.md).

import { type RefusalReason, RefusedError } from '#domain/base/refusals.ts';
import { UnreadableMailError } from '#listeners/mime.ts';
import { WireRefusal } from './wire-refusal.ts';

/** Reasons that only mails have. All other reasons are in domain/base/refusals.ts. */
export type MailReason =
  | 'mail-unreadable'
  | 'frame-missing'
  | 'frame-open'
  | 'request-id-missing'
  | 'request-id-malformed'
  | 'item-missing'
  | 'item-invalid'
  | 'sender-unknown';

export class MailRefusal extends WireRefusal {
  readonly reason: MailReason;

  /** `detail`: a sentence with the remedy, without a text and without a whole number. */
  constructor(reason: MailReason, detail: string) {
    super(detail);
    this.reason = reason;
  }
}

export interface IgnoreReason {
  readonly reason: RefusalReason | MailReason;
  readonly detail: string;
}

/** Reasons that no longer hold when the relay repeats the mail. */
const temporaryReasons: readonly RefusalReason[] = ['transfer-open', 'internal'];

/**
 * Why this mail is ignored. Null: the relay should repeat it. `request-already-seen` can be the second try of a relay that
 * did not receive the first 250: the first mail was sent.
 */
export function ignoreReasonOf(error: unknown): IgnoreReason | null {
  if (error instanceof MailRefusal) return { reason: error.reason, detail: error.message };
  if (error instanceof UnreadableMailError) return { reason: 'mail-unreadable', detail: error.message };
  if (!(error instanceof RefusedError) || temporaryReasons.includes(error.refusal.reason)) return null;
  return { reason: error.refusal.reason, detail: error.message };
}
