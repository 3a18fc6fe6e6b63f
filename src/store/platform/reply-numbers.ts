// The operator's numbers that can be answered: of the pool, or of one account.
import type { AssignedNumber, ReplyNumber } from '#domain/plan/reply-numbers.ts';
import { type Query, type Statement, texts } from '#store/database/database.ts';

/** The pool, in one order for everybody: an account is given its number by its place. */
export function listReplyNumbers(query: Query): Promise<ReplyNumber[]> {
  return query<ReplyNumber>(
    'select number, kind, countries from numbers where account_id is null order by number',
  );
}

export interface OwnedNumber extends ReplyNumber {
  /** Null: of the pool. */
  readonly serviceName: string | null;
}

export function listNumbers(query: Query): Promise<OwnedNumber[]> {
  return query<OwnedNumber>(
    `select n.number, n.kind, n.countries, a.service_name as "serviceName"
     from numbers n left join accounts a on a.id = n.account_id order by n.number`,
  );
}

/** Those that are one of these accounts' own. */
export function listNumbersOf(query: Query, accountIds: readonly number[]): Promise<AssignedNumber[]> {
  return query<AssignedNumber>(
    `select number, kind, countries, created_at as "createdAtMs" from numbers
     where account_id = any($1::int[]) order by number`,
    [accountIds],
  );
}

const isOwnStatement: Statement = {
  name: 'is_own_number',
  text: 'select from numbers where number = $1 and account_id = $2',
};

/** `number` in digits alone. */
export async function isOwnNumber(query: Query, accountId: number, number: string): Promise<boolean> {
  return (await query(isOwnStatement, [number, accountId])).length > 0;
}

/** Whether it is one of the operator's, of the pool or of an account. `number` in digits alone. */
export async function isNumberOfOurs(query: Query, number: string): Promise<boolean> {
  return (await query('select from numbers where number = $1', [number])).length > 0;
}

export interface AnsweredNumber {
  readonly number: string;
  readonly countries: readonly string[];
  /** The account whose number it is; null when it is of the pool. */
  readonly owner: { readonly accountId: number; readonly bucket: number } | null;
}

/** Those of these numbers (in digits alone) that are the operator's. */
export async function findAnsweredNumbers(
  query: Query,
  digits: readonly string[],
): Promise<AnsweredNumber[]> {
  const rows = await query<{
    number: string;
    countries: string[];
    accountId: number | null;
    bucket: number | null;
  }>(
    `select n.number, n.countries, a.id as "accountId", a.bucket
     from numbers n left join accounts a on a.id = n.account_id where n.number = any($1::text[])`,
    [texts(digits)],
  );
  return rows.map(({ number, countries, accountId, bucket }) => ({
    number,
    countries,
    owner: accountId === null || bucket === null ? null : { accountId, bucket },
  }));
}

/** Null gives it back to the pool. False when there is no such number. */
export async function assignNumber(query: Query, number: string, accountId: number | null): Promise<boolean> {
  const rows = await query('update numbers set account_id = $2 where number = $1 returning 1', [
    number,
    accountId,
  ]);
  return rows.length > 0;
}

/** False when the number is in the pool already. */
export async function insertReplyNumber(query: Query, number: ReplyNumber, nowMs: number): Promise<boolean> {
  const rows = await query(
    `insert into numbers (number, kind, countries, created_at)
     values ($1, $2, $3, to_timestamp($4::float8 / 1000)) on conflict do nothing returning 1`,
    [number.number, number.kind, number.countries, nowMs],
  );
  return rows.length > 0;
}

/** False when it is not in the pool. */
export async function removeReplyNumber(query: Query, number: string): Promise<boolean> {
  const rows = await query('delete from numbers where number = $1 returning 1', [number]);
  return rows.length > 0;
}
