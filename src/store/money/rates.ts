// The rate card in the database: prices by destination and tier.
import type { Tier } from '#domain/base/campaign.ts';
import { numbers, type Query, texts } from '#store/database/database.ts';

export interface Rate {
  readonly country: string;
  readonly tier: Tier;
  readonly priceMicros: bigint;
}

export async function listRates(query: Query): Promise<Rate[]> {
  const rows = await query<{ country: string; tier: Tier; price: number }>(
    'select country, tier, price_micros as price from rates order by country, tier',
  );
  return rows.map((row) => ({ country: row.country, tier: row.tier, priceMicros: BigInt(row.price) }));
}

/** Puts a whole card in the place of the old one. */
export async function replaceRates(query: Query, rates: readonly Rate[]): Promise<void> {
  await query('delete from rates');
  await query(
    `insert into rates (country, tier, price_micros)
     select * from unnest($1::text[], $2::text[], $3::bigint[])`,
    [
      texts(rates.map((r) => r.country)),
      texts(rates.map((r) => r.tier)),
      numbers(rates.map((r) => r.priceMicros)),
    ],
  );
}
