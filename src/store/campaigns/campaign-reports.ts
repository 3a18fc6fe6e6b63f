// Figures of one campaign from its messages, its ledger entries and its replies, for its report. Used by the service of
// campaign reports. Each statement reads the consecutive ids of the campaign once; not for the hot path.
import type { AccountKey } from '#domain/account/account.ts';
import { messageStatusCodes } from '#domain/base/message.ts';
import { hourMs } from '#lib/time/duration.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { encodingCodes, messageStatuses } from '#store/database/codes.ts';
import {
  boolean,
  code,
  float8,
  instant,
  int2,
  int4,
  int8,
  list,
  micros,
  nullable,
  text,
} from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { type RowOf, statement } from '#store/database/statement.ts';

/** The messages of a campaign, or of all parts of one: other campaigns can have ids between those of two parts. */
export interface CampaignRange {
  readonly campaignIds: readonly number[];
  readonly firstMessageId: number;
  /** Behind the last. */
  readonly endMessageId: number;
}

const rangeParams = { bucket: int2, campaignIds: list(int8), firstId: int8, endId: int8 };

const rangeOf = ({ bucket }: AccountKey, { campaignIds, firstMessageId, endMessageId }: CampaignRange) => ({
  bucket,
  campaignIds,
  firstId: firstMessageId,
  endId: endMessageId,
});

type RangeMentions = Readonly<Record<keyof typeof rangeParams, string>>;

const isOwn = (p: RangeMentions) =>
  `m.bucket = ${p.bucket} and m.id >= ${p.firstId} and m.id < ${p.endId} and m.campaign_id = any(${p.campaignIds})`;

/** The references of the campaign's messages: found by their range, because their index by message is coarse (BRIN). */
const submittedOf = (p: RangeMentions) => `
submitted as materialized (
  select message_id as id, min(connector_id) as connector_id, min(at) as at from carrier_references
  where bucket = ${p.bucket} and message_id >= ${p.firstId} and message_id < ${p.endId} group by message_id
)`;

const summarize = statement('summarize_campaign', {
  params: rangeParams,
  row: {
    country: text,
    connectorId: nullable(int4),
    status: code(messageStatuses),
    error: nullable(text),
    encoding: code(encodingCodes),
    segments: int2,
    isSubmitted: boolean,
    messages: int8,
    costMicros: micros,
    firstSubmittedAtMs: nullable(instant),
    lastSubmittedAtMs: nullable(instant),
    firstDoneAtMs: nullable(instant),
    lastDoneAtMs: nullable(instant),
  },
  text: (p) => `
with ${submittedOf(p)}
select m.country, coalesce(m.connector_id, s.connector_id) as "connectorId", m.status, m.error, m.encoding, m.segments,
  m.submitted_at is not null or s.id is not null as "isSubmitted", count(*) as messages,
  sum(m.cost_micros)::bigint as "costMicros",
  min(coalesce(m.submitted_at, s.at)) as "firstSubmittedAtMs", max(coalesce(m.submitted_at, s.at)) as "lastSubmittedAtMs",
  min(m.done_at) as "firstDoneAtMs", max(m.done_at) as "lastDoneAtMs"
from messages m left join submitted s on s.id = m.id
where ${isOwn(p)}
group by 1, 2, 3, 4, 5, 6, 7`,
});

/** Messages that agree in country, carrier, status, error, encoding, segments and hand-over. */
export type CampaignShare = RowOf<typeof summarize.row>;

export async function summarizeCampaign(
  query: Query,
  account: AccountKey,
  range: CampaignRange,
): Promise<CampaignShare[]> {
  const shares = await summarize.run(query, rangeOf(account, range));
  return shares.map((share) =>
    share.isSubmitted && share.status === 'accepted' ? { ...share, status: 'submitted' } : share,
  );
}

const readDelays = statement('read_delivery_delays', {
  params: { ...rangeParams, bounds: list(int4) },
  row: { country: text, delayClass: int4, messages: int8 },
  // Classes by the seconds from the hand-over to the receipt: the number of bounds at or below them.
  text: (p) => `
select m.country, d.delay_class as "delayClass", count(*) as messages
from messages m cross join lateral (
  select width_bucket(greatest(extract(epoch from m.done_at - m.submitted_at), 0)::float8, ${p.bounds}::float8[])
    as delay_class
  offset 0
) d
where ${isOwn(p)} and m.status = ${messageStatusCodes.delivered} and m.submitted_at is not null
group by 1, 2`,
});

/** Delivered messages by country and class of delay: 0 is below the first bound (seconds, rising). */
export function readDeliveryDelays(
  query: Query,
  account: AccountKey,
  range: CampaignRange,
  bounds: readonly number[],
): Promise<RowOf<typeof readDelays.row>[]> {
  return readDelays.run(query, { ...rangeOf(account, range), bounds });
}

const readPercentiles = statement('read_delivery_percentiles', {
  params: rangeParams,
  row: { p50Ms: nullable(float8), p90Ms: nullable(float8), p99Ms: nullable(float8) },
  text: (p) => `
select d.ms[1] as "p50Ms", d.ms[2] as "p90Ms", d.ms[3] as "p99Ms"
from (
  select percentile_disc(array[0.5, 0.9, 0.99]) within group (
    order by (greatest(extract(epoch from m.done_at - m.submitted_at), 0) * 1000)::float8) as ms
  from messages m
  where ${isOwn(p)} and m.status = ${messageStatusCodes.delivered} and m.submitted_at is not null
) d`,
});

export type DeliveryPercentiles = RowOf<typeof readPercentiles.row>;

/** From the hand-over to the receipt, in milliseconds; null: no message was delivered. */
export async function readDeliveryPercentiles(
  query: Query,
  account: AccountKey,
  range: CampaignRange,
): Promise<DeliveryPercentiles> {
  return (await readPercentiles.find(query, rangeOf(account, range)))!;
}

const readProgress = statement('read_campaign_progress', {
  params: { ...rangeParams, from: instant, stepMs: int8 },
  row: { step: int8, left: int8, finished: int8 },
  text: (p) => `
with ${submittedOf(p)}, times as (
  select coalesce(m.submitted_at, s.at, m.done_at) as left_at, m.done_at
  from messages m left join submitted s on s.id = m.id
  where ${isOwn(p)}
), steps as (
  select floor(extract(epoch from left_at - ${p.from}) * 1000 / ${p.stepMs})::bigint as step, 1 as gone, 0 as finished
  from times where left_at is not null
  union all
  select floor(extract(epoch from done_at - ${p.from}) * 1000 / ${p.stepMs})::bigint, 0, 1
  from times where done_at is not null
)
select step, sum(gone)::bigint as "left", sum(finished)::bigint as finished from steps group by step order by step`,
});

export type ProgressStep = RowOf<typeof readProgress.row>;

/** Messages that left (handed over, or ended before) and that got their final status, by steps of `stepMs` since `fromMs`. */
export function readCampaignProgress(
  query: Query,
  account: AccountKey,
  range: CampaignRange,
  { fromMs: from, stepMs }: { readonly fromMs: number; readonly stepMs: number },
): Promise<ProgressStep[]> {
  return readProgress.run(query, { ...rangeOf(account, range), from, stepMs });
}

const listMoney = statement('list_campaign_money', {
  params: {
    ...accountParams,
    campaignIds: list(int8),
    from: instant,
    to: instant,
    firstId: int8,
    endId: int8,
  },
  row: { isCharge: boolean, country: text, messages: int8, amountMicros: micros },
  // Index ledger_entries_by_time. An entry can name messages of several campaigns.
  text: (p) => `
with settled as materialized (
  select kind = 'charge' as is_charge, message_ids from ledger_entries
  where bucket = ${p.bucket} and account_id = ${p.accountId} and kind in ('charge', 'release')
    and at >= ${p.from} and at <= ${p.to}
)
select e.is_charge as "isCharge", m.country, count(*) as messages, sum(m.cost_micros)::bigint as "amountMicros"
from settled e cross join lateral unnest(e.message_ids) as u(id)
join messages m on m.bucket = ${p.bucket} and m.id = u.id and m.id >= ${p.firstId} and m.id < ${p.endId}
  and m.campaign_id = any(${p.campaignIds})
group by 1, 2 order by 1 desc, 2`,
});

export type CampaignMoney = RowOf<typeof listMoney.row>;

/** Charges and releases of the ledger by country. `untilMs`: the last change of the campaign, or now. */
export function listCampaignMoney(
  query: Query,
  account: AccountKey,
  range: CampaignRange,
  { fromMs, untilMs }: { readonly fromMs: number; readonly untilMs: number },
): Promise<CampaignMoney[]> {
  // The clock of another process may be behind or ahead.
  const [from, to] = [fromMs - hourMs, untilMs + hourMs];
  return listMoney.run(query, { ...valuesOf(account), ...rangeOf(account, range), from, to });
}

const countReplies = statement('count_campaign_replies', {
  params: { ...accountParams, campaignIds: list(int8), from: instant },
  row: { hour: int8, replies: int8, optOuts: int8 },
  // Index replies_by_campaign.
  text: (p) => `
select floor(extract(epoch from at - ${p.from}) / 3600)::bigint as hour, count(*) as replies,
  count(*) filter (where is_opt_out) as "optOuts"
from replies
where bucket = ${p.bucket} and account_id = ${p.accountId} and campaign_id = any(${p.campaignIds}) and hidden_at is null
group by 1 order by 1`,
});

export type ReplyHour = RowOf<typeof countReplies.row>;

/** Replies by the hour since `fromMs`. */
export function countCampaignReplies(
  query: Query,
  account: AccountKey,
  campaignIds: readonly number[],
  fromMs: number,
): Promise<ReplyHour[]> {
  return countReplies.run(query, { ...valuesOf(account), campaignIds, from: fromMs });
}

const listReplies = statement('list_campaign_replies', {
  params: { ...accountParams, campaignIds: list(int8), beforeId: int8, limit: int4 },
  row: {
    id: int8,
    msisdn: nullable(int8),
    recipient: text,
    text,
    isOptOut: boolean,
    messageId: nullable(int8),
    atMs: instant,
  },
  text: (p) => `
select id, msisdn, recipient, text, is_opt_out as "isOptOut", message_id as "messageId", at as "atMs"
from replies
where bucket = ${p.bucket} and account_id = ${p.accountId} and campaign_id = any(${p.campaignIds})
  and id < ${p.beforeId}
  and hidden_at is null
order by id desc limit ${p.limit}`,
});

export type CampaignReply = RowOf<typeof listReplies.row>;

/** Newest first. */
export function listCampaignReplies(
  query: Query,
  account: AccountKey,
  campaignIds: readonly number[],
  page: { readonly beforeId: number; readonly limit: number },
): Promise<CampaignReply[]> {
  return listReplies.run(query, { ...valuesOf(account), campaignIds, ...page });
}

const countSkipped = statement('count_skipped_recipients', {
  params: { ...accountParams, campaignIds: list(int8) },
  row: { reason: text, recipients: int8 },
  text: (p) => `
select f.value ->> 'reason' as reason, count(*) as recipients
from campaigns c cross join lateral jsonb_array_elements(c.failures) f
where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id = any(${p.campaignIds})
group by 1 order by 2 desc, 1`,
});

/** Recipients without a message by the reason of their refusal, the most frequent first. */
export function countSkippedRecipients(
  query: Query,
  account: AccountKey,
  campaignIds: readonly number[],
): Promise<RowOf<typeof countSkipped.row>[]> {
  return countSkipped.run(query, { ...valuesOf(account), campaignIds });
}

const listSkipped = statement('list_skipped_recipients', {
  params: { ...accountParams, campaignIds: list(int8), offset: int4, limit: int4, reason: nullable(text) },
  row: { place: int8, number: text, reason: text },
  text: (p) => `
select s.place, s.number, s.reason
from (
  select row_number() over (order by c.id, f.place) as place, f.value ->> 'number' as number,
    f.value ->> 'reason' as reason
  from campaigns c cross join lateral jsonb_array_elements(c.failures) with ordinality as f(value, place)
  where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id = any(${p.campaignIds})
) s
where s.place > ${p.offset} and (${p.reason} is null or s.reason = ${p.reason})
order by s.place limit ${p.limit}`,
});

export type SkippedRecipient = RowOf<typeof listSkipped.row>;

/** In the order of the submission; `offset` is the place of the last row before. */
export function listSkippedRecipients(
  query: Query,
  account: AccountKey,
  campaignIds: readonly number[],
  page: { readonly offset: number; readonly limit: number; readonly reason: string | null },
): Promise<SkippedRecipient[]> {
  return listSkipped.run(query, { ...valuesOf(account), campaignIds, ...page });
}

const listRows = statement('list_campaign_export_rows', {
  params: { ...rangeParams, afterId: int8, limit: int4 },
  row: {
    id: int8,
    msisdn: int8,
    country: text,
    status: code(messageStatuses),
    error: nullable(text),
    segments: int2,
    costMicros: micros,
    dueAtMs: instant,
    submittedAtMs: nullable(instant),
    doneAtMs: nullable(instant),
    text,
  },
  text: (p) => `
with page as (
  select * from messages m where ${isOwn(p)} and m.id > ${p.afterId} order by m.id limit ${p.limit}
), submitted as materialized (
  select message_id as id, min(at) as at from carrier_references
  where bucket = ${p.bucket} and message_id > ${p.afterId}
    and message_id <= least(${p.afterId} + ${p.limit}, ${p.endId})
  group by message_id
)
select m.id, m.msisdn, m.country,
  case when m.status = ${messageStatusCodes.accepted} and s.id is not null then ${messageStatusCodes.submitted}::smallint else m.status end as status,
  m.error, m.segments, m.cost_micros as "costMicros", m.due_at as "dueAtMs",
  coalesce(m.submitted_at, s.at) as "submittedAtMs", m.done_at as "doneAtMs", coalesce(m.text, c.text) as text
from page m left join submitted s on s.id = m.id
cross join lateral (
  select c.text from campaigns c
  where c.bucket = ${p.bucket} and c.account_id = m.account_id and c.id = m.campaign_id offset 0
) c
order by m.id`,
});

export type ExportRow = RowOf<typeof listRows.row>;

/** Messages of the campaign in the order of their ids. */
export function listExportRows(
  query: Query,
  account: AccountKey,
  range: CampaignRange,
  page: { readonly afterId: number; readonly limit: number },
): Promise<ExportRow[]> {
  const afterId = Math.max(page.afterId, range.firstMessageId - 1);
  return listRows.run(query, { ...rangeOf(account, range), afterId, limit: page.limit });
}
