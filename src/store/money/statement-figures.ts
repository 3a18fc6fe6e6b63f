// Figures of an account for a period, from its ledger entries: sums by kind, charges by country and tier, purchases and
// corrections one by one. Used by the monthly statement. Read them in one repeatable-read transaction.
import type { AccountKey } from '#domain/account/account.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { tierCodes } from '#store/database/codes.ts';
import { boolean, code, instant, int4, int8, micros, nullable, text, word } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { type RowOf, statement } from '#store/database/statement.ts';

export interface Period {
  readonly fromMs: number;
  /** Before this instant. */
  readonly toMs: number;
}

/**
 * A look-up of numbers is charged by an adjustment with this note (store/money/lookup-prices.ts). It decides on the line of
 * the statement only, never on a sum.
 */
const isLookup = `e.kind = 'adjustment' and coalesce(e.note like 'look-ups of %', false)`;

const sumByKind = statement('sum_entries_since', {
  params: { ...accountParams, from: instant, to: instant },
  row: {
    isAfter: boolean,
    kind: word<'top_up' | 'adjustment' | 'charge'>(),
    isLookup: boolean,
    entries: int8,
    amountMicros: micros,
  },
  // Index ledger_entries_by_time.
  text: (p) => `
select e.at >= ${p.to} as "isAfter", e.kind, ${isLookup} as "isLookup", count(*) as entries,
  sum(e.amount_micros)::bigint as "amountMicros"
from ledger_entries e
where e.bucket = ${p.bucket} and e.account_id = ${p.accountId} and e.at >= ${p.from}
  and e.kind in ('top_up', 'adjustment', 'charge')
group by 1, 2, 3`,
});

export type EntrySum = Awaited<ReturnType<typeof sumEntriesSince>>[number];

/** Sums of the entries of the period, and of those after it (`isAfter`). Holds and releases do not change the balance. */
export function sumEntriesSince(query: Query, account: AccountKey, { fromMs: from, toMs: to }: Period) {
  return sumByKind.run(query, { ...valuesOf(account), from, to });
}

const listConsumption = statement('list_consumption', {
  params: { ...accountParams, from: instant, to: instant },
  row: {
    country: nullable(text),
    tier: nullable(code(tierCodes)),
    messages: int8,
    segments: int8,
    amountMicros: micros,
  },
  // Index ledger_entries_by_time.
  text: (p) => `
select e.country, e.tier, sum(coalesce(cardinality(e.message_ids), 0))::bigint as messages,
  coalesce(sum(e.segments), 0)::bigint as segments, sum(e.amount_micros)::bigint as "amountMicros"
from ledger_entries e
where e.bucket = ${p.bucket} and e.account_id = ${p.accountId} and e.kind = 'charge'
  and e.at >= ${p.from} and e.at < ${p.to}
group by e.country, e.tier order by e.country nulls last, e.tier nulls last`,
});

export type Consumption = Awaited<ReturnType<typeof listConsumptionOf>>[number];

/** Charges of messages by country and tier. */
export function listConsumptionOf(query: Query, account: AccountKey, { fromMs: from, toMs: to }: Period) {
  return listConsumption.run(query, { ...valuesOf(account), from, to });
}

const movementRow = {
  id: int8,
  atMs: instant,
  kind: word<'top_up' | 'adjustment'>(),
  amountMicros: micros,
  note: nullable(text),
  orderId: nullable(int8),
};
export type Movement = RowOf<typeof movementRow>;

const listMovements = statement('list_credit_movements', {
  params: { ...accountParams, from: instant, to: instant, limit: int4 },
  row: movementRow,
  // Indexes ledger_entries_by_time, orders_by_entry.
  text: (p) => `
select e.id, e.at as "atMs", e.kind, e.amount_micros as "amountMicros", e.note, o.id as "orderId"
from ledger_entries e
left join orders o on o.bucket = ${p.bucket} and o.account_id = e.account_id and o.entry_id = e.id
where e.bucket = ${p.bucket} and e.account_id = ${p.accountId} and e.kind in ('top_up', 'adjustment')
  and not (${isLookup}) and e.at >= ${p.from} and e.at < ${p.to}
order by e.id limit ${p.limit}`,
});

/** Top-ups and corrections, oldest first. */
export function listMovementsOf(
  query: Query,
  account: AccountKey,
  { fromMs: from, toMs: to }: Period,
  limit: number,
): Promise<Movement[]> {
  return listMovements.run(query, { ...valuesOf(account), from, to, limit });
}
