// Pages of an account's ledger entries and orders, and the sum of its charges, for people. Used by the ledger service of the
// console.
import type { AccountKey } from '#domain/account/account.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { boolean, instant, int4, int8, list, micros, nullable, text, word } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { type RowOf, statement } from '#store/database/statement.ts';

type EntryKind = 'top_up' | 'adjustment' | 'hold' | 'charge' | 'release';

const entryRow = {
  id: int8,
  atMs: instant,
  kind: word<EntryKind>(),
  amountMicros: micros,
  note: nullable(text),
  campaigns: list(int8),
  messages: int4,
  messageId: nullable(int8),
  country: nullable(text),
  segments: nullable(int4),
};
export type PagedEntry = RowOf<typeof entryRow>;

const listEntries = statement('list_entry_page', {
  params: {
    ...accountParams,
    beforeId: int8,
    kind: nullable(word<EntryKind>()),
    from: nullable(instant),
    to: nullable(instant),
    limit: int4,
  },
  row: entryRow,
  text: (p) => `
select id, at as "atMs", kind, amount_micros as "amountMicros", note,
  coalesce(campaign_ids[1:10], '{}') as campaigns, coalesce(cardinality(message_ids), 0) as messages,
  message_ids[1] as "messageId", country, segments
from ledger_entries
where bucket = ${p.bucket} and account_id = ${p.accountId} and id < ${p.beforeId}
  and (${p.kind} is null or kind = ${p.kind}) and (${p.from} is null or at >= ${p.from})
  and (${p.to} is null or at < ${p.to})
order by id desc limit ${p.limit}`,
});

export interface EntryFilter {
  readonly kind: EntryKind | null;
  readonly from: number | null;
  /** Before this instant. */
  readonly to: number | null;
}

/** Newest first. */
export function listEntryPage(
  query: Query,
  account: AccountKey,
  filter: EntryFilter,
  page: { readonly beforeId: number; readonly limit: number },
): Promise<PagedEntry[]> {
  return listEntries.run(query, { ...valuesOf(account), ...filter, ...page });
}

const sumCharges = statement('sum_charges_since', {
  params: { ...accountParams, from: instant },
  row: { sum: micros },
  // Index ledger_entries_by_time.
  text: (p) => `
select coalesce(sum(amount_micros), 0)::bigint as sum from ledger_entries
where bucket = ${p.bucket} and account_id = ${p.accountId} and kind = 'charge' and at >= ${p.from}`,
});

export async function sumChargesSince(query: Query, account: AccountKey, fromMs: number): Promise<bigint> {
  return (await sumCharges.find(query, { ...valuesOf(account), from: fromMs }))!.sum;
}

const orderRow = {
  id: int8,
  token: text,
  quantity: int4,
  creditMicros: micros,
  withoutTaxMicros: micros,
  taxMicros: micros,
  isAutomatic: boolean,
  status: word<'open' | 'paid' | 'cancelled'>(),
  orderedAtMs: instant,
  decidedAtMs: nullable(instant),
};
export type PagedOrder = RowOf<typeof orderRow>;

const listOrders = statement('list_order_page', {
  params: { ...accountParams, beforeId: int8, limit: int4 },
  row: orderRow,
  text: (p) => `
select id, token, quantity, credit_micros as "creditMicros", without_tax_micros as "withoutTaxMicros",
  tax_micros as "taxMicros", is_automatic as "isAutomatic", status, ordered_at as "orderedAtMs",
  decided_at as "decidedAtMs"
from orders
where bucket = ${p.bucket} and account_id = ${p.accountId} and id < ${p.beforeId} order by id desc limit ${p.limit}`,
});

/** Newest first. */
export function listOrderPage(
  query: Query,
  account: AccountKey,
  page: { readonly beforeId: number; readonly limit: number },
): Promise<PagedOrder[]> {
  return listOrders.run(query, { ...valuesOf(account), ...page });
}
