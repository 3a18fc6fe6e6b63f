// Refusals of OVH's API: status, errorCode, class and message, because its clients read different ones of the four
// (docs/dialects/ovh.md#how-it-answers). Contains the form of every refusal of the platform. Used by routes.ts and the calls.
import { STATUS_CODES } from 'node:http';
import { WireRefusal } from '#dialects/shared/wire-refusal.ts';
import { type Refusal, type RefusalReason, RefusedError } from '#domain/base/refusals.ts';

/** Thrown by the calls; routes.ts answers it. */
export class OvhRefusal extends WireRefusal {
  readonly status: number;
  readonly errorCode: string;
  /** A value of the customer in the message. */
  readonly #written: string | null;

  constructor(status: number, message: string, errorCode?: string, written: string | null = null) {
    super(message);
    this.#written = written;
    this.status = status;
    this.errorCode = errorCode ?? usualCodes[status] ?? 'INTERNAL_ERROR';
  }

  override get storedMessage(): string {
    return this.#written === null || this.#written === ''
      ? this.message
      : this.message.replaceAll(this.#written, '…');
  }

  get body(): Readonly<Record<string, string>> {
    return {
      message: this.message,
      class: classes[this.status] ?? 'Server::InternalServerError',
      httpCode: `${this.status} ${STATUS_CODES[this.status] ?? ''}`.trim(),
      errorCode: this.errorCode,
    };
  }
}

const classes: Readonly<Record<number, string>> = {
  400: 'Client::BadRequest',
  403: 'Client::Forbidden',
  404: 'Client::NotFound',
  405: 'Client::MethodNotAllowed',
  409: 'Client::Conflict',
  413: 'Client::RequestEntityTooLarge',
  429: 'Client::TooManyRequests',
  460: 'Client::Expired',
  501: 'Server::NotImplemented',
  503: 'Server::ServiceUnavailable',
};

const usualCodes: Readonly<Record<number, string>> = {
  400: 'BAD_REQUEST',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  409: 'CONFLICT',
  413: 'REQUEST_TOO_LARGE',
  429: 'TOO_MANY_REQUESTS',
  501: 'NOT_IMPLEMENTED',
  503: 'SERVICE_UNAVAILABLE',
};

export const unknownPath = () => new OvhRefusal(404, 'Got an invalid (or empty) URL');
export const unknownService = () => new OvhRefusal(404, 'This service does not exist');
/** For an id, a login or a name below an account. */
export const unknownObject = () => new OvhRefusal(404, 'The requested object does not exist');
export const badSignature = () => new OvhRefusal(400, 'Invalid signature', 'INVALID_SIGNATURE');
export const outOfTime = () => new OvhRefusal(400, 'Query out of time', 'QUERY_TIME_OUT');
export const unknownApplication = () => new OvhRefusal(403, 'This application key is invalid', 'INVALID_KEY');
export const unknownCredential = () =>
  new OvhRefusal(403, 'This credential does not exist', 'NOT_CREDENTIAL');
export const invalidCredential = () =>
  new OvhRefusal(403, 'This credential is not valid', 'INVALID_CREDENTIAL');
export const notGranted = () => new OvhRefusal(403, 'This call has not been granted', 'NOT_GRANTED_CALL');

/** For a file above the limit of an account, or of the platform; a customer cannot solve the latter. */
export function noRoom(problem: 'account-full' | 'platform-full'): OvhRefusal {
  return problem === 'account-full'
    ? new OvhRefusal(403, 'The files of this account have no room left: delete documents or empty slots')
    : new OvhRefusal(503, 'There is no room for more files at present: try again later');
}

/** `field`: its name in the API. `problem`: a sentence without a full stop. */
/** `written`: the customer's value, if the problem contains it. It is answered and not stored. */
export function badParameter(field: string, problem: string, written: string | null = null): OvhRefusal {
  return new OvhRefusal(400, `[${field}] ${problem}`, undefined, written);
}

type Form = readonly [status: number, message: string];

const noService: Form = [404, 'This service does not exist'];
const notServed: Form = [501, 'This platform does not serve this call'];

/** Forms of the platform's refusals. The detail of a refusal, if there is one, replaces the message. */
const forms: Readonly<Record<RefusalReason, Form>> = {
  'parameters-missing': [400, 'Parameters are missing'],
  'body-malformed': [400, 'Invalid JSON received'],
  'body-too-large': [413, 'The request is too large'],
  'login-missing': [403, 'The login is missing'],
  'key-missing': [403, 'The key is missing'],
  'credentials-wrong': [403, 'This credential is not valid'],
  'account-not-validated': [403, 'This account is not validated yet'],
  'account-blocked': [403, 'This account is disabled'],
  'permission-missing': [403, 'This call has not been granted'],
  'feature-unavailable': notServed,
  'action-unknown': [404, 'Got an invalid (or empty) URL'],
  'option-invalid': [400, 'A parameter cannot take this value'],
  'draft-name-invalid': [400, 'The name is not valid'],
  'draft-unknown': [404, 'The requested object does not exist'],
  'draft-already-sent': [409, 'The campaign was sent already'],
  'draft-unfinished': [409, 'The campaign is not complete'],
  'draft-estimating': [409, 'The campaign is not ready yet'],
  'sub-accounts-too-many': [403, 'There are too many accounts'],
  'transfer-recipient-invalid': [400, '[smsAccountTarget] This account cannot be credited'],
  'transfer-recipient-foreign': noService,
  'transfer-recipient-blocked': [403, 'The target account is disabled'],
  'transfer-already-open': [409, 'Another transfer is open'],
  'transfer-token-wrong': [403, 'The transfer is not open'],
  'transfer-too-small': [400, '[credits] The amount must be greater than 0'],
  'text-missing': [400, '[message] The text is empty'],
  'recipients-missing': [400, '[receivers] Give at least one receiver'],
  'recipients-empty': [400, '[receivers] Give at least one receiver'],
  'recipients-too-many': [400, '[receivers] Too many receivers in one call'],
  'tier-missing': [400, 'The tier is missing'],
  'tier-unknown': [400, 'The tier is unknown'],
  'sender-invalid': [400, '[sender] A sender has at most 11 characters, or is a number'],
  'send-at-invalid': [400, '[differedPeriod] An SMS can wait for at most one year'],
  'merge-count-mismatch': [400, 'As many values as receivers are needed'],
  'merge-value-too-long': [400, '[message] A value of a column is too long'],
  'checksum-missing': [400, 'The checksum is missing'],
  'checksum-mismatch': [400, 'The checksum is wrong'],
  'request-already-seen': [409, 'This request was received before'],
  'draft-name-taken': [409, 'The name exists already'],
  'drafts-too-many': [403, 'There are too many waiting campaigns'],
  'recipients-malformed': [400, '[receivers] None of the numbers can be read'],
  'text-too-long': [400, '[message] The text is too long'],
  'stop-clause-missing': [400, '[message] The STOP clause is missing'],
  'number-invalid': [400, '[receivers] The number is invalid'],
  'number-not-mobile': [400, '[receivers] The number is not a mobile number'],
  'recipient-opted-out': [403, 'The receiver has opted out'],
  'country-unknown': [400, '[receivers] No country has this prefix'],
  'country-not-covered': [403, 'This destination is not served'],
  'tier-not-covered': [403, 'This destination is not served'],
  'replies-not-covered': [403, 'Receivers in this country cannot answer a short code'],
  'purpose-mismatch': [403, 'The text reads like advertising: send it with its STOP clause'],
  'transfer-open': [409, 'Credit is being transferred'],
  'credit-ordered': [403, 'Not enough credits'],
  'credit-insufficient': [403, 'Not enough credits'],
  internal: [500, 'Internal server error'],
};

/** A refusal of the platform in the form of OVH. */
export function asOvhRefusal(error: RefusedError | WireRefusal): OvhRefusal {
  if (error instanceof OvhRefusal) return error;
  if (!(error instanceof RefusedError)) return new OvhRefusal(400, error.message);
  return renderRefusal(error.refusal);
}

export function renderRefusal({ reason, detail }: Refusal): OvhRefusal {
  const [status, message] = forms[reason];
  return new OvhRefusal(status, detail ?? message);
}

/** Null: the error is no refusal. */
export function ovhRefusalOf(error: unknown): OvhRefusal | null {
  return error instanceof RefusedError || error instanceof OvhRefusal ? asOvhRefusal(error) : null;
}
