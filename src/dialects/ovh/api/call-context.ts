// What a signed (or open) call is, once its keys, its account and its parameters are read: what answers it is handed
// this and nothing of HTTP. Serves routes.ts and everything under calls/.

import type { Customers } from '#dialects/shared/dialect.ts';
import type { Account } from '#domain/account/account.ts';
import type { Clock } from '#lib/time/clock.ts';
import type { Consumer } from '#operations/account/credentials/consumer-keys.ts';
import type { OvhDesks } from './services.ts';

export interface OvhServices {
  readonly customers: Customers;
  readonly desks: OvhDesks;
  readonly clock: Clock;
  /** Addresses of the operator's that customers call, without a slash at their end; empty when he names none. */
  readonly publicUrls: readonly string[];
  /** By how much the time in a signed call may differ from ours. */
  readonly clockWindowSeconds: number;
}

export interface Call<Input = unknown> {
  readonly services: OvhServices;
  /** Whose keys signed it: his accounts are this one and its sub-accounts. */
  readonly customer: Account;
  readonly consumer: Consumer;
  /** The key of the application that calls, as it says; of a signed call it is the consumer's. */
  readonly application: string | undefined;
  /** The account of {serviceName}; the customer's own where the path names none. */
  readonly account: Account;
  /** Of path, query and body, by the published description: absent and null ones are left out. */
  readonly input: Input;
  /** Where this server is called by this client, for addresses that an answer names: no slash at its end. */
  readonly baseUrl: string;
  /** The address of the client. */
  readonly ip: string;
}

/**
 * Answers with what the contract says it returns; undefined for void; a Readable is that in JSON already, of any length.
 * Throws OvhRefusal and RefusedError.
 */
export type Answer = (call: Call<never>) => unknown;

/** By the name of its route: `POST /sms/{serviceName}/jobs`. */
export type Answers = Readonly<Record<string, Answer>>;

/** An answer that reads parameters: their types are those of the contract, which request.ts has cast them to. */
export function answer<Input>(run: (call: Call<Input>) => unknown): Answer {
  return run as Answer;
}
