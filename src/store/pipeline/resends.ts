// Messages that are sent again over another carrier after a receipt of failure: each failed attempt, and the chunk of the next
// one. Used by pipeline/resend-failed.ts under the lock of the message, by the outcome recorder and by reports.
import type { Encoding, Purpose, Tier } from '#domain/base/campaign.ts';
import type { MessageStatus } from '#domain/base/message.ts';
import { resendChunkId } from '#domain/routing/resend.ts';
import { encodingCodes, messageStatuses, purposeCodes, tierCodes } from '#store/database/codes.ts';
import {
  boolean,
  code,
  instant,
  instantOf,
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

export interface FailedAttempt {
  readonly messageId: number;
  readonly connectorId: number;
}

const listFailed = statement('list_failed_attempts', {
  params: { bucket: int2, messageIds: list(int8) },
  row: { messageId: int8, connectorId: int4 },
  text: (p) => `
select message_id as "messageId", connector_id as "connectorId" from resends
where bucket = ${p.bucket} and message_id = any(${p.messageIds})`,
});

/** The carriers over which these messages failed and were sent again. */
export function listFailedAttempts(
  query: Query,
  bucket: number,
  messageIds: readonly number[],
): Promise<FailedAttempt[]> {
  return listFailed.run(query, { bucket, messageIds });
}

export interface LockedMessage {
  readonly id: number;
  readonly accountId: number;
  readonly status: MessageStatus;
  readonly msisdn: number;
  readonly country: string;
  readonly encoding: Encoding;
  readonly segments: number;
  readonly costMicros: bigint;
  readonly expiresAtMs: number;
  readonly sender: string | null;
  readonly tier: Tier;
  readonly purpose: Purpose;
  readonly tag: string | null;
  readonly isWithheld: boolean;
}

const lock = statement('lock_failed_messages', {
  params: { bucket: int2, messageIds: list(int8) },
  row: {
    id: int8,
    accountId: int4,
    status: code(messageStatuses),
    msisdn: int8,
    country: text,
    encoding: code(encodingCodes),
    segments: int2,
    costMicros: micros,
    expiresAtMs: instant,
    sender: nullable(text),
    tier: code(tierCodes),
    purpose: code(purposeCodes),
    tag: nullable(text),
    isWithheld: boolean,
  },
  text: (p) => `
select m.id, m.account_id as "accountId", m.status, m.msisdn, m.country, m.encoding, m.segments,
  m.cost_micros as "costMicros", m.expires_at as "expiresAtMs", c.sender, c.tier, c.purpose, c.tag,
  c.is_masked or exists (
    select from campaign_pauses z
    where z.bucket = ${p.bucket} and z.account_id = m.account_id and z.campaign_id = m.campaign_id) as "isWithheld"
from messages m
join campaigns c on c.bucket = ${p.bucket} and c.account_id = m.account_id and c.id = m.campaign_id
where m.bucket = ${p.bucket} and m.id = any(${p.messageIds})
order by m.id for update of m`,
});

/** Locks these messages until the end of the transaction. */
export function lockFailedMessages(
  query: Query,
  bucket: number,
  messageIds: readonly number[],
): Promise<LockedMessage[]> {
  return lock.run(query, { bucket, messageIds });
}

/** A failure after which the message is sent again. */
export interface NewResend {
  readonly messageId: number;
  readonly connectorId: number;
  readonly status: MessageStatus;
  readonly error: string | null;
  /** One bit for each segment that this carrier delivered. */
  readonly deliveredSegments: number;
  readonly submittedAtMs: number;
  readonly failedAtMs: number;
  readonly priorityClass: number;
  /** Until when another carrier may take it. */
  readonly untilMs: number;
}

const insert = statement('insert_resends', {
  params: {
    bucket: int2,
    resends: rows<NewResend>({
      message_id: of(int8, (r) => r.messageId),
      chunk_id: of(int8, (r) => resendChunkId(r.messageId)),
      connector_id: of(int4, (r) => r.connectorId),
      status: of(code(messageStatuses), (r) => r.status),
      error: of(text, (r) => r.error),
      bits: of(int4, (r) => r.deliveredSegments),
      submitted_at: of(instant, (r) => r.submittedAtMs),
      failed_at: of(instant, (r) => r.failedAtMs),
      priority_class: of(int2, (r) => r.priorityClass),
      until: of(instant, (r) => r.untilMs),
    }),
    now: instant,
  },
  // The segments that the failed carrier delivered stay with its attempt: another carrier sends the message whole. A chunk
  // that is there already sends the message.
  text: (p) => `
with news as materialized (
  select ${p.bucket} as bucket, n.* from ${p.resends.as('n')}
), failed as (
  insert into resends (bucket, message_id, connector_id, number, status, error, done_segments, failed_at)
  select ${p.bucket}, n.message_id, n.connector_id, m.resends + 1, n.status, n.error,
    (m.done_segments | n.bits) & ((1 << m.segments) - 1), ${instantOf('n.failed_at')}
  from news n join messages m on m.bucket = n.bucket and m.id = n.message_id and ${inBucket('m', p.bucket)}
), touched as (
  update messages m set resends = m.resends + 1, done_segments = 0, connector_id = n.connector_id,
    submitted_at = coalesce(m.submitted_at, ${instantOf('n.submitted_at')})
  from news n where m.bucket = n.bucket and m.id = n.message_id and ${inBucket('m', p.bucket)}
)
insert into chunks (bucket, id, message_count, priority_class, due_at, start_tag_at, expires_at)
select ${p.bucket}, n.chunk_id, 1, n.priority_class, ${p.now}, ${p.now}, ${instantOf('n.until')} from news n
on conflict (bucket, id) do nothing`,
});

/** Notes the failures and queues the messages again, at most once for each message and carrier. The messages are locked. */
export async function insertResends(
  query: Query,
  bucket: number,
  resends: readonly NewResend[],
  nowMs: number,
): Promise<void> {
  await insert.run(query, { bucket, resends, now: nowMs });
}

/** Segments that a carrier delivered after it had reported a failure. */
export interface LateSegments extends FailedAttempt {
  readonly deliveredSegments: number;
}

const addLate = statement('add_late_segments', {
  params: {
    bucket: int2,
    late: rows<LateSegments>({
      message_id: of(int8, (l) => l.messageId),
      connector_id: of(int4, (l) => l.connectorId),
      bits: of(int4, (l) => l.deliveredSegments),
    }),
  },
  row: { messageId: int8, connectorId: int4, isComplete: boolean },
  text: (p) => `
with late as materialized (
  select ${p.bucket} as bucket, l.*, m.segments from ${p.late.as('l')}
  join messages m on m.bucket = ${p.bucket} and m.id = l.message_id
)
update resends r set done_segments = (r.done_segments | l.bits) & ((1 << l.segments) - 1)
from late l
where r.bucket = l.bucket and r.message_id = l.message_id and r.connector_id = l.connector_id
  and ${inBucket('r', p.bucket)}
returning r.message_id as "messageId", r.connector_id as "connectorId",
  r.done_segments = (1 << l.segments) - 1 as "isComplete"`,
});

/** Returns the attempts, and whether their carrier has delivered the whole message by now. */
export function addLateSegments(
  query: Query,
  bucket: number,
  late: readonly LateSegments[],
): Promise<(FailedAttempt & { readonly isComplete: boolean })[]> {
  return addLate.run(query, { bucket, late });
}

/** Another carrier took the message. */
export interface TakenResend {
  readonly messageId: number;
  readonly connectorId: number;
  readonly segments: number;
  readonly segmentCostMicros: bigint | null;
  readonly atMs: number;
}

const take = statement('take_resends', {
  params: {
    bucket: int2,
    taken: rows<TakenResend>({
      message_id: of(int8, (t) => t.messageId),
      connector_id: of(int4, (t) => t.connectorId),
      segments: of(int2, (t) => t.segments),
      segment_cost_micros: of(micros, (t) => t.segmentCostMicros),
      at: of(instant, (t) => t.atMs),
    }),
  },
  // The last failure is that of the attempt before.
  text: (p) => `
with taken as materialized (
  select ${p.bucket} as bucket, t.*,
    (select r.connector_id from resends r where r.bucket = ${p.bucket} and r.message_id = t.message_id
     order by r.number desc limit 1) as failed_id
  from ${p.taken.as('t')}
)
update resends r set next_connector_id = t.connector_id, next_segments = t.segments,
  next_segment_cost_micros = t.segment_cost_micros, next_at = ${instantOf('t.at')}
from taken t
where r.bucket = t.bucket and r.message_id = t.message_id and r.connector_id = t.failed_id and ${inBucket('r', p.bucket)}`,
});

/** The carriers that took messages again, with their prices: a customer pays once, the operator each carrier. */
export async function takeResends(
  query: Query,
  bucket: number,
  taken: readonly TakenResend[],
): Promise<void> {
  if (taken.length > 0) await take.run(query, { bucket, taken });
}

const expire = statement('expire_resends', {
  params: { bucket: int2, chunkIds: list(int8), now: instant },
  text: (p) => `
update chunks set expires_at = least(expires_at, ${p.now})
where bucket = ${p.bucket} and process_id is null and id = any(${p.chunkIds})`,
});

/** Those of these messages that wait to be sent again, and that no process has claimed, end with their last failure. */
export async function expireResends(
  query: Query,
  bucket: number,
  messageIds: readonly number[],
  nowMs: number,
): Promise<void> {
  await expire.run(query, { bucket, chunkIds: messageIds.map(resendChunkId), now: nowMs });
}
