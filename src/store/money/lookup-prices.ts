// Number look-ups: their prices, and their charge.
import type { Query } from '#store/database/database.ts';

/** Micros of a euro for one number, by country; `*` is every other country. */
export async function listLookupPrices(query: Query): Promise<ReadonlyMap<string, bigint>> {
  const rows = await query<{ country: string; price: number }>(
    'select country, price_micros as price from lookup_prices',
  );
  return new Map(rows.map((row) => [row.country, BigInt(row.price)]));
}

export async function setLookupPrice(query: Query, country: string, priceMicros: bigint): Promise<void> {
  await query(
    `insert into lookup_prices (country, price_micros) values ($1, $2)
     on conflict (country) do update set price_micros = excluded.price_micros`,
    [country, priceMicros],
  );
}

/** False when it has none of its own. */
export async function removeLookupPrice(query: Query, country: string): Promise<boolean> {
  const rows = await query('delete from lookup_prices where country = $1 returning 1', [country]);
  return rows.length > 0;
}

/** Charges look-ups that were made, and writes down how many; false, and nothing, when the credit does not cover them. */
export async function chargeLookups(
  query: Query,
  owner: { readonly bucket: number; readonly id: number },
  numbers: number,
  costMicros: bigint,
  nowMs: number,
): Promise<boolean> {
  const rows = await query(
    `with debit as (
       update balances set balance_micros = balance_micros - $3
       where bucket = $1 and account_id = $2 and balance_micros - held_micros >= $3
       returning 1
     ), entry as (
       insert into ledger_entries (bucket, account_id, kind, amount_micros, note, at)
       select $1, $2, 'adjustment', -$3::bigint, 'look-ups of ' || $4::int || ' numbers', to_timestamp($5::float8 / 1000)
       from debit where $3::bigint > 0
     )
     insert into lookups (bucket, account_id, numbers, cost_micros, at)
     select $1, $2, $4, $3, to_timestamp($5::float8 / 1000) from debit returning id`,
    [owner.bucket, owner.id, costMicros, numbers, nowMs],
  );
  return rows.length > 0;
}

/** Gives back what a look-up cost that no carrier answered. */
export async function refundLookups(
  query: Query,
  owner: { readonly bucket: number; readonly id: number },
  numbers: number,
  costMicros: bigint,
  nowMs: number,
): Promise<void> {
  if (costMicros === 0n) return;
  await query(
    `with entry as (
       insert into ledger_entries (bucket, account_id, kind, amount_micros, note, at)
       values ($1, $2, 'adjustment', $3, 'look-ups of ' || $4::int || ' numbers that failed',
         to_timestamp($5::float8 / 1000))
     )
     update balances set balance_micros = balance_micros + $3 where bucket = $1 and account_id = $2`,
    [owner.bucket, owner.id, costMicros, numbers, nowMs],
  );
}
