// Refusals of http2sms: one of four codes and a sentence (docs/dialects/ovh.md#http2sms). Contains the form of every refusal of
// the platform. Used by routes.ts. The HTTP status is always 200: clients read the body only.
import { WireRefusal } from '#dialects/shared/wire-refusal.ts';
import { type Refusal, type RefusalReason, RefusedError } from '#domain/base/refusals.ts';

/** The whole published list. 100 and 101 are successes. */
export const problemMeanings = {
  201: 'A parameter is missing.',
  202: 'A parameter cannot take this value.',
  241: 'The sender is unknown.',
  401: 'The address of the client is not allowed.',
} as const;

export type ProblemCode = keyof typeof problemMeanings;

export class Http2smsRefusal extends WireRefusal {
  readonly code: ProblemCode;

  constructor(code: ProblemCode, message: string) {
    super(message);
    this.code = code;
  }
}

export const missing = (name: string) => new Http2smsRefusal(201, `Missing ${name}.`);
export const invalid = (name: string, remedy: string) =>
  new Http2smsRefusal(202, `Invalid parameter: ${name}. ${remedy}`);
/** Does not reveal which of the three is wrong. */
export const wrongLogin = () =>
  new Http2smsRefusal(202, 'Invalid parameter: account, login or password. Check them for typing errors.');
/** Sent before the password is checked. */
export const tooManyAttempts = () =>
  new Http2smsRefusal(
    202,
    'Invalid parameter: account, login or password. Too many wrong ones came from your address or for this login: try again in a quarter of an hour.',
  );
export const unknownSender = (problem: string) => new Http2smsRefusal(241, `Sender: ${problem}.`);
export const addressNotAllowed = () =>
  new Http2smsRefusal(401, 'This user may not send from your address: IP not authorized.');
export const unreadable = () => new Http2smsRefusal(202, 'The request cannot be read.');
/** The list has no code for it, and none that makes a client repeat the call. */
export const internalError = () => new Http2smsRefusal(202, 'Internal error. Please try again.');

/** The code, and the sentence of a refusal without a detail. */
type Form = readonly [code: ProblemCode, message: string];

const notHere: Form = [202, 'Invalid parameter.'];

const forms: Readonly<Record<RefusalReason, Form>> = {
  'parameters-missing': [201, 'Missing parameters.'],
  'body-malformed': [202, 'The request cannot be read.'],
  'body-too-large': [202, 'The request is too large.'],
  'login-missing': [201, 'Missing login.'],
  'key-missing': [201, 'Missing password.'],
  'credentials-wrong': [202, 'Invalid parameter: account, login or password.'],
  'account-not-validated': [202, 'Invalid parameter: account. It is not validated yet.'],
  'account-blocked': [202, 'Invalid parameter: account. It is disabled.'],
  'permission-missing': [202, 'Invalid parameter: account. The user does not have this permission.'],
  'feature-unavailable': notHere,
  'action-unknown': notHere,
  'option-invalid': notHere,
  'draft-name-invalid': notHere,
  'draft-unknown': notHere,
  'draft-already-sent': notHere,
  'draft-unfinished': notHere,
  'draft-estimating': notHere,
  'sub-accounts-too-many': notHere,
  'transfer-recipient-invalid': notHere,
  'transfer-recipient-foreign': notHere,
  'transfer-recipient-blocked': notHere,
  'transfer-already-open': notHere,
  'transfer-token-wrong': notHere,
  'transfer-too-small': notHere,
  'text-missing': [201, 'Missing message.'],
  'recipients-missing': [201, 'Missing to.'],
  'recipients-empty': [201, 'Missing to.'],
  'recipients-too-many': [202, 'Invalid parameter: to. Too many numbers in one call.'],
  'tier-missing': notHere,
  'tier-unknown': notHere,
  'sender-invalid': [202, 'Invalid parameter: from. A sender has at most 11 characters, or is a number.'],
  'send-at-invalid': [202, 'Invalid parameter: deferred. An SMS can wait for at most one year.'],
  'merge-count-mismatch': notHere,
  'merge-value-too-long': notHere,
  'checksum-missing': notHere,
  'checksum-mismatch': notHere,
  'request-already-seen': [202, 'This request was received before.'],
  'draft-name-taken': notHere,
  'drafts-too-many': notHere,
  'recipients-malformed': [202, 'Invalid parameter: to. None of the numbers can be read.'],
  'text-too-long': [202, 'Invalid parameter: message. It is too long.'],
  'stop-clause-missing': [202, 'Invalid parameter: message. The STOP clause is missing.'],
  'number-invalid': [202, 'Invalid parameter: to. The number is invalid.'],
  'number-not-mobile': [202, 'Invalid parameter: to. The number is not a mobile number.'],
  'recipient-opted-out': [202, 'Invalid parameter: to. The receiver has opted out.'],
  'country-unknown': [202, 'Invalid parameter: to. No country has this prefix.'],
  'country-not-covered': [202, 'Invalid parameter: to. This destination is not served.'],
  'tier-not-covered': [202, 'Invalid parameter: to. This destination is not served.'],
  'replies-not-covered': [202, 'Invalid parameter: to. Receivers there cannot answer a short code.'],
  'purpose-mismatch': [202, 'Invalid parameter: noStop. The text reads like advertising.'],
  'transfer-open': [202, 'Credit is being transferred. Please try again.'],
  'credit-ordered': [202, 'Not enough credits.'],
  'credit-insufficient': [202, 'Not enough credits.'],
  internal: [202, 'Internal error. Please try again.'],
};

/** A refusal of the platform in the form of http2sms. */
export function asHttp2smsRefusal(error: RefusedError | WireRefusal): Http2smsRefusal {
  if (error instanceof Http2smsRefusal) return error;
  if (!(error instanceof RefusedError)) return new Http2smsRefusal(202, error.message);
  return renderRefusal(error.refusal);
}

export function renderRefusal({ reason, detail }: Refusal): Http2smsRefusal {
  const [code, message] = forms[reason];
  return new Http2smsRefusal(code, detail ?? message);
}
