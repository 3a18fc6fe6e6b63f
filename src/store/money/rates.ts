// Prices by destination and tier, with every version of them: a change is inserted and never altered. Used by the plan
// (through main/pricing-data.ts) and by the operator's rates service.
import type { Tier } from '#domain/base/campaign.ts';
import type { PriceChange, RouteCost } from '#domain/money/price-changes.ts';
import type { Rate } from '#domain/money/rate-card.ts';
import { tierCodes } from '#store/database/codes.ts';
import { type Query, texts } from '#store/database/database.ts';

export interface NewRateChange {
  /** Null: the rate card of every account. */
  readonly accountId: number | null;
  readonly kind: RateChangeKind;
  readonly validFromMs: number;
  readonly actor: string;
}

export type RateChangeKind = 'shipped' | 'set' | 'import' | 'restore';

/** A row of a change; null: there is no price from then on. */
export interface NewPrice {
  readonly country: string;
  readonly tier: Tier;
  readonly priceMicros: bigint | null;
}

export interface RateChange extends NewRateChange {
  readonly id: number;
  /** Service name; null: the rate card. */
  readonly account: string | null;
  readonly prices: number;
  readonly createdAtMs: number;
}

interface PriceRow extends Omit<PriceChange, 'priceMicros'> {
  readonly price: number | null;
}

const columns = `c.id as "changeId", c.account_id as "accountId", p.country, p.tier, p.price_micros as price,
  c.valid_from as "validFromMs"`;

function readPriceChange({ price, ...row }: PriceRow): PriceChange {
  return { ...row, priceMicros: price === null ? null : BigInt(price) };
}

/** What is in force at `nowMs`, for the card and for every account, and what is to come. */
export async function listCurrentPrices(query: Query, nowMs: number): Promise<PriceChange[]> {
  const rows = await query<PriceRow>(
    `(select distinct on (c.account_id, p.country, p.tier) ${columns}
      from rate_prices p join rate_changes c on c.id = p.change_id
      where c.valid_from <= to_timestamp($1::float8 / 1000)
      order by c.account_id, p.country, p.tier, c.valid_from desc, c.id desc)
     union all
     (select ${columns} from rate_prices p join rate_changes c on c.id = p.change_id
      where c.valid_from > to_timestamp($1::float8 / 1000))`,
    [nowMs],
  );
  return rows.map(readPriceChange);
}

/** Every price of one scope that the changes up to `changeId` made; all of them without it. */
export async function listPriceChanges(
  query: Query,
  accountId: number | null,
  changeId: number | null = null,
): Promise<PriceChange[]> {
  const rows = await query<PriceRow>(
    `select ${columns} from rate_prices p join rate_changes c on c.id = p.change_id
     where c.account_id is not distinct from $1::int and ($2::bigint is null or c.id <= $2)`,
    [accountId, changeId],
  );
  return rows.map(readPriceChange);
}

const changeColumns = `c.id, c.account_id as "accountId", a.service_name as account, c.kind, c.valid_from as "validFromMs",
  c.actor, c.created_at as "createdAtMs", (select count(*) from rate_prices p where p.change_id = c.id) as prices`;

/** Of the card (null) or of one account, newest first. */
export async function listRateChanges(
  query: Query,
  accountId: number | null,
  limit: number,
): Promise<RateChange[]> {
  return query<RateChange>(
    `select ${changeColumns} from rate_changes c left join accounts a on a.id = c.account_id
     where c.account_id is not distinct from $1::int order by c.id desc limit $2`,
    [accountId, limit],
  );
}

export async function readRateChange(query: Query, id: number): Promise<RateChange | null> {
  const [row] = await query<RateChange>(
    `select ${changeColumns} from rate_changes c left join accounts a on a.id = c.account_id where c.id = $1`,
    [id],
  );
  return row ?? null;
}

/** Answers the id of the change. */
export async function insertRateChange(
  query: Query,
  change: NewRateChange,
  prices: readonly NewPrice[],
  nowMs: number,
): Promise<number> {
  const [row] = await query<{ id: number }>(
    `insert into rate_changes (account_id, kind, valid_from, actor, created_at)
     values ($1, $2, to_timestamp($3::float8 / 1000), $4, to_timestamp($5::float8 / 1000)) returning id`,
    [change.accountId, change.kind, change.validFromMs, change.actor, nowMs],
  );
  await query(
    `insert into rate_prices (change_id, country, tier, price_micros)
     select $1, * from unnest($2::text[], $3::text[], $4::bigint[])`,
    [
      row!.id,
      texts(prices.map((p) => p.country)),
      texts(prices.map((p) => p.tier)),
      prices.map((p) => (p.priceMicros === null ? null : Number(p.priceMicros))),
    ],
  );
  return row!.id;
}

/** One change of prices at a time: each is decided by what the one before left. Ends with the transaction. */
export async function lockRates(query: Query): Promise<void> {
  await query('select pg_advisory_xact_lock($1)', [0x72617465]);
}

export async function hasRates(query: Query): Promise<boolean> {
  return (await query('select 1 from rate_changes limit 1')).length > 0;
}

/** Makes `rates` the whole card, as if it had always been: for a new installation. */
export async function replaceRates(query: Query, rates: readonly Rate[]): Promise<void> {
  await lockRates(query);
  const wanted = new Set(rates.map(({ country, tier }) => `${country} ${tier}`));
  const before = await query<{ country: string; tier: Tier }>(
    `select distinct p.country, p.tier from rate_prices p join rate_changes c on c.id = p.change_id
     where c.account_id is null`,
  );
  const gone = before.filter(({ country, tier }) => !wanted.has(`${country} ${tier}`));
  await insertRateChange(
    query,
    { accountId: null, kind: 'shipped', validFromMs: 0, actor: 'chappe' },
    [...rates, ...gone.map((rate) => ({ ...rate, priceMicros: null }))],
    0,
  );
}

/** What the routes in use say that a segment costs. */
export async function listRouteCosts(query: Query): Promise<RouteCost[]> {
  const rows = await query<Omit<RouteCost, 'costMicros'> & { cost: number }>(
    `select r.country, r.tier, r.position, r.cost_micros as cost from routes r
     join connectors n on n.id = r.connector_id
     where r.cost_micros is not null and n.enabled and n.removed_at is null`,
  );
  return rows.map(({ cost, ...row }) => ({ ...row, costMicros: BigInt(cost) }));
}

/** Messages accepted since `sinceMs` to these countries, by country and tier. Reads every message of that time. */
export async function countMessagesTo(
  query: Query,
  countries: readonly string[],
  accountId: number | null,
  sinceMs: number,
): Promise<{ country: string; tier: Tier; messages: number }[]> {
  const rows = await query<{ country: string; tier: number; messages: number }>(
    `select m.country, c.tier, count(*) as messages from campaigns c
     join messages m on m.bucket = c.bucket and m.id >= c.first_message_id
       and m.id < c.first_message_id + c.message_count and m.campaign_id = c.id
     where c.created_at >= to_timestamp($3::float8 / 1000) and m.country = any($1::text[])
       and ($2::int is null or c.account_id = $2)
     group by m.country, c.tier`,
    [texts(countries), accountId, sinceMs],
  );
  return rows.map((row) => ({ ...row, tier: tierCodes.name(row.tier) }));
}
