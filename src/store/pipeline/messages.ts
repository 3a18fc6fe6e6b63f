// Messages: their one update, when they come to their end, and the callbacks that are owed from then on.
import { type MessageStatus, messageStatus, messageStatusCodes } from '#domain/base/message.ts';
import type { DialectName } from '#domain/base/submission.ts';
import { dialectCodes } from '#store/database/codes.ts';
import { numbers, type Query, type Statement, texts } from '#store/database/database.ts';

/** News of one message: what became of some of its segments, or of all. */
export interface MessageNews {
  readonly messageId: number;
  /** One bit for each segment reported delivered; bits beyond the last segment count for nothing. */
  readonly deliveredSegments: number;
  /** `delivered` takes effect when every segment is; any other status at once. */
  readonly status: MessageStatus;
  readonly error: string | null;
  readonly connectorId: number | null;
  readonly submittedAtMs: number | null;
  readonly atMs: number;
}

/** A message that came to its end, with what its callback tells. */
export interface FinishedMessage {
  readonly messageId: number;
  readonly accountId: number;
  /** As its customer knows it: of a part of a campaign on a list, the whole. */
  readonly campaignId: number;
  readonly listName: string | null;
  readonly dialect: DialectName;
  readonly msisdn: number;
  readonly status: MessageStatus;
  readonly error: string | null;
  readonly costMicros: bigint;
  readonly atMs: number;
  /** The row that owes its callback, or null when the account wants none. */
  readonly callbackId: number | null;
}

const { accepted, submitted, delivered, unknown } = messageStatusCodes;
const underWay = [accepted, submitted].join(', ');
/** `unknown` is an end that a late receipt may still correct. */
const open = `${underWay}, ${unknown}`;

/** Only the REST dialect tells of lists: the rest of the traffic is spared the look-up. */
const originOf = (message: string) => `
left join lateral (
  select whole_id, list_name from campaign_origins g
  where ${message}.dialect = ${dialectCodes.code('octopush-rest')} and g.bucket = ${message}.bucket
    and g.account_id = ${message}.account_id and g.campaign_id = ${message}.campaign_id
  offset 0
) g on true`;

const finishStatement: Statement = {
  name: 'finish_messages',
  // Joined by (bucket, id) from the array, never by a constant bucket: without statistics a plan from the constant
  // reads every message of the bucket (store/database/database.ts). News of a message that has its end changes nothing, so a
  // receipt that comes twice is counted once.
  text: `
with news as materialized (
  select $1::smallint as bucket, n.* from unnest($2::bigint[], $3::int[], $4::smallint[], $5::text[], $6::int[], $7::float8[], $8::float8[])
    as n(message_id, bits, status, error, connector_id, submitted_at, at)
), touched as (
  update messages m set
    done_segments = (m.done_segments | n.bits) & ((1 << m.segments) - 1),
    status = case
      when n.status <> ${delivered} then n.status
      when (m.done_segments | n.bits) & ((1 << m.segments) - 1) = (1 << m.segments) - 1 then ${delivered}
      else m.status end,
    error = case
      -- what was wrong while its end was unknown is not any more
      when n.status = ${delivered} and (m.done_segments | n.bits) & ((1 << m.segments) - 1) = (1 << m.segments) - 1 then null
      else coalesce(n.error, m.error) end,
    connector_id = coalesce(n.connector_id, m.connector_id),
    submitted_at = coalesce(to_timestamp(n.submitted_at / 1000), m.submitted_at),
    done_at = to_timestamp(n.at / 1000)
  from news n
  where m.bucket = n.bucket and m.id = n.message_id and m.status in (${open}) and m.status <> n.status
  returning m.bucket, m.id, m.account_id, m.campaign_id, m.dialect, m.msisdn, m.status, m.error, m.cost_micros, n.at,
    n.status as told
), finished as (
  -- the second line: a segment delivered of a message whose end is still unknown
  select * from touched where status not in (${underWay})
    and (status <> ${unknown} or told = ${unknown})
), owed as (
  insert into callbacks (bucket, account_id, kind, dialect, message_ids, due_at, owner, created_at)
  select $1, f.account_id, 'receipt', f.dialect, f.ids, to_timestamp($9::float8 / 1000), $10,
    to_timestamp($9::float8 / 1000)
  from (select account_id, dialect, array_agg(id order by id) as ids from finished group by account_id, dialect) f
  where exists (select 1 from accounts a where a.id = f.account_id and a.wants_receipts)
  returning id, account_id, dialect
)
select f.id, f.account_id, coalesce(g.whole_id, f.campaign_id) as campaign_id, g.list_name, f.dialect, f.msisdn,
  f.status, f.error, f.cost_micros, f.at, o.id as callback_id
from finished f left join owed o on o.account_id = f.account_id and o.dialect = f.dialect
${originOf('f')}`,
};

/**
 * Writes news of messages of one bucket and, for those that came to their end, the callbacks owed to accounts that
 * want them, in the same statement. Answers the messages that came to their end now.
 */
export async function finishMessages(
  query: Query,
  bucket: number,
  news: readonly MessageNews[],
  callbackOwner: number | null,
  nowMs: number,
): Promise<FinishedMessage[]> {
  const rows = await query<Record<string, never>>(finishStatement, [
    bucket,
    numbers(news.map((n) => n.messageId)),
    numbers(news.map((n) => n.deliveredSegments)),
    numbers(news.map((n) => messageStatusCodes[n.status])),
    texts(news.map((n) => n.error)),
    numbers(news.map((n) => n.connectorId)),
    numbers(news.map((n) => n.submittedAtMs)),
    numbers(news.map((n) => n.atMs)),
    nowMs,
    callbackOwner,
  ]);
  return rows.map(readFinished);
}

function readFinished(row: Record<string, never>): FinishedMessage {
  return {
    messageId: row['id']!,
    accountId: row['account_id']!,
    campaignId: row['campaign_id']!,
    listName: row['list_name']!,
    dialect: dialectCodes.name(row['dialect']!),
    msisdn: row['msisdn']!,
    status: messageStatus(row['status']!),
    error: row['error']!,
    costMicros: BigInt(row['cost_micros']!),
    atMs: row['at']!,
    callbackId: row['callback_id']!,
  };
}

const readFinishedStatement: Statement = {
  name: 'read_finished_messages',
  text: `
select m.id, m.account_id, coalesce(g.whole_id, m.campaign_id) as campaign_id, g.list_name, m.dialect, m.msisdn,
  m.status, m.error, m.cost_micros, extract(epoch from m.done_at)::float8 * 1000 as at, null as callback_id
from messages m ${originOf('m')}
where m.bucket = $1 and m.id = any($2::bigint[]) order by m.id`,
};

/** The facts of messages whose callback is still owed, for a process that does not have them in memory. */
export async function readFinishedMessages(
  query: Query,
  bucket: number,
  ids: readonly number[],
): Promise<FinishedMessage[]> {
  const rows = await query<Record<string, never>>(readFinishedStatement, [bucket, numbers(ids)]);
  return rows.map(readFinished);
}
