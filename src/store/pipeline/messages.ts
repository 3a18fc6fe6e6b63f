// The one change of a message after its acceptance: its final status, with the pending callbacks of it. Used by the outcome,
// receipt and window stages. A status update of a message that has its final status changes nothing.
import { type MessageStatus, messageStatusCodes } from '#domain/base/message.ts';
import type { DialectName } from '#domain/base/submission.ts';
import type { StatusUpdate } from '#domain/delivery/status-update.ts';
import { dialectCodes, messageStatuses } from '#store/database/codes.ts';
import {
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
import { inBucket, of, rows, statement } from '#store/database/statement.ts';

/** A message that has reached its final status, with the facts of its callback. */
export interface FinishedMessage {
  readonly messageId: number;
  readonly accountId: number;
  /** The id that the customer knows: for a part of a contact-list campaign, that of the whole campaign. */
  readonly campaignId: number;
  readonly listName: string | null;
  readonly dialect: DialectName;
  readonly msisdn: number;
  readonly status: MessageStatus;
  readonly error: string | null;
  readonly costMicros: bigint;
  readonly atMs: number;
  /** The pending callback of `callbackProcessId`; null if the account wants none, or if it leaves over a bind. */
  readonly callbackId: number | null;
}

const { accepted, submitted, delivered, unknown } = messageStatusCodes;
const underWay = [accepted, submitted].join(', ');
/** `unknown` is a final status that a late receipt can still correct. */
const open = `${underWay}, ${unknown}`;

/** Rows of this dialect belong to no process: one with a bind of the account claims them. */
const overBind = dialectCodes.code('smpp');

/** Only the REST dialect reports lists: the rest of the traffic needs no look-up. */
const originOf = (message: string, bucket: string) => `
left join lateral (
  select whole_id, list_name from campaign_origins g
  where ${message}.dialect = ${dialectCodes.code('octopush-rest')} and g.bucket = ${bucket}
    and g.account_id = ${message}.account_id and g.campaign_id = ${message}.campaign_id
  offset 0
) g on true`;

/** Over a bind, a receipt is sent if the submission asked for one. */
const returnPathOf = (message: string, bucket: string) => `
left join lateral (
  select return_path from campaigns c
  where ${message}.dialect = ${overBind} and c.bucket = ${bucket} and c.account_id = ${message}.account_id
    and c.id = ${message}.campaign_id
  offset 0
) c on true`;

const finishedRow = {
  messageId: int8,
  accountId: int4,
  campaignId: int8,
  listName: nullable(text),
  dialect: code(dialectCodes),
  msisdn: int8,
  status: code(messageStatuses),
  error: nullable(text),
  costMicros: micros,
  atMs: float8,
  callbackId: nullable(int8),
};

const finish = statement('finish_messages', {
  alsoOfOne: true,
  params: {
    bucket: int2,
    news: rows<StatusUpdate>({
      message_id: of(int8, (n) => n.messageId),
      bits: of(int4, (n) => n.deliveredSegments),
      status: of(code(messageStatuses), (n) => n.status),
      error: of(text, (n) => n.error),
      connector_id: of(int4, (n) => n.connectorId),
      submitted_at: of(instant, (n) => n.submittedAtMs),
      at: of(instant, (n) => n.atMs),
    }),
    now: instant,
    callbackProcessId: nullable(int8),
  },
  row: finishedRow,
  // `accounts` is asked by `in`: on Citus a join with it here would insert nothing and report no error.
  text: (p) => `
with news as materialized (
  select ${p.bucket} as bucket, n.* from ${p.news.as('n')}
), touched as (
  update messages m set
    done_segments = (m.done_segments | n.bits) & ((1 << m.segments) - 1),
    status = case
      when n.status <> ${delivered} then n.status
      when (m.done_segments | n.bits) & ((1 << m.segments) - 1) = (1 << m.segments) - 1 then ${delivered}
      else m.status end,
    error = case
      -- The error of an unknown status does not apply to a delivered message.
      when n.status = ${delivered} and (m.done_segments | n.bits) & ((1 << m.segments) - 1) = (1 << m.segments) - 1 then null
      else coalesce(n.error, m.error) end,
    -- While it is sent again, the carrier that failed last: the condition below compares it.
    connector_id = case
      when m.resends > 0 and n.status = ${delivered}
        and (m.done_segments | n.bits) & ((1 << m.segments) - 1) <> (1 << m.segments) - 1 then m.connector_id
      else coalesce(n.connector_id, m.connector_id) end,
    submitted_at = coalesce(to_timestamp(n.submitted_at / 1000), m.submitted_at),
    done_at = to_timestamp(n.at / 1000)
  from news n
  where m.bucket = n.bucket and m.id = n.message_id and ${inBucket('m', p.bucket)}
    and m.status in (${open}) and m.status <> n.status
    -- Sent again after a failure of this carrier: it counts if it delivered the whole message all the same. The first
    -- comparison is that of the row as it is after a wait for its lock; the second reads the table as it was before.
    and (m.resends = 0
      or n.status = ${delivered} and n.bits & ((1 << m.segments) - 1) = (1 << m.segments) - 1
      or n.connector_id is null
      or (n.connector_id <> m.connector_id or m.status = ${unknown}) and not exists (
        select from resends r where r.bucket = ${p.bucket} and r.message_id = n.message_id and r.connector_id = n.connector_id))
  returning m.id, m.account_id, m.campaign_id, m.dialect, m.msisdn, m.status, m.error, m.cost_micros, n.at,
    n.status as reported
), finished as (
  -- The second line: one segment was delivered of a message whose status stays unknown.
  select * from touched where status not in (${underWay})
    and (status <> ${unknown} or reported = ${unknown})
), owed as materialized (
  select f.account_id, f.dialect, array_agg(f.id order by f.id) as ids
  from finished f ${returnPathOf('f', p.bucket)}
  where f.dialect <> ${overBind} or c.return_path is not null
  group by f.account_id, f.dialect
), pending as (
  insert into callbacks (bucket, account_id, kind, dialect, message_ids, due_at, process_id, created_at)
  select ${p.bucket}, f.account_id, 'receipt', f.dialect, f.ids, ${p.now},
    case when f.dialect = ${overBind} then null else ${p.callbackProcessId} end, ${p.now}
  from owed f
  where f.dialect = ${overBind} or f.account_id in (select id from accounts where wants_receipts)
  returning id, account_id, dialect
)
select f.id as "messageId", f.account_id as "accountId", coalesce(g.whole_id, f.campaign_id) as "campaignId",
  g.list_name as "listName", f.dialect, f.msisdn, f.status, f.error, f.cost_micros as "costMicros", f.at as "atMs",
  c.id as "callbackId"
from finished f
left join pending c on c.account_id = f.account_id and c.dialect = f.dialect and f.dialect <> ${overBind}
${originOf('f', p.bucket)}`,
});

/**
 * Applies status updates to messages of one bucket and inserts the pending callbacks of those that reach their final
 * status, for accounts that want them, in the same statement. Returns these messages. The callbacks belong to
 * `callbackProcessId`, or to no process if it is null.
 */
export function finishMessages(
  query: Query,
  bucket: number,
  news: readonly StatusUpdate[],
  callbackProcessId: number | null,
  nowMs: number,
): Promise<FinishedMessage[]> {
  return finish.run(query, { bucket, news, now: nowMs, callbackProcessId });
}

const readFinished = statement('read_finished_messages', {
  params: { bucket: int2, ids: list(int8) },
  row: finishedRow,
  text: (p) => `
select m.id as "messageId", m.account_id as "accountId", coalesce(g.whole_id, m.campaign_id) as "campaignId",
  g.list_name as "listName", m.dialect, m.msisdn, m.status, m.error, m.cost_micros as "costMicros",
  extract(epoch from m.done_at)::float8 * 1000 as "atMs", null::bigint as "callbackId"
from messages m ${originOf('m', p.bucket)}
where m.bucket = ${p.bucket} and m.id = any(${p.ids}) order by m.id`,
});

/** Finished messages with a pending callback, for a process that does not have them in memory. */
export function readFinishedMessages(
  query: Query,
  bucket: number,
  ids: readonly number[],
): Promise<FinishedMessage[]> {
  return readFinished.run(query, { bucket, ids });
}
