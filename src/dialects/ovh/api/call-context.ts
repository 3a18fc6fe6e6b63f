// The context of a call after its keys, account and parameters are read. Used by routes.ts and all files in calls/. Contains
// nothing of HTTP.

import type { Customers } from '#dialects/shared/dialect.ts';
import type { Account } from '#domain/account/account.ts';
import type { Clock } from '#lib/time/clock.ts';
import type { Consumer } from '#operations/account/credentials/consumer-keys.ts';
import type { OvhDesks } from './services.ts';

export interface OvhServices {
  readonly customers: Customers;
  readonly desks: OvhDesks;
  readonly clock: Clock;
  /** Public addresses of the platform, without a trailing slash. Empty: not configured. */
  readonly publicUrls: readonly string[];
  /** Largest difference of a signed time from the platform's clock. */
  readonly clockWindowSeconds: number;
}

export interface Call<Input = unknown> {
  readonly services: OvhServices;
  /** The customer that signed: owns this account and its sub-accounts. */
  readonly customer: Account;
  readonly consumer: Consumer;
  /** The application key of the call; of a signed call that of the consumer key. */
  readonly application: string | undefined;
  /** The account of {serviceName}; without one in the path, the customer's account. */
  readonly account: Account;
  /** Parameters of path, query and body, by the published description; absent and null ones are omitted. */
  readonly input: Input;
  /** The base of addresses in answers, as this client calls the server; no trailing slash. */
  readonly baseUrl: string;
  /** The address of the client. */
  readonly ip: string;
}

/**
 * Returns the value that the contract defines; undefined for void; a Readable streams it as JSON.
 * Throws OvhRefusal and RefusedError.
 */
export type Answer = (call: Call<never>) => unknown;

/** Answers by route name: `POST /sms/{serviceName}/jobs`. */
export type Answers = Readonly<Record<string, Answer>>;

/** An answer that reads parameters; request.ts has cast them to the types of the contract. */
export function answer<Input>(run: (call: Call<Input>) => unknown): Answer {
  return run as Answer;
}
