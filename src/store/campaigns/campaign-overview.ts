// One campaign as a whole for people: its facts, its messages by status and error, and its settlements from the ledger.
// Used by the operator's view of a campaign. Reads every message of it; not for the hot path.
import type { AccountKey } from '#domain/account/account.ts';
import { type MessageStatus, messageStatusCodes } from '#domain/base/message.ts';
import { hourMs } from '#lib/time/duration.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { dialectCodes, messageStatuses, purposeCodes, tierCodes } from '#store/database/codes.ts';
import {
  boolean,
  code,
  instant,
  int2,
  int4,
  int8,
  json,
  list,
  micros,
  nullable,
  text,
} from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { type RowOf, statement } from '#store/database/statement.ts';

const readFacts = statement('read_campaign_facts', {
  params: { ...accountParams, campaignId: int8 },
  row: {
    campaignId: int8,
    dialect: code(dialectCodes),
    text,
    sender: nullable(text),
    purpose: code(purposeCodes),
    tier: code(tierCodes),
    firstMessageId: int8,
    messageCount: int4,
    segments: int4,
    costMicros: micros,
    tag: nullable(text),
    failures: nullable(json<readonly { readonly number: string; readonly reason: string }[]>()),
    createdAtMs: instant,
    dueAtMs: instant,
    lastDueAtMs: nullable(instant),
    cancelledAtMs: nullable(instant),
    notes: nullable(list(text)),
    cues: nullable(list(text)),
    review: nullable(text),
  },
  text: (p) => `
select c.id as "campaignId", c.dialect, c.text, c.sender, c.purpose, c.tier, c.first_message_id as "firstMessageId",
  c.message_count as "messageCount", c.segments, c.cost_micros as "costMicros", c.tag, c.failures,
  c.created_at as "createdAtMs", c.due_at as "dueAtMs", c.last_due_at as "lastDueAtMs",
  c.cancelled_at as "cancelledAtMs", c.notes, v.cues, v.state as review
from campaigns c
left join campaign_reviews v
  on v.bucket = ${p.bucket} and v.account_id = ${p.accountId} and v.campaign_id = ${p.campaignId}
where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id = ${p.campaignId}`,
});

export type CampaignFacts = RowOf<typeof readFacts.row>;

/** Null if the account has no such campaign. */
export function readCampaignFacts(
  query: Query,
  account: AccountKey,
  campaignId: number,
): Promise<CampaignFacts | null> {
  return readFacts.find(query, { ...valuesOf(account), campaignId });
}

export interface CountedMessages {
  /** `submitted` if a carrier took the message and it has no final status. */
  readonly status: MessageStatus;
  readonly error: string | null;
  readonly messages: number;
}

const countByStatus = statement('count_messages_by_status', {
  params: { bucket: int2, campaignId: int8, firstId: int8, endId: int8 },
  row: { status: code(messageStatuses), error: nullable(text), isSubmitted: boolean, messages: int8 },
  // References are found by the range of the campaign: their index by message knows pages only (BRIN).
  text: (p) => `
with submitted as materialized (
  select distinct message_id as id from carrier_references
  where bucket = ${p.bucket} and message_id >= ${p.firstId} and message_id < ${p.endId}
)
select m.status, m.error, s.id is not null and m.status = ${messageStatusCodes.accepted} as "isSubmitted",
  count(*) as messages
from messages m left join submitted s on s.id = m.id
where m.bucket = ${p.bucket} and m.id >= ${p.firstId} and m.id < ${p.endId} and m.campaign_id = ${p.campaignId}
group by 1, 2, 3 order by 4 desc, 1, 2`,
});

/** The most frequent first. */
export async function countMessagesByStatus(
  query: Query,
  { bucket }: AccountKey,
  { campaignId, firstMessageId: firstId, messageCount }: CampaignFacts,
): Promise<CountedMessages[]> {
  const values = { bucket, campaignId, firstId, endId: firstId + messageCount };
  const counted = await countByStatus.run(query, values);
  return counted.map(({ isSubmitted, ...row }) => (isSubmitted ? { ...row, status: 'submitted' } : row));
}

const listSettled = statement('list_settlements_of_campaign', {
  params: { ...accountParams, from: instant, firstId: int8, endId: int8 },
  row: {
    isCharge: boolean,
    connectorId: nullable(int4),
    messages: int8,
    segments: int8,
    priceMicros: micros,
    carrierCostMicros: micros,
    withoutCost: int8,
  },
  // Index ledger_entries_by_time. An entry can name messages of several campaigns.
  text: (p) => `
with settled as materialized (
  select kind = 'charge' as is_charge, connector_id, segment_cost_micros, message_ids from ledger_entries
  where bucket = ${p.bucket} and account_id = ${p.accountId} and kind in ('charge', 'release') and at >= ${p.from}
)
select e.is_charge as "isCharge", e.connector_id as "connectorId", count(*) as messages,
  sum(m.segments)::bigint as segments, sum(m.cost_micros)::bigint as "priceMicros",
  coalesce(sum(m.segments * e.segment_cost_micros), 0)::bigint as "carrierCostMicros",
  count(*) filter (where e.segment_cost_micros is null) as "withoutCost"
from settled e cross join lateral unnest(e.message_ids) as u(id)
join messages m on m.bucket = ${p.bucket} and m.id = u.id and m.id >= ${p.firstId} and m.id < ${p.endId}
group by e.is_charge, e.connector_id order by 1 desc, 2`,
});

export type CampaignSettlement = RowOf<typeof listSettled.row>;

/** Charges by carrier, and the releases. Reads the entries of the account since the campaign. */
export function listSettlementsOfCampaign(
  query: Query,
  account: AccountKey,
  { firstMessageId: firstId, messageCount, createdAtMs }: CampaignFacts,
): Promise<CampaignSettlement[]> {
  // The clock of another process may be behind.
  const from = createdAtMs - hourMs;
  return listSettled.run(query, { ...valuesOf(account), from, firstId, endId: firstId + messageCount });
}
