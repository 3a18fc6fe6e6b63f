// Traffic of a period by account, country and carrier, from the charges of the ledger. Used by the operator's report.
// Charges are never deleted: a period is complete also after retention has deleted its messages, except their receipts.
import { messageStatusCodes } from '#domain/base/message.ts';
import { instant, int2, int4, int8, micros, nullable, text } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

export interface TrafficPeriod {
  /** Null: every account of the bucket. */
  readonly accountId: number | null;
  readonly fromMs: number;
  /** Before this instant. */
  readonly toMs: number;
}

/** Of one account, country and carrier. */
interface TrafficKey {
  readonly accountId: number;
  /** Null: charged before the ledger recorded it. */
  readonly country: string | null;
  readonly connectorId: number | null;
}

export interface ChargedTraffic extends TrafficKey {
  readonly messages: number;
  readonly segments: number;
  readonly priceMicros: bigint;
  /** Of the messages whose carrier price is known. */
  readonly carrierCostMicros: bigint;
  /** Price of the messages whose carrier price is known. */
  readonly costedPriceMicros: bigint;
  /** Messages whose carrier price is unknown. */
  readonly withoutCost: number;
  /** The messages have ids from `firstId` to `lastId`. */
  readonly firstId: number;
  readonly lastId: number;
}

export interface DeliveredTraffic extends TrafficKey {
  /** Messages that retention has not deleted. */
  readonly stored: number;
  readonly delivered: number;
}

const periodParams = { bucket: int2, accountId: nullable(int4), from: instant, to: instant };

type PeriodMentions = Readonly<Record<keyof typeof periodParams, string>>;

/** Index ledger_entries_by_time. */
const chargesOf = (p: PeriodMentions) => `
from ledger_entries e
where e.bucket = ${p.bucket} and e.kind = 'charge' and e.at >= ${p.from} and e.at < ${p.to}
  and (${p.accountId} is null or e.account_id = ${p.accountId})`;

const keyRow = { accountId: int4, country: nullable(text), connectorId: nullable(int4) };

const listCharged = statement('list_charged_traffic', {
  params: periodParams,
  row: {
    ...keyRow,
    messages: int8,
    segments: int8,
    priceMicros: micros,
    carrierCostMicros: micros,
    costedPriceMicros: micros,
    withoutCost: int8,
    firstId: int8,
    lastId: int8,
  },
  text: (p) => `
select account_id as "accountId", country, connector_id as "connectorId",
  sum(messages)::bigint as messages, coalesce(sum(segments), 0)::bigint as segments,
  sum(amount_micros)::bigint as "priceMicros", coalesce(sum(carrier_cost_micros), 0)::bigint as "carrierCostMicros",
  coalesce(sum(amount_micros) filter (where carrier_cost_micros is not null), 0)::bigint as "costedPriceMicros",
  coalesce(sum(messages) filter (where carrier_cost_micros is null), 0)::bigint as "withoutCost",
  min(first_id) as "firstId", max(last_id) as "lastId"
from (
  select e.account_id, e.country, e.connector_id, e.segments, e.amount_micros,
    e.segments * e.segment_cost_micros as carrier_cost_micros,
    cardinality(e.message_ids) as messages,
    (select min(u.id) from unnest(e.message_ids) as u(id)) as first_id,
    (select max(u.id) from unnest(e.message_ids) as u(id)) as last_id ${chargesOf(p)} and cardinality(e.message_ids) > 0
  union all
  -- Paid by the first attempt, and counted there. Index resends_by_next.
  select m.account_id, m.country, r.next_connector_id, 0, 0, r.next_segments * r.next_segment_cost_micros, 0, m.id, m.id
  from resends r join messages m on m.bucket = ${p.bucket} and m.id = r.message_id
  where r.bucket = ${p.bucket} and r.next_at >= ${p.from} and r.next_at < ${p.to}
    and (${p.accountId} is null or m.account_id = ${p.accountId})
) c
group by account_id, country, connector_id`,
});

/**
 * The charges of messages in a period, of one bucket. A carrier that took a message after the failure of another one has its
 * cost, and no message.
 */
export function listChargedTraffic(
  query: Query,
  bucket: number,
  { accountId, fromMs: from, toMs: to }: TrafficPeriod,
): Promise<ChargedTraffic[]> {
  return listCharged.run(query, { bucket, accountId, from, to });
}

const listDelivered = statement('list_delivered_traffic', {
  params: { ...periodParams, firstId: int8, lastId: int8 },
  row: { ...keyRow, stored: int8, delivered: int8 },
  // The range of ids prunes the partitions of messages.
  text: (p) => `
with charged as materialized (
  select e.account_id, e.country, e.connector_id, e.message_ids ${chargesOf(p)}
)
select c.account_id as "accountId", c.country, c.connector_id as "connectorId", count(*) as stored,
  count(*) filter (where m.status = ${messageStatusCodes.delivered}) as delivered
from charged c cross join lateral unnest(c.message_ids) as u(id)
join messages m on m.bucket = ${p.bucket} and m.id = u.id and m.id >= ${p.firstId} and m.id <= ${p.lastId}
group by c.account_id, c.country, c.connector_id`,
});

/**
 * The receipts of these messages, whose ids are from `firstId` to `lastId`. Reads every message between them. To be called in
 * a transaction.
 */
export async function listDeliveredTraffic(
  query: Query,
  bucket: number,
  { accountId, fromMs: from, toMs: to }: TrafficPeriod,
  { firstId, lastId }: { readonly firstId: number; readonly lastId: number },
): Promise<DeliveredTraffic[]> {
  // The planner expects ten ids in an array, and would look each message up: 9.6 s for 2.1 million messages, 3.7 s by a hash
  // of the range.
  await query('set local enable_memoize = off');
  return listDelivered.run(query, { bucket, accountId, from, to, firstId, lastId });
}

const listByMinute = statement('list_charges_by_minute', {
  params: { bucket: int2, from: instant, to: instant },
  row: { minute: int4, messages: int8 },
  text: (p) => `
select floor(extract(epoch from e.at - ${p.from}) / 60)::integer as minute,
  sum(cardinality(e.message_ids))::bigint as messages
from ledger_entries e
where e.bucket = ${p.bucket} and e.kind = 'charge' and e.at >= ${p.from} and e.at < ${p.to}
group by 1`,
});

/** Messages that carriers took, by the number of the minute after `fromMs`. Minutes without any are absent. */
export function listChargesByMinute(
  query: Query,
  bucket: number,
  { fromMs: from, toMs: to }: Pick<TrafficPeriod, 'fromMs' | 'toMs'>,
): Promise<{ readonly minute: number; readonly messages: number }[]> {
  return listByMinute.run(query, { bucket, from, to });
}

const listNames = statement('list_connector_names', {
  params: {},
  row: { id: int4, name: text },
  text: () => 'select id, name from connectors',
});

/** Names of all connectors, also of removed ones, by id. */
export async function listConnectorNames(query: Query): Promise<Map<number, string>> {
  return new Map((await listNames.run(query, {})).map(({ id, name }) => [id, name]));
}
