// Prices of number look-ups, and their charges. Used by the look-up services and `chappe lookup`.
import type { AccountKey } from '#domain/account/account.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { boolean, instant, int4, micros, text } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

const list = statement('list_lookup_prices', {
  params: {},
  row: { country: text, priceMicros: micros },
  text: () => 'select country, price_micros as "priceMicros" from lookup_prices',
});

/** Micros of a euro for one number, by country; `*` is every other country. */
export async function listLookupPrices(query: Query): Promise<ReadonlyMap<string, bigint>> {
  const rows = await list.run(query, {});
  return new Map(rows.map(({ country, priceMicros }) => [country, priceMicros]));
}

const set = statement('set_lookup_price', {
  params: { country: text, priceMicros: micros },
  text: (p) => `
insert into lookup_prices (country, price_micros) values (${p.country}, ${p.priceMicros})
on conflict (country) do update set price_micros = excluded.price_micros`,
});

export async function setLookupPrice(query: Query, country: string, priceMicros: bigint): Promise<void> {
  await set.run(query, { country, priceMicros });
}

const remove = statement('remove_lookup_price', {
  params: { country: text },
  row: { country: text },
  text: (p) => `delete from lookup_prices where country = ${p.country} returning country`,
});

/** False if the country has no price. */
export async function removeLookupPrice(query: Query, country: string): Promise<boolean> {
  return (await remove.find(query, { country })) !== null;
}

const charge = statement('charge_lookups', {
  params: { ...accountParams, costMicros: micros, count: int4, now: instant },
  row: { isCharged: boolean },
  text: (p) => `
with debit as (
  update balances set balance_micros = balance_micros - ${p.costMicros}
  where bucket = ${p.bucket} and account_id = ${p.accountId} and balance_micros - held_micros >= ${p.costMicros}
  returning account_id
), entry as (
  insert into ledger_entries (bucket, account_id, kind, amount_micros, note, at)
  select ${p.bucket}, account_id, 'adjustment', -${p.costMicros}, 'look-ups of ' || ${p.count} || ' numbers', ${p.now}
  from debit where ${p.costMicros} > 0
), lookup as (
  insert into lookups (bucket, account_id, numbers, cost_micros, at)
  select ${p.bucket}, account_id, ${p.count}, ${p.costMicros}, ${p.now} from debit
)
select true as "isCharged" from debit`,
});

/** Charges look-ups and stores their number. False, and nothing is charged, if the available credit is too small. */
export async function chargeLookups(
  query: Query,
  account: AccountKey,
  count: number,
  costMicros: bigint,
  nowMs: number,
): Promise<boolean> {
  return (await charge.find(query, { ...valuesOf(account), count, costMicros, now: nowMs })) !== null;
}

const refund = statement('refund_lookups', {
  params: { ...accountParams, costMicros: micros, count: int4, now: instant },
  text: (p) => `
with entry as (
  insert into ledger_entries (bucket, account_id, kind, amount_micros, note, at)
  values (${p.bucket}, ${p.accountId}, 'adjustment', ${p.costMicros},
    'look-ups of ' || ${p.count} || ' numbers that failed', ${p.now})
)
update balances set balance_micros = balance_micros + ${p.costMicros}
where bucket = ${p.bucket} and account_id = ${p.accountId}`,
});

/** Refunds look-ups that no carrier answered. */
export async function refundLookups(
  query: Query,
  account: AccountKey,
  count: number,
  costMicros: bigint,
  nowMs: number,
): Promise<void> {
  if (costMicros > 0n) await refund.run(query, { ...valuesOf(account), count, costMicros, now: nowMs });
}
