// Numbers of the operator that recipients can answer: of the pool, or assigned to one account. Used by the pricing data, the
// reply recorder and the reply numbers service. The table has no bucket.
import type { AssignedNumber, ReplyNumber } from '#domain/plan/reply-numbers.ts';
import { boolean, instant, int2, int4, list, nullable, text, word } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

export interface OwnedNumber extends ReplyNumber {
  /** The account of an assigned number; null: of the pool. */
  readonly serviceName: string | null;
}

export interface AnsweredNumber {
  readonly number: string;
  readonly countries: readonly string[];
  /** A route replaces or replaced senders by it: phones saw it instead of the customer's. */
  readonly isReplacement: boolean;
  /** The account of an assigned number; null: of the pool, or not a reply number. */
  readonly holder: { readonly accountId: number; readonly bucket: number } | null;
}

const numberRow = { number: text, kind: word<ReplyNumber['kind']>(), countries: list(text) };

const listPool = statement('list_reply_numbers', {
  params: {},
  row: numberRow,
  text: () => 'select number, kind, countries from reply_numbers where account_id is null order by number',
});

/** The pool in one order for all processes: the number of an account depends on its position. */
export function listReplyNumbers(query: Query): Promise<ReplyNumber[]> {
  return listPool.run(query, {});
}

const listAll = statement('list_numbers', {
  params: {},
  row: { ...numberRow, serviceName: nullable(text) },
  text: () => `
select n.number, n.kind, n.countries, a.service_name as "serviceName"
from reply_numbers n left join accounts a on a.id = n.account_id order by n.number`,
});

export function listNumbers(query: Query): Promise<OwnedNumber[]> {
  return listAll.run(query, {});
}

const listOfAccounts = statement('list_numbers_of_accounts', {
  params: { accountIds: list(int4) },
  row: { ...numberRow, createdAtMs: instant },
  // Index reply_numbers_by_account.
  text: (p) => `
select number, kind, countries, created_at as "createdAtMs" from reply_numbers
where account_id = any(${p.accountIds}) order by number`,
});

/** Numbers that are assigned to one of these accounts. */
export function listNumbersOf(query: Query, accountIds: readonly number[]): Promise<AssignedNumber[]> {
  return listOfAccounts.run(query, { accountIds });
}

const findOfAccount = statement('is_own_number', {
  params: { number: text, accountId: int4 },
  row: { number: text },
  text: (p) => `select number from reply_numbers where number = ${p.number} and account_id = ${p.accountId}`,
});

/** Whether the number, in digits alone, is assigned to the account. */
export async function isOwnNumber(query: Query, accountId: number, number: string): Promise<boolean> {
  return (await findOfAccount.find(query, { number, accountId })) !== null;
}

const find = statement('is_number_of_operator', {
  params: { number: text },
  row: { number: text },
  text: (p) => `select number from reply_numbers where number = ${p.number}`,
});

/** Whether the number, in digits alone, is one of the operator's, in the pool or assigned. */
export async function isNumberOfOurs(query: Query, number: string): Promise<boolean> {
  return (await find.find(query, { number })) !== null;
}

const findAnswered = statement('find_answered_numbers', {
  params: { digits: list(text) },
  row: {
    number: text,
    countries: list(text),
    isReplacement: boolean,
    accountId: nullable(int4),
    bucket: nullable(int2),
  },
  text: (p) => `
select d.number, coalesce(n.countries, '{}') as countries, r.is_replacement as "isReplacement", a.id as "accountId", a.bucket
from unnest(${p.digits}) as d(number)
cross join lateral (select exists (select from replaced_senders r where r.number = d.number) as is_replacement) r
left join reply_numbers n on n.number = d.number
left join accounts a on a.id = n.account_id
where n.number is not null or r.is_replacement`,
});

/** Those of these numbers, in digits alone, that are the operator's, or that routes give or gave to messages as sender. */
export async function findAnsweredNumbers(
  query: Query,
  digits: readonly string[],
): Promise<AnsweredNumber[]> {
  const found = await findAnswered.run(query, { digits });
  return found.map(({ number, countries, isReplacement, accountId, bucket }) => ({
    number,
    countries,
    isReplacement,
    holder: accountId === null || bucket === null ? null : { accountId, bucket },
  }));
}

const insert = statement('insert_reply_number', {
  params: { ...numberRow, now: instant },
  row: { number: text },
  text: (p) => `
insert into reply_numbers (number, kind, countries, created_at) values (${p.number}, ${p.kind}, ${p.countries}, ${p.now})
on conflict do nothing returning number`,
});

/** False if the number exists. */
export async function insertReplyNumber(
  query: Query,
  { number, kind, countries }: ReplyNumber,
  nowMs: number,
): Promise<boolean> {
  return (await insert.find(query, { number, kind, countries, now: nowMs })) !== null;
}

const assign = statement('assign_number', {
  params: { number: text, accountId: nullable(int4) },
  row: { number: text },
  text: (p) =>
    `update reply_numbers set account_id = ${p.accountId} where number = ${p.number} returning number`,
});

/** Assigns a number to an account; null: to the pool. False if there is no such number. */
export async function assignNumber(query: Query, number: string, accountId: number | null): Promise<boolean> {
  return (await assign.find(query, { number, accountId })) !== null;
}

const remove = statement('remove_reply_number', {
  params: { number: text },
  row: { number: text },
  text: (p) => `delete from reply_numbers where number = ${p.number} returning number`,
});

/** False if there is no such number. */
export async function removeReplyNumber(query: Query, number: string): Promise<boolean> {
  return (await remove.find(query, { number })) !== null;
}
