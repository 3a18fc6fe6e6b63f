// What becomes of a mail that is not a sending. Serves the session. By the manual such a mail is ignored without a word
// to its sender (legacy manual S2, docs/dialects/octopush.md#mail-to-sms): it is taken, kept visible to the operator, and
// never bounced.

import { type RefusalReason, RefusedError } from '#domain/base/refusals.ts';

/** An SMTP reply. */
export interface Reply {
  readonly code: number;
  readonly text: string;
}

/** What only a mail can get wrong; everything else is in the catalogue of refusals. */
export type MailFault =
  | 'mail-unreadable'
  | 'frame-missing'
  | 'frame-open'
  | 'request-id-missing'
  | 'request-id-malformed'
  | 'item-missing'
  | 'item-invalid'
  | 'sender-unknown';

export class MailFaultError extends Error {
  readonly fault: MailFault;

  /** `detail` tells what is wrong and how to mend it; never a text or a whole number. */
  constructor(fault: MailFault, detail: string) {
    super(detail);
    this.name = 'MailFaultError';
    this.fault = fault;
  }
}

export interface Fault {
  readonly reason: RefusalReason | MailFault;
  readonly detail: string;
}

/** What will have passed when the relay brings the mail again. */
const passing: readonly RefusalReason[] = ['transfer-open', 'internal'];

/**
 * Why this mail is ignored; null when it should come again. Every refusal has the same wire form
 * here, so there is no table of them. `request-already-seen` may also be the relay's second try of a mail whose 250 got
 * lost: the first one was sent.
 */
export function faultOf(error: unknown): Fault | null {
  if (error instanceof MailFaultError) return { reason: error.fault, detail: error.message };
  if (!(error instanceof RefusedError) || passing.includes(error.refusal.reason)) return null;
  return { reason: error.refusal.reason, detail: error.message };
}

export const tooManyFromAddress: Reply = {
  code: 451,
  text: 'Too many mails from this address, try again in a minute',
};
export const tooManyForAccount: Reply = {
  code: 451,
  text: 'Too many mails for this account, try again in a minute',
};
export const tooMuchAtOnce: Reply = { code: 451, text: 'Too many mails at once, try again in a minute' };
export const tooSlow: Reply = { code: 421, text: 'The mail takes too long to come' };
export const brokenDown: Reply = { code: 451, text: 'Not possible now, try again later' };
export const noSuchMailbox: Reply = { code: 550, text: 'No such mailbox here' };
export const closing: Reply = { code: 421, text: 'Closing, try again in a minute' };
