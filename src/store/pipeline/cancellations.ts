// Messages that will not leave after all: cancelled, given back, taken out of their chunks. Statements that join tables;
// their callers run them in one transaction. Only what no dispatcher has in hand can be cancelled: a chunk is locked
// while it has no owner, and whoever would claim it meanwhile passes it by.

import { messageStatusCodes } from '#domain/base/message.ts';
import { maxChunkSize } from '#domain/base/priority-classes.ts';
import type { DialectName } from '#domain/base/submission.ts';
import { dialectCodes } from '#store/database/codes.ts';
import { numbers, type Query, type Statement } from '#store/database/database.ts';

export interface CancelledMessage {
  readonly messageId: number;
  readonly accountId: number;
  readonly campaignId: number;
  readonly dialect: DialectName;
}

interface LockedChunk {
  readonly id: number;
  readonly messageCount: number;
}

const lockChunksStatement: Statement = {
  name: 'lock_waiting_chunks',
  // A chunk is found by its first message: the last one at or before the message, at most a chunk's size away.
  text: `
select id, message_count as "messageCount" from chunks
where bucket = $1 and owner is null and id = any(array(
  select (select max(k.id) from chunks k where k.bucket = $1 and k.id <= m.id and k.id > m.id - ${maxChunkSize})
  from unnest($2::bigint[]) as m(id)))
order by id
for update`,
};

const cancelStatement: Statement = {
  name: 'cancel_messages',
  // What was handed over by an owner before has its carrier reference, and stays. References are looked up by the range
  // of a chunk: they have no index by message but a coarse one (migrations/0006-messages.sql).
  text: `
with handed_over as materialized (
  select distinct message_id as id from carrier_refs where bucket = $1 and message_id >= $5 and message_id < $6
), asked as materialized (
  select $1::smallint as bucket, a.id from unnest($2::bigint[]) as a(id)
  where a.id not in (select id from handed_over)
), cancelled as (
  update messages m set status = ${messageStatusCodes.cancelled}, error = $3, done_at = to_timestamp($4::float8 / 1000)
  from asked a
  where m.bucket = a.bucket and m.id = a.id and m.status = ${messageStatusCodes.accepted}
  returning m.id, m.account_id, m.campaign_id, m.dialect, m.cost_micros
), entry as (
  insert into ledger_entries (bucket, account_id, kind, amount_micros, message_ids, at)
  select $1, account_id, 'release', sum(cost_micros)::bigint, array_agg(id), to_timestamp($4::float8 / 1000)
  from cancelled group by account_id
  returning account_id, amount_micros
), given_back as (
  update balances b set held_micros = b.held_micros - e.amount_micros
  from entry e where b.bucket = $1 and b.account_id = e.account_id
)
select id as "messageId", account_id as "accountId", campaign_id as "campaignId", dialect from cancelled order by id`,
};

const dropEmptyStatement: Statement = {
  name: 'drop_empty_chunks',
  text: `
delete from chunks k where k.bucket = $1 and k.id = any($2::bigint[]) and not exists (
  select from messages m
  where m.bucket = $1 and m.id >= k.id and m.id < k.id + k.message_count
    and m.status = ${messageStatusCodes.accepted})`,
};

/**
 * Cancels those of these messages of one bucket that still wait and that nobody has in hand; their credit is given
 * back. `error` is kept with them. To be called in a transaction: the locks last until its end.
 */
export async function cancelWaiting(
  query: Query,
  bucket: number,
  messageIds: readonly number[],
  error: string | null,
  nowMs: number,
): Promise<CancelledMessage[]> {
  const chunks = await query<LockedChunk>(lockChunksStatement, [bucket, numbers(messageIds)]);
  const cancelled: CancelledMessage[] = [];
  // Statements of their own: they see what the last owner of a chunk committed while we waited for the lock.
  for (const { id: first, messageCount } of chunks) {
    const end = first + messageCount;
    const ids = messageIds.filter((id) => id >= first && id < end);
    const rows = await query<Omit<CancelledMessage, 'dialect'> & { dialect: number }>(cancelStatement, [
      bucket,
      numbers(ids),
      error,
      nowMs,
      first,
      end,
    ]);
    for (const row of rows) cancelled.push({ ...row, dialect: dialectCodes.name(row.dialect) });
  }
  if (cancelled.length > 0)
    await query(dropEmptyStatement, [bucket, numbers(chunks.map((chunk) => chunk.id))]);
  return cancelled;
}

export interface CancellableCampaign {
  readonly firstMessageId: number;
  readonly messageCount: number;
  readonly cancelledAtMs: number | null;
}

/** The campaign, locked until the end of the transaction; null when the account has no such campaign. */
export async function lockCampaign(
  query: Query,
  bucket: number,
  accountId: number,
  campaignId: number,
): Promise<CancellableCampaign | null> {
  const [row] = await query<CancellableCampaign>(
    `select first_message_id as "firstMessageId", message_count as "messageCount", cancelled_at as "cancelledAtMs"
     from campaigns where bucket = $1 and account_id = $2 and id = $3 for update`,
    [bucket, accountId, campaignId],
  );
  return row ?? null;
}

/** How many messages of the campaign are not cancelled. */
export async function countNotCancelled(
  query: Query,
  bucket: number,
  campaign: CancellableCampaign,
): Promise<number> {
  const [row] = await query<{ n: number }>(
    `select count(*) as n from messages
     where bucket = $1 and id >= $2 and id < $2::bigint + $3 and status <> ${messageStatusCodes.cancelled}`,
    [bucket, campaign.firstMessageId, campaign.messageCount],
  );
  return row!.n;
}

export async function markCancelled(
  query: Query,
  bucket: number,
  accountId: number,
  campaignId: number,
  nowMs: number,
): Promise<void> {
  await query(
    `update campaigns set cancelled_at = to_timestamp($4::float8 / 1000)
     where bucket = $1 and account_id = $2 and id = $3`,
    [bucket, accountId, campaignId, nowMs],
  );
}
