// What an endpoint of the REST API is: method and path, the schema its input is cast with, the schema of its answer.
// Serves routes.ts, which opens them, and openapi.ts, which documents them; so that what is served is what is documented.

import type { Static, TObject, TSchema } from 'typebox';
import type { Customers } from '#dialects/shared/dialect.ts';
import type { Account } from '#domain/account/account.ts';
import type { Members } from './cast.ts';
import type { RestDesks } from './services.ts';

export interface RestServices {
  readonly customers: Customers;
  readonly desks: RestDesks;
}

/** One request whose account is known. */
export interface Call<Input> {
  readonly services: RestServices;
  readonly account: Account;
  /** By the schema. */
  readonly input: Input;
  /** As they came: for what reads them itself. */
  readonly members: Members;
  /** What stood in the places of the path. */
  readonly place: Readonly<Record<string, string>>;
}

export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the base; places in braces. */
  readonly path: string;
  readonly group: string;
  readonly summary: string;
  /** Of the body, or of the query where there is no body. */
  readonly input: TObject;
  readonly status: number;
  /** Where the account or the request decides. */
  statusFor?(account: Account, members: Members): number;
  /** Its input is not cast by the schema: it reads the members itself. A test holds the two together. */
  readonly readsMembers?: true;
  /** Null: no content. */
  readonly output: TSchema | null;
  /** The members of the answer, or JSON written already. */
  answer(call: Call<never>): Promise<unknown>;
}

/** The same with the types of its own input. */
export function endpoint<Input extends TObject>(
  given: Omit<Endpoint, 'answer' | 'input'> & {
    readonly input: Input;
    answer(call: Call<Static<Input>>): Promise<unknown>;
  },
): Endpoint {
  return given as unknown as Endpoint;
}
