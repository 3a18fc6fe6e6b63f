// Cancellation of messages that are not dispatched: released credit, removed chunks. Used by pipeline/cancel-campaign.ts and
// by opt-outs, in one transaction. Only messages of a chunk without a process can be cancelled: the chunk is locked, and a
// concurrent claim skips it.
import { messageStatusCodes } from '#domain/base/message.ts';
import { maxChunkSize } from '#domain/base/priority-classes.ts';
import type { DialectName } from '#domain/base/submission.ts';
import { dialectCodes } from '#store/database/codes.ts';
import { code, instant, int2, int4, int8, list, micros, nullable, text } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { inBucket, statement } from '#store/database/statement.ts';

export interface CancelledMessage {
  readonly messageId: number;
  readonly accountId: number;
  readonly campaignId: number;
  readonly dialect: DialectName;
  readonly costMicros: bigint;
}

const lockChunks = statement('lock_waiting_chunks', {
  params: { bucket: int2, messageIds: list(int8) },
  row: { id: int8, messageCount: int2 },
  // A chunk is found by its first message: the last one at or before the message, at most a chunk's size away.
  text: (p) => `
select id, message_count as "messageCount" from chunks
where bucket = ${p.bucket} and process_id is null and id = any(array(
  select (
    select max(k.id) from chunks k where k.bucket = ${p.bucket} and k.id <= m.id and k.id > m.id - ${maxChunkSize})
  from unnest(${p.messageIds}) as m(id)))
order by id
for update`,
});

const cancel = statement('cancel_messages', {
  params: {
    bucket: int2,
    messageIds: list(int8),
    error: nullable(text),
    now: instant,
    firstId: int8,
    endId: int8,
  },
  row: {
    messageId: int8,
    accountId: int4,
    campaignId: int8,
    dialect: code(dialectCodes),
    costMicros: micros,
  },
  // A message that an earlier process has submitted has its carrier reference, and stays. References are found by the range
  // of the chunk: their index by message is coarse (migrations/0006-messages.sql).
  text: (p) => `
with submitted as materialized (
  select distinct message_id as id from carrier_references
  where bucket = ${p.bucket} and message_id >= ${p.firstId} and message_id < ${p.endId}
), asked as materialized (
  select ${p.bucket} as bucket, a.id from unnest(${p.messageIds}) as a(id)
  where a.id not in (select id from submitted)
), cancelled as (
  update messages m set status = ${messageStatusCodes.cancelled}, error = ${p.error}, done_at = ${p.now}
  from asked a
  where m.bucket = a.bucket and m.id = a.id and ${inBucket('m', p.bucket)}
    and m.status = ${messageStatusCodes.accepted}
  returning m.id, m.account_id, m.campaign_id, m.dialect, m.cost_micros
), entry as (
  insert into ledger_entries (bucket, account_id, kind, amount_micros, message_ids, at)
  select ${p.bucket}, account_id, 'release', sum(cost_micros)::bigint, array_agg(id), ${p.now}
  from cancelled group by account_id
  returning account_id, amount_micros
), released as (
  update balances b set held_micros = b.held_micros - e.amount_micros
  from entry e where b.bucket = ${p.bucket} and b.account_id = e.account_id
)
select id as "messageId", account_id as "accountId", campaign_id as "campaignId", dialect, cost_micros as "costMicros"
from cancelled order by id`,
});

const deleteEmptyChunks = statement('delete_empty_chunks', {
  params: { bucket: int2, ids: list(int8) },
  text: (p) => `
delete from chunks k where k.bucket = ${p.bucket} and k.id = any(${p.ids}) and not exists (
  select from messages m
  where m.bucket = ${p.bucket} and m.id >= k.id and m.id < k.id + k.message_count
    and m.status = ${messageStatusCodes.accepted})`,
});

/**
 * Cancels those of these messages of one bucket that are accepted and in no process, and releases their credit. `error` is
 * stored with them. To be called in a transaction: the locks last until its end.
 */
export async function cancelWaiting(
  query: Query,
  bucket: number,
  messageIds: readonly number[],
  error: string | null,
  nowMs: number,
): Promise<CancelledMessage[]> {
  const chunks = await lockChunks.run(query, { bucket, messageIds });
  const cancelled: CancelledMessage[] = [];
  // Separate statements: they see what the last process of a chunk committed while this one waited for the lock.
  for (const { id: firstId, messageCount } of chunks) {
    const endId = firstId + messageCount;
    const ofChunk = messageIds.filter((id) => id >= firstId && id < endId);
    const values = { bucket, messageIds: ofChunk, error, now: nowMs, firstId, endId };
    cancelled.push(...(await cancel.run(query, values)));
  }
  if (cancelled.length > 0) await deleteEmptyChunks.run(query, { bucket, ids: chunks.map(({ id }) => id) });
  return cancelled;
}

export interface CancellableCampaign {
  readonly firstMessageId: number;
  readonly messageCount: number;
  readonly cancelledAtMs: number | null;
}

const lockOne = statement('lock_campaign', {
  params: { bucket: int2, accountId: int4, id: int8 },
  row: { firstMessageId: int8, messageCount: int4, cancelledAtMs: nullable(instant) },
  text: (p) => `
select first_message_id as "firstMessageId", message_count as "messageCount", cancelled_at as "cancelledAtMs"
from campaigns where bucket = ${p.bucket} and account_id = ${p.accountId} and id = ${p.id} for update`,
});

/** The campaign, locked until the end of the transaction; null if the account has no such campaign. */
export function lockCampaign(
  query: Query,
  bucket: number,
  accountId: number,
  id: number,
): Promise<CancellableCampaign | null> {
  return lockOne.find(query, { bucket, accountId, id });
}

const countOthers = statement('count_not_cancelled', {
  params: { bucket: int2, firstId: int8, endId: int8 },
  row: { count: int8 },
  text: (p) => `
select count(*) as count from messages
where bucket = ${p.bucket} and id >= ${p.firstId} and id < ${p.endId} and status <> ${messageStatusCodes.cancelled}`,
});

/** How many messages of the campaign are not cancelled. */
export async function countNotCancelled(
  query: Query,
  bucket: number,
  { firstMessageId: firstId, messageCount }: CancellableCampaign,
): Promise<number> {
  const row = await countOthers.find(query, { bucket, firstId, endId: firstId + messageCount });
  return row!.count;
}

const extend = statement('extend_last_due_of_campaign', {
  params: { bucket: int2, accountId: int4, id: int8, dueAt: instant },
  text: (p) => `
update campaigns set last_due_at = greatest(last_due_at, ${p.dueAt})
where bucket = ${p.bucket} and account_id = ${p.accountId} and id = ${p.id}`,
});

/** A campaign that resumes may leave later than planned: lists of waiting messages find it by this time. */
export async function extendLastDue(
  query: Query,
  bucket: number,
  accountId: number,
  id: number,
  dueAtMs: number,
): Promise<void> {
  await extend.run(query, { bucket, accountId, id, dueAt: dueAtMs });
}

const mark = statement('mark_campaign_cancelled', {
  params: { bucket: int2, accountId: int4, id: int8, now: instant },
  text: (p) => `
update campaigns set cancelled_at = ${p.now}
where bucket = ${p.bucket} and account_id = ${p.accountId} and id = ${p.id}`,
});

export async function markCancelled(
  query: Query,
  bucket: number,
  accountId: number,
  id: number,
  nowMs: number,
): Promise<void> {
  await mark.run(query, { bucket, accountId, id, now: nowMs });
}
