// The catalogue of reasons to say no to a customer. Declared once; each dialect translates every one of them
// with a table that the compiler forces to be complete (Record<RefusalReason, …> in its errors.ts).
// Order is precedence: when several hold, the first of this list is the one the customer hears.

export const refusalReasons = [
  'parameters-missing', // nothing was sent at all
  'body-malformed', // the body cannot be read in its declared form
  'body-too-large',
  'login-missing',
  'key-missing',
  'credentials-wrong',
  'account-not-validated',
  'account-blocked',
  'permission-missing', // the role of the caller does not include the action
  'feature-unavailable', // a route or option this platform does not serve
  'action-unknown', // a verb this route does not know
  'option-invalid', // a setting of the account that cannot take this value
  'draft-name-invalid', // a campaign in parts needs a name
  'draft-unknown',
  'draft-already-sent',
  'draft-unfinished', // its last part is not there
  'draft-estimating', // its cost is being computed; ask again
  'sub-accounts-too-many',
  'transfer-recipient-invalid', // not an e-mail, or the account itself
  'transfer-recipient-foreign', // no sub-account of this account
  'transfer-recipient-blocked', // it may not be credited now
  'transfer-already-open', // one at a time
  'transfer-token-wrong', // or too old
  'transfer-too-small',
  'text-missing',
  'recipients-missing', // the field is absent
  'recipients-empty', // the field is there and names nobody
  'recipients-too-many',
  'tier-missing',
  'tier-unknown',
  'sender-invalid',
  'send-at-invalid',
  'merge-count-mismatch', // as many values as recipients, or none
  'merge-value-too-long',
  'checksum-missing',
  'checksum-mismatch',
  'request-already-seen', // the idempotency key was used
  'draft-name-taken', // by a campaign that was sent, or that has another text
  'drafts-too-many', // of this account, waiting to be sent or dropped
  'recipients-malformed', // not one of the numbers can be read
  'text-too-long', // after merging and after the stop clause
  'stop-clause-missing',
  'number-invalid', // one recipient: not a number
  'number-not-mobile', // one recipient: a line that cannot receive SMS
  'recipient-opted-out', // one recipient: said STOP to this account
  'country-unknown', // one recipient: no country for this prefix
  'country-not-covered', // one recipient: no price to this country
  'tier-not-covered', // one recipient: the country is served, not in this tier
  'replies-not-covered', // one recipient: no number of the pool can be answered from there
  'purpose-mismatch', // advertising sent as transactional, where the operator refuses that
  'transfer-open', // credit is being moved to a sub-account: no campaign meanwhile
  'credit-ordered', // it does not suffice, and an order of credit waits for the confirmation of its payment
  'credit-insufficient',
  'internal', // ours, not the customer's: the one reason that invites trying again
] as const;

export type RefusalReason = (typeof refusalReasons)[number];

/** Why we say no: the reason, the wire-neutral name of what is at fault, and a sentence with the remedy. */
export interface Refusal {
  readonly reason: RefusalReason;
  /** What is wrong and how to mend it, in English, fit for a customer. Never a text or a full number. */
  readonly detail?: string;
  /** Of the recipient whose values are at fault: its place in the submission, from 0. */
  readonly recipientAt?: number;
}

/** How operations say no. Pure code returns a Refusal; the dialect's error handler catches this. */
export class RefusedError extends Error {
  readonly refusal: Refusal;

  constructor(reason: RefusalReason, detail?: string, recipientAt?: number) {
    super(detail ?? reason);
    this.name = 'RefusedError';
    this.refusal = {
      reason,
      ...(detail !== undefined && { detail }),
      ...(recipientAt !== undefined && { recipientAt }),
    };
  }
}
