// The type of an endpoint of the REST API: method, path, schemas of input and answer. Used by routes.ts, which serves endpoints,
// and openapi.ts, which documents them from the same schemas.

import type { Static, TObject, TSchema } from 'typebox';
import type { Account } from '#domain/account/account.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import type { Services } from '#operations/services.ts';
import type { Members } from './cast.ts';

export type RestServices = Pick<
  Services,
  | 'accounts'
  | 'campaigns'
  | 'contactListCampaigns'
  | 'contacts'
  | 'credentials'
  | 'credit'
  | 'numberLookups'
  | 'oneTimeCodes'
  | 'subAccounts'
  | 'submissions'
  | 'transfers'
>;

/** A request of a known account. */
export interface Call<Input> {
  readonly services: RestServices;
  readonly access: AccountAccess;
  /** Cast by the schema. */
  readonly input: Input;
  /** As received, for endpoints that read members without a schema. */
  readonly members: Members;
  /** Values of the path's parameters. */
  readonly place: Readonly<Record<string, string>>;
}

export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the base path; parameters in braces. */
  readonly path: string;
  readonly group: string;
  readonly summary: string;
  /** The schema of the body, or of the query if there is no body. */
  readonly input: TObject;
  readonly status: number;
  /** If the account or the request decides the status. */
  statusFor?(account: Account, members: Members): number;
  /** The endpoint reads the members without casts of the schema. A test compares it with the schema. */
  readonly readsMembers?: true;
  /** Null: no content. */
  readonly output: TSchema | null;
  /** The members of the answer, or rendered JSON. */
  answer(call: Call<never>): Promise<unknown>;
}

/** An endpoint with the types of its input. */
export function endpoint<Input extends TObject>(
  given: Omit<Endpoint, 'answer' | 'input'> & {
    readonly input: Input;
    answer(call: Call<Static<Input>>): Promise<unknown>;
  },
): Endpoint {
  return given as unknown as Endpoint;
}
