// Parts of schemas that the subjects of the contract share: money, instants, lists, masked numbers. Used by the files of this
// folder. Money is a decimal string of euros with six decimals ("12.500000"), an instant is ISO 8601 in UTC.

import { type TProperties, type TSchema, Type } from 'typebox';
import type { Permission } from '#operations/access/permissions.ts';

/** `none`: without a session. `session`: every person who is signed in. Otherwise a permission of the account or the operator. */
type CallPermission = Permission | 'none' | 'session';

/** One call of the console API. Names in a path that begin with a colon are parameters. */
export interface CallDefinition {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly path: string;
  /** Of the path and of the query, together. */
  readonly parameters?: TSchema;
  readonly body?: TSchema;
  /** The body is a file (`application/octet-stream`) that the handler reads as a stream; the call has no other body. */
  readonly takesFile?: true;
  readonly answer: TSchema;
  readonly permission: CallPermission;
  /** The call writes an entry of the audit trail. */
  readonly audited: boolean;
}

/** The calls of one subject; keeps the exact type of each schema. */
export function calls<const Calls extends Readonly<Record<string, CallDefinition>>>(subject: Calls): Calls {
  return subject;
}

/** An object without other members: an unknown member is a mistake of the caller. */
export const strict = <Members extends TProperties>(members: Members) =>
  Type.Object(members, { additionalProperties: false });

export const nothing = strict({});

export const money = Type.String({ description: 'Euros with six decimals, such as "12.500000".' });
export const instant = Type.String({ description: 'ISO 8601 in UTC.' });
/** A day (`2026-11-01`, from its begin in UTC) or an instant. */
export const dayOrInstant = Type.String({ maxLength: 35 });
export const optional = Type.Optional;
export const orNull = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);
/** One of these words. `Type.Enum` alone would have the static type `string`. */
export const oneOf = <const Words extends readonly string[]>(...words: Words) =>
  Type.Unsafe<Words[number]>(Type.Enum([...words]));

/**
 * `+33601020304`, or with dots for the hidden digits (`+33••••••04`): for viewers, and for operators, until they ask to see
 * numbers (`account.showNumbers`).
 */
export const phone = Type.String();

/** Ids of rows: whole numbers below 2^53. */
export const rowId = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });

/** The service name of an account, in the paths of its calls. */
export const account = Type.String({ minLength: 1, maxLength: 80 });
export const ofAccount = { account };

/** `after` is the `next` of the page before. */
export const paged = {
  after: optional(Type.String({ maxLength: 200 })),
  limit: optional(Type.Integer({ minimum: 1, maximum: 200 })),
};

/** A page of a list. `next` null: the end. */
export const page = <Row extends TSchema>(row: Row) =>
  Type.Object({ rows: Type.Array(row), next: orNull(Type.String()) });

/** A page of a progressive search: `searchedTo` says how far back it has looked; null: to the end. */
export const searchPage = <Row extends TSchema>(row: Row) =>
  Type.Object({
    rows: Type.Array(row),
    next: orNull(Type.String()),
    searchedTo: orNull(instant),
  });

export const role = oneOf('owner', 'editor', 'viewer');
export const language = oneOf('en', 'fr');
export const messageStatus = oneOf(
  'accepted',
  'submitted',
  'delivered',
  'undelivered',
  'expired',
  'rejected',
  'cancelled',
  'unknown',
);
export const campaignState = oneOf(
  'held',
  'scheduled',
  'waiting',
  'sending',
  'paused',
  'sent',
  'cancelled',
  'refused',
);
export const dialect = oneOf(
  'octopush-legacy',
  'octopush-rest',
  'ovh',
  'http2sms',
  'smtp',
  'smpp',
  'console',
  'cli',
  'platform',
);
export const tier = oneOf('premium', 'low_cost', 'world');
export const purpose = oneOf('transactional', 'marketing');

/**
 * The reason of a status, for the catalogue of causes in the browser. `code`: `refused:<refusal reason>`, `smpp:<hexadecimal
 * status>`, `receipt:<state>`, `validity`, `no-receipt`, or `carrier` with the carrier's own text in `text`.
 */
export const cause = Type.Object({ code: Type.String(), text: orNull(Type.String()) });

/** An answer that is a file to download instead of JSON. */
export interface FileAnswer {
  /** With its extension. */
  readonly name: string;
  /** Media type. */
  readonly type: string;
  readonly bytes: AsyncIterable<Uint8Array | string>;
}

export const file = Type.Unsafe<FileAnswer>(Type.Object({ bytes: Type.Object({}) }));
