// Prices by destination and tier, in versions: a change is inserted and never altered. Used by the plan (through
// main/pricing-data.ts) and by the operator's rates service. These tables have no bucket.
import type { Tier } from '#domain/base/campaign.ts';
import type { PriceChange, RouteCost } from '#domain/money/price-changes.ts';
import type { Rate } from '#domain/money/rate-card.ts';
import { tierCodes } from '#store/database/codes.ts';
import {
  boolean,
  code,
  instant,
  int4,
  int8,
  list,
  micros,
  nullable,
  text,
  word,
} from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { of, rows, statement } from '#store/database/statement.ts';

export type RateChangeKind = 'shipped' | 'set' | 'import' | 'restore';

export interface NewRateChange {
  /** Null: the rate card of every account. */
  readonly accountId: number | null;
  readonly kind: RateChangeKind;
  readonly validFromMs: number;
  readonly actor: string;
}

/** A price of a change; null: no price from then on. */
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

const priceRow = {
  changeId: int8,
  accountId: nullable(int4),
  country: text,
  tier: word<Tier>(),
  priceMicros: nullable(micros),
  validFromMs: instant,
};
const priceColumns = `c.id as "changeId", c.account_id as "accountId", p.country, p.tier,
  p.price_micros as "priceMicros", c.valid_from as "validFromMs"`;

const listCurrent = statement('list_current_prices', {
  params: { now: instant },
  row: priceRow,
  text: (p) => `
(select distinct on (c.account_id, p.country, p.tier) ${priceColumns}
 from rate_prices p join rate_changes c on c.id = p.change_id
 where c.valid_from <= ${p.now}
 order by c.account_id, p.country, p.tier, c.valid_from desc, c.id desc)
union all
(select ${priceColumns} from rate_prices p join rate_changes c on c.id = p.change_id where c.valid_from > ${p.now})`,
});

/** Valid prices at `nowMs` of the card and of every account, and later ones. */
export function listCurrentPrices(query: Query, nowMs: number): Promise<PriceChange[]> {
  return listCurrent.run(query, { now: nowMs });
}

const listOfScope = statement('list_price_changes', {
  params: { accountId: nullable(int4), changeId: nullable(int8) },
  row: priceRow,
  text: (p) => `
select ${priceColumns} from rate_prices p join rate_changes c on c.id = p.change_id
where c.account_id is not distinct from ${p.accountId} and (${p.changeId} is null or c.id <= ${p.changeId})`,
});

/** Prices of one scope from the changes up to `changeId`; null: from all changes. */
export function listPriceChanges(
  query: Query,
  accountId: number | null,
  changeId: number | null = null,
): Promise<PriceChange[]> {
  return listOfScope.run(query, { accountId, changeId });
}

const changeRow = {
  id: int8,
  accountId: nullable(int4),
  account: nullable(text),
  kind: word<RateChangeKind>(),
  validFromMs: instant,
  actor: text,
  createdAtMs: instant,
  prices: int8,
};
const changeColumns = `c.id, c.account_id as "accountId", a.service_name as account, c.kind,
  c.valid_from as "validFromMs", c.actor, c.created_at as "createdAtMs",
  (select count(*) from rate_prices p where p.change_id = c.id) as prices`;

const listChanges = statement('list_rate_changes', {
  params: { accountId: nullable(int4), limit: int4 },
  row: changeRow,
  text: (p) => `
select ${changeColumns} from rate_changes c left join accounts a on a.id = c.account_id
where c.account_id is not distinct from ${p.accountId} order by c.id desc limit ${p.limit}`,
});

/** Changes of the card (null) or of one account, newest first. */
export function listRateChanges(
  query: Query,
  accountId: number | null,
  limit: number,
): Promise<RateChange[]> {
  return listChanges.run(query, { accountId, limit });
}

const readChange = statement('read_rate_change', {
  params: { id: int8 },
  row: changeRow,
  text: (p) => `
select ${changeColumns} from rate_changes c left join accounts a on a.id = c.account_id where c.id = ${p.id}`,
});

export function readRateChange(query: Query, id: number): Promise<RateChange | null> {
  return readChange.find(query, { id });
}

const insertChange = statement('insert_rate_change', {
  params: {
    accountId: nullable(int4),
    kind: word<RateChangeKind>(),
    validFromMs: instant,
    actor: text,
    now: instant,
  },
  row: { id: int8 },
  text: (p) => `
insert into rate_changes (account_id, kind, valid_from, actor, created_at)
values (${p.accountId}, ${p.kind}, ${p.validFromMs}, ${p.actor}, ${p.now}) returning id`,
});

const insertPrices = statement('insert_rate_prices', {
  params: {
    changeId: int8,
    prices: rows<NewPrice>({
      country: of(text, (price) => price.country),
      tier: of(word<Tier>(), (price) => price.tier),
      price_micros: of(micros, (price) => price.priceMicros),
    }),
  },
  text: (p) => `
insert into rate_prices (change_id, country, tier, price_micros)
select ${p.changeId}, n.country, n.tier, n.price_micros from ${p.prices.as('n')}`,
});

/** Returns the id of the change. */
export async function insertRateChange(
  query: Query,
  change: NewRateChange,
  prices: readonly NewPrice[],
  nowMs: number,
): Promise<number> {
  const { id } = (await insertChange.find(query, { ...change, now: nowMs }))!;
  await insertPrices.run(query, { changeId: id, prices });
  return id;
}

const lock = statement('lock_rates', {
  params: { key: int8 },
  text: (p) => `select from pg_advisory_xact_lock(${p.key})`,
});

/** One change of prices at a time, because each depends on the result of the one before. Until the transaction ends. */
export async function lockRates(query: Query): Promise<void> {
  await lock.run(query, { key: 0x72617465 });
}

const findChange = statement('has_rates', {
  params: {},
  row: { id: int8 },
  text: () => 'select id from rate_changes limit 1',
});

export async function hasRates(query: Query): Promise<boolean> {
  return (await findChange.find(query, {})) !== null;
}

const listDestinations = statement('list_card_destinations', {
  params: {},
  row: { country: text, tier: word<Tier>() },
  text: () => `
select distinct p.country, p.tier from rate_prices p join rate_changes c on c.id = p.change_id
where c.account_id is null`,
});

/** Makes `rates` the whole card from the beginning of time: for a new installation. */
export async function replaceRates(query: Query, rates: readonly Rate[]): Promise<void> {
  await lockRates(query);
  const wanted = new Set(rates.map(({ country, tier }) => `${country} ${tier}`));
  const before = await listDestinations.run(query, {});
  const removed = before.filter(({ country, tier }) => !wanted.has(`${country} ${tier}`));
  await insertRateChange(
    query,
    { accountId: null, kind: 'shipped', validFromMs: 0, actor: 'chappe' },
    [...rates, ...removed.map((rate) => ({ ...rate, priceMicros: null }))],
    0,
  );
}

const listCosts = statement('list_route_costs', {
  params: { now: instant },
  row: {
    routeId: int4,
    country: nullable(text),
    tier: nullable(word<Tier>()),
    position: int4,
    costMicros: micros,
    isFromTable: boolean,
  },
  // A route for some numbers, accounts or encodings says nothing about the others of its country.
  text: (p) => `
with used as (
  select r.id, r.connector_id, r.country, r.tier, r.position, r.cost_micros from routes r
  join connectors n on n.id = r.connector_id
  where n.enabled and n.removed_at is null and r.prefix is null and r.account_id is null and r.encoding is null
)
select u.id as "routeId", u.country, u.tier, u.position, u.cost_micros as "costMicros", false as "isFromTable"
from used u where u.cost_micros is not null
union all
select u.id, c.country, u.tier, u.position, c.cost_micros, true from used u
join (
  select distinct on (connector_id, country) connector_id, country, cost_micros from carrier_costs
  where prefix = '' and valid_from <= ${p.now} order by connector_id, country, valid_from desc
) c on c.connector_id = u.connector_id and (u.country is null or u.country = c.country)`,
});

/** The costs of a segment now, which the routes in use and the tables of their carriers declare. */
export function listRouteCosts(query: Query, nowMs: number): Promise<RouteCost[]> {
  return listCosts.run(query, { now: nowMs });
}

const countMessages = statement('count_messages_to', {
  params: { countries: list(text), accountId: nullable(int4), since: instant },
  row: { country: text, tier: code(tierCodes), messages: int8 },
  // Over all buckets: the operator's estimate of the effect of a change.
  text: (p) => `
select m.country, c.tier, count(*) as messages from campaigns c
join messages m on m.bucket = c.bucket and m.id >= c.first_message_id
  and m.id < c.first_message_id + c.message_count and m.campaign_id = c.id
where c.created_at >= ${p.since} and m.country = any(${p.countries})
  and (${p.accountId} is null or c.account_id = ${p.accountId})
group by m.country, c.tier`,
});

/** Messages accepted since `sinceMs` to these countries, by country and tier. Reads every message of that time. */
export function countMessagesTo(
  query: Query,
  countries: readonly string[],
  accountId: number | null,
  sinceMs: number,
): Promise<{ country: string; tier: Tier; messages: number }[]> {
  return countMessages.run(query, { countries, accountId, since: sinceMs });
}
