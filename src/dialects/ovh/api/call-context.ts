// The services and options of OVH's API, and the context of a call after its keys, account and parameters are read. Used by
// routes.ts and all files in calls/. Contains nothing of HTTP.

import type { Clock } from '#lib/time/clock.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import type { KnownConsumer } from '#operations/account/credentials/service.ts';
import type { Services } from '#operations/services.ts';

/** The operator's settings for OVH's API. */
interface OvhOptions {
  /** Public addresses of the platform, without a trailing slash. Empty: not configured. */
  readonly publicUrls: readonly string[];
  /** Largest difference of a signed time from the platform's clock. */
  readonly clockWindowSeconds: number;
  /** The short code of an appended stop clause. */
  readonly stopShortCode: string;
  /** Terms of sale of credit orders. */
  readonly terms: string;
}

export interface OvhServices
  extends OvhOptions,
    Pick<
      Services,
      | 'accounts'
      | 'batches'
      | 'credentials'
      | 'credit'
      | 'documents'
      | 'exports'
      | 'history'
      | 'inbox'
      | 'numberLookups'
      | 'optOuts'
      | 'orders'
      | 'ovhKeys'
      | 'pendingMessages'
      | 'phonebooks'
      | 'publicPrices'
      | 'recipientLists'
      | 'recipientSlots'
      | 'senders'
      | 'slotCleanings'
      | 'submissions'
      | 'templates'
      | 'users'
    > {
  readonly clock: Clock;
}

export interface Call<Input = unknown> {
  readonly services: OvhServices;
  /** Access of the customer that signed, to their own account. */
  readonly customer: AccountAccess;
  readonly consumer: KnownConsumer;
  /** The application key of the call; of a signed call that of the consumer key. */
  readonly application: string | undefined;
  /** Access to the account of {serviceName}; without one in the path, to the customer's own account. */
  readonly access: AccountAccess;
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
