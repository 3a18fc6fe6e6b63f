// Maps refusals to the status, code and message of the REST API. Used by routes.ts.
// The vendor published no complete list of codes: these are the collected ones, and legacy numbers with the same meaning
// (docs/dialects/octopush.md#codes). A published code never changes its meaning.

import { WireRefusal } from '#dialects/shared/wire-refusal.ts';
import type { Refusal, RefusalReason } from '#domain/base/refusals.ts';

export interface RestError {
  /** 401 for credentials, 500 for internal errors (clients retry), 400 for all others. */
  readonly status: 400 | 401 | 404 | 500;
  readonly code: number;
  /** The message of refusals without a detail; with `isFixed` of all, because clients rely on the wording. */
  readonly message: string;
  readonly isFixed?: true;
  /** The message precedes the detail. */
  readonly isPrefix?: true;
}

export const restErrors: Readonly<Record<RefusalReason, RestError>> = {
  'parameters-missing': { status: 400, code: 100, message: 'The body is empty.' },
  'body-malformed': { status: 400, code: 100, message: 'The body is not a JSON object.' },
  'body-too-large': { status: 400, code: 305, message: 'The request is too large; send fewer recipients.' },
  'login-missing': { status: 401, code: 401, message: 'The header api-login is missing.' },
  'key-missing': { status: 401, code: 401, message: 'The header api-key is missing.' },
  'credentials-wrong': { status: 401, code: 401, message: 'Wrong api-login or api-key.', isFixed: true },
  'account-not-validated': { status: 400, code: 113, message: 'The account is not validated.' },
  'account-blocked': { status: 400, code: 114, message: 'The account is blocked.' },
  'permission-missing': { status: 400, code: 207, message: 'The key does not include this action.' },
  'feature-unavailable': { status: 400, code: 207, message: 'This feature is not available here.' },
  'action-unknown': { status: 400, code: 306, message: 'The action is unknown.' },
  'option-invalid': { status: 400, code: 100, message: 'A parameter has a wrong value.' },
  'draft-name-invalid': { status: 400, code: 100, message: 'The draft has no name.' },
  'draft-unknown': { status: 400, code: 131, message: 'There is no such campaign.' },
  'draft-already-sent': { status: 400, code: 132, message: 'The campaign is sent already.' },
  'draft-unfinished': { status: 400, code: 130, message: 'The campaign is not declared finished.' },
  'draft-estimating': { status: 400, code: 129, message: 'The campaign is being built.' },
  'draft-name-taken': { status: 400, code: 133, message: 'The name of the draft is taken.' },
  'drafts-too-many': { status: 400, code: 126, message: 'Too many campaigns await confirmation.' },
  'sub-accounts-too-many': { status: 400, code: 201, message: 'There are too many sub-accounts.' },
  'transfer-recipient-invalid': { status: 400, code: 202, message: 'The e-mail of the recipient is wrong.' },
  'transfer-recipient-foreign': {
    status: 400,
    code: 210,
    message: 'The recipient is no sub-account of yours.',
  },
  'transfer-recipient-blocked': { status: 400, code: 209, message: 'The recipient cannot be credited.' },
  'transfer-already-open': { status: 400, code: 203, message: 'A transfer is open already.' },
  'transfer-token-wrong': { status: 400, code: 204, message: 'The token is wrong or too old.' },
  'transfer-too-small': { status: 400, code: 205, message: 'The amount is too small.' },
  'text-missing': { status: 400, code: 107, message: 'The text is missing.' },
  'recipients-missing': { status: 400, code: 110, message: 'The recipients are missing.' },
  'recipients-empty': { status: 400, code: 103, message: 'There are no recipients.' },
  'recipients-too-many': { status: 400, code: 305, message: 'Too many recipients.' },
  'tier-missing': { status: 400, code: 112, message: 'The type is missing.' },
  'tier-unknown': { status: 400, code: 208, message: 'The type is unknown.' },
  'sender-invalid': { status: 400, code: 106, message: 'The sender is invalid.' },
  'send-at-invalid': { status: 400, code: 100, message: 'The date send_at cannot be read.' },
  'merge-count-mismatch': { status: 400, code: 115, message: 'A merge value is wrong.' },
  'merge-value-too-long': { status: 400, code: 115, message: 'A merge value is too long.' },
  'checksum-missing': { status: 400, code: 123, message: 'The checksum is missing.' },
  'checksum-mismatch': { status: 400, code: 124, message: 'The checksum differs.' },
  'request-already-seen': {
    status: 400,
    code: 182,
    // Quirk: one client recognizes a repetition by the first words (docs/dialects/octopush.md#rest-how-it-answers).
    message: 'Loop detected: this request_id was used in the last 24 hours.',
    isFixed: true,
  },
  'recipients-malformed': { status: 400, code: 181, message: 'No recipient has a valid phone number.' },
  'text-too-long': { status: 400, code: 189, message: 'The text is too long.' },
  // Quirk: the sentence of the REST page (S0), word for word, then the words to add.
  'stop-clause-missing': { status: 400, code: 121, message: 'Mention STOP is missing.', isPrefix: true },
  'number-invalid': { status: 400, code: 181, message: 'The phone number is invalid.' },
  'number-not-mobile': { status: 400, code: 181, message: 'The phone number cannot receive SMS.' },
  // Only for one-time passwords: all other sends report it by a push. 103: no recipient remains.
  'recipient-opted-out': { status: 400, code: 103, message: 'The recipient has opted out.' },
  'country-unknown': { status: 400, code: 150, message: 'No country has this prefix.' },
  'country-not-covered': { status: 400, code: 151, message: 'This country is not covered.' },
  'tier-not-covered': { status: 400, code: 152, message: 'This type is not available to this country.' },
  'replies-not-covered': { status: 400, code: 201, message: 'Replies are not available to this country.' },
  // The vendor answers 121 to an alert that it does not recognize as one
  // (docs/dialects/octopush.md#advertising-under-a-transactional-flag).
  'purpose-mismatch': { status: 400, code: 121, message: 'The text reads like advertising.' },
  'transfer-open': { status: 400, code: 206, message: 'No campaign during a transfer of credit.' },
  // Clients of this API are known to read only this number.
  'credit-ordered': { status: 400, code: 104, message: 'There is not enough credit yet.' },
  'credit-insufficient': { status: 400, code: 104, message: 'There is not enough credit.' },
  internal: {
    status: 500,
    code: 500,
    message: 'An internal error occurred; please try again.',
    isFixed: true,
  },
};

/** Refusals of this dialect alone, with legacy numbers of the same meaning if they exist. */
export const restOnlyErrors = {
  'list-name-missing': { status: 400, code: 303, message: 'The name of the list or tag is missing.' },
  'list-unknown': { status: 400, code: 303, message: 'There is no such list.' },
  'list-name-taken': { status: 400, code: 302, message: 'There is a list of this name already.' },
  'under-computation': {
    status: 400,
    code: 129,
    message: 'The campaign is under_computation; ask again in a moment.',
  },
  'campaign-unknown': { status: 400, code: 131, message: 'There is no such campaign.' },
  'no-draft': { status: 400, code: 131, message: 'There is no draft.' },
  // Not 500, the legacy "action impossible": one client reads that as an internal error and retries.
  'cancel-too-late': {
    status: 400,
    code: 132,
    message: 'It is too late to cancel: a campaign can be cancelled until 10 minutes before its date.',
  },
  'cancel-too-many-recipients': {
    status: 400,
    code: 305,
    message: 'A campaign of 3 recipients or more cannot be cancelled.',
  },
  'cancel-too-often': { status: 400, code: 128, message: 'At most 1000 cancellations a month.' },
  'sub-account-unknown': { status: 400, code: 202, message: 'There is no such sub-account of yours.' },
  'code-key-missing': { status: 400, code: 194, message: 'Send phone_number or otp_request_token.' },
  'code-missing': { status: 400, code: 195, message: 'Send the code.' },
  'code-too-many-attempts': { status: 400, code: 196, message: 'Too many wrong attempts.' },
  'code-expired': { status: 400, code: 197, message: 'The OTP code has expired.' },
  'code-unknown': { status: 400, code: 198, message: 'OTP request not found.' },
  // Quirk: one client recognizes it by this sentence (docs/dialects/octopush.md#rest-one-time-passwords).
  'code-wrong': { status: 400, code: 199, message: 'Wrong OTP code.' },
} as const satisfies Readonly<Record<string, RestError>>;

/** A refusal of this dialect alone. `members` are fields of its answer. */
export class RestRefusal extends WireRefusal {
  readonly error: RestError;
  readonly members: Readonly<Record<string, unknown>>;

  constructor(reason: keyof typeof restOnlyErrors, members: Readonly<Record<string, unknown>> = {}) {
    super(reason);
    this.error = restOnlyErrors[reason];
    this.members = members;
  }
}

export const unknownPath: RestError = {
  status: 404,
  // The legacy number of an unknown action: 404 is in no published list.
  code: 306,
  message: 'There is nothing at this address.',
};

export function renderRestError(
  error: RestError,
  refusal?: Refusal,
  members: Readonly<Record<string, unknown>> = {},
): string {
  const detail = error.isFixed ? undefined : refusal?.detail;
  const sentence = detail ? detail[0]!.toUpperCase() + detail.slice(1) : error.message;
  const full = error.isPrefix && detail ? `${error.message} ${sentence}` : sentence;
  const recipientAt = refusal?.recipientAt;
  const message = recipientAt === undefined ? full : `Recipient ${recipientAt + 1}: ${full}`;
  return JSON.stringify({ code: error.code, message, ...members });
}
