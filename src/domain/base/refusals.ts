// The catalogue of refusals of customers' requests. Used by every check; each dialect translates all of them with a table
// that the compiler forces to be complete (Record<RefusalReason, …> in its errors.ts). The order is precedence: if several
// reasons hold, the customer receives the first of this list.

export const refusalReasons = [
  'parameters-missing', // the request is empty
  'body-malformed', // the body cannot be read in its declared form
  'body-too-large',
  'login-missing',
  'key-missing',
  'credentials-wrong',
  'account-not-validated',
  'account-blocked',
  'permission-missing', // the role of the caller does not include the action
  'feature-unavailable', // a route or option that this platform does not serve
  'action-unknown', // a verb that this route does not know
  'option-invalid', // a setting of the account with a value that is not valid
  'draft-name-invalid', // a campaign in parts needs a name
  'draft-unknown',
  'draft-already-sent',
  'draft-unfinished', // its last part is missing
  'draft-estimating', // its cost is being computed; ask again
  'sub-accounts-too-many',
  'transfer-recipient-invalid', // not an e-mail, or the account itself
  'transfer-recipient-foreign', // no sub-account of this account
  'transfer-recipient-blocked', // it must not be credited now
  'transfer-already-open', // one at a time
  'transfer-token-wrong', // or expired
  'transfer-too-small',
  'text-missing',
  'recipients-missing', // the field is absent
  'recipients-empty', // the field is present and empty
  'recipients-too-many',
  'tier-missing',
  'tier-unknown',
  'sender-invalid',
  'send-at-invalid',
  'merge-count-mismatch', // as many values as recipients, or none
  'merge-value-too-long',
  'checksum-missing',
  'checksum-mismatch',
  'request-already-seen', // a used idempotency key
  'draft-name-taken', // by a campaign that was sent, or that has another text
  'drafts-too-many', // drafts of this account that are neither sent nor cancelled
  'recipients-malformed', // none of the numbers can be read
  'text-too-long', // after merging and after the stop clause
  'stop-clause-missing',
  'number-invalid', // one recipient: not a number
  'number-not-mobile', // one recipient: a line that cannot receive SMS
  'recipient-opted-out', // one recipient: opted out of this account
  'country-unknown', // one recipient: no country has this prefix
  'country-not-covered', // one recipient: no price for this country
  'tier-not-covered', // one recipient: the country has prices, but not in this tier
  'replies-not-covered', // one recipient: no reply number can be answered from there
  'purpose-mismatch', // advertising sent as transactional, if the operator refuses that
  'transfer-open', // a transfer to a sub-account is in progress, and no campaign is accepted until it ends
  'credit-ordered', // not enough credit, and an order of credit waits for the confirmation of its payment
  'credit-insufficient',
  'internal', // a fault of the platform: the only reason after which a repetition can succeed
] as const;

export type RefusalReason = (typeof refusalReasons)[number];

/** A reason, and a sentence with the remedy. */
export interface Refusal {
  readonly reason: RefusalReason;
  /** The fault and the remedy, in English, for the customer. Never a text or a whole number. */
  readonly detail?: string;
  /** Position of the recipient whose values are at fault, from 0. */
  readonly recipientAt?: number;
  /** Of request-already-seen: the campaign of the first use. */
  readonly campaignId?: number;
}

/** Thrown by operations. Pure code returns a Refusal; the error handler of the dialect catches this. */
export class RefusedError extends Error {
  readonly refusal: Refusal;

  constructor(reason: RefusalReason, detail?: string, recipientAt?: number, campaignId?: number) {
    super(detail ?? reason);
    this.name = 'RefusedError';
    this.refusal = {
      reason,
      ...(detail !== undefined && { detail }),
      ...(recipientAt !== undefined && { recipientAt }),
      ...(campaignId !== undefined && { campaignId }),
    };
  }
}
