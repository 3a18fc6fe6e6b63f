// The form of errors of the console API, with the reasons of its own and their status. Used by errors.ts; the browser imports
// the types and has a sentence for each reason.
import type { RefusalReason } from '#domain/base/refusals.ts';

/** Reasons in addition to the refusals of the domain, with their status. */
export const statuses = {
  'request-invalid': 400, // `fields` names the faults
  'value-invalid': 422, // a value that a rule refuses; `detail` has the sentence
  'session-missing': 401, // nobody is signed in, or the session has ended
  'second-factor-missing': 401, // the password was right, the code is still asked for
  'origin-foreign': 403, // another site sent the request
  'csrf-wrong': 403, // X-Chappe-CSRF does not fit the session: read the session again
  'https-needed': 403, // signing in over plain HTTP from another machine
  'sign-in-wrong': 403,
  'sign-in-blocked': 403,
  'sign-in-too-many': 429, // `retryAfterMs`
  'second-factor-wrong': 403,
  'link-invalid': 403, // a one-time link that was used, replaced or has expired
  'invitation-invalid': 403,
  'password-weak': 422, // too short, frequent, or the e-mail
  'not-found': 404,
  conflict: 409, // the state changed, or does not allow the action
  'too-many-streams': 429,
} as const;

export type ConsoleReason = keyof typeof statuses;

/** What is wrong with one field of the request. */
export type FieldFault =
  | 'missing'
  | 'unknown'
  | 'too-short'
  | 'too-long'
  | 'too-small'
  | 'too-large'
  | 'not-allowed'
  | 'wrong-type'
  | 'malformed';

/** The body of every answer that is not 2xx. */
export interface ConsoleError {
  readonly reason: RefusalReason | ConsoleReason;
  /** A sentence in English with the remedy, for programs and as a last resort. */
  readonly detail?: string;
  /** Faults by path of the field, such as `callbacks.receiptUrl`; or ids that the reason concerns. */
  readonly fields?: Readonly<Record<string, FieldFault | string>>;
  readonly retryAfterMs?: number;
  /** Names the request in the log of the server. */
  readonly id: string;
}
