// Chunks: runs of messages that are claimed, worked on and finished together.

import type { DispatchableMessage } from '#domain/acceptance/chunking.ts';
import { messageStatusCodes } from '#domain/base/message.ts';
import { encodingCodes, purposeCodes, tierCodes } from '#store/database/codes.ts';
import { numbers, type Query, type Statement } from '#store/database/database.ts';

export interface ClaimedChunk {
  readonly bucket: number;
  readonly id: number;
  readonly messageCount: number;
  readonly lane: number;
  /** Above 1, it was owned before: some of its messages may have gone out already. */
  readonly attempts: number;
}

const claimStatement: Statement = {
  name: 'claim_chunks',
  // Index chunks_waiting. Ranks may lie a little in the future (fair order); an hour bounds the scan over what is
  // scheduled for later.
  text: `
with due as (
  select bucket, id from chunks
  where bucket = $1 and owner is null and due_at <= to_timestamp($3::float8 / 1000)
    and rank_at <= to_timestamp($3::float8 / 1000) + interval '1 hour'
  order by lane, rank_at
  limit $4
  for update skip locked
)
update chunks c set owner = $2, attempts = c.attempts + 1
from due where c.bucket = due.bucket and c.id = due.id
returning c.id, c.message_count as "messageCount", c.lane, c.attempts`,
};

/** Claims chunks none of whose messages may leave any more, whatever carriers are up. */
export async function claimExpiredChunks(
  query: Query,
  bucket: number,
  owner: number,
  nowMs: number,
  limit: number,
): Promise<ClaimedChunk[]> {
  const rows = await query<Omit<ClaimedChunk, 'bucket'>>(
    `update chunks set owner = $2, attempts = attempts + 1
     where bucket = $1 and id in (
       select id from chunks where bucket = $1 and owner is null and expires_at <= to_timestamp($3::float8 / 1000)
       limit $4 for update skip locked)
     returning id, message_count as "messageCount", lane, attempts`,
    [bucket, owner, nowMs, limit],
  );
  return rows.map((row) => ({ bucket, ...row }));
}

export async function claimDueChunks(
  query: Query,
  bucket: number,
  owner: number,
  nowMs: number,
  limit: number,
): Promise<ClaimedChunk[]> {
  const rows = await query<Omit<ClaimedChunk, 'bucket'>>(claimStatement, [bucket, owner, nowMs, limit]);
  return rows.map((row) => ({ bucket, ...row })).sort((a, b) => a.lane - b.lane || a.id - b.id);
}

const nextDueStatement: Statement = {
  name: 'next_due_chunk',
  // Bounded as the claim is.
  text: `
select min(due_at) as "dueAt" from chunks
where bucket = $1 and owner is null and due_at <= to_timestamp($2::float8 / 1000)
  and rank_at <= to_timestamp($2::float8 / 1000) + interval '1 hour'`,
};

/** When the first free chunk that is due by `untilMs` is due; null when none is. */
export async function findNextDue(query: Query, bucket: number, untilMs: number): Promise<number | null> {
  const [row] = await query<{ dueAt: number | null }>(nextDueStatement, [bucket, untilMs]);
  return row?.dueAt ?? null;
}

const readMessagesStatement: Statement = {
  name: 'read_chunk_messages',
  // "offset 0" keeps the look-up of the campaign behind the range of messages, whatever the statistics say.
  text: `
select m.id, m.account_id, m.msisdn, m.country, m.encoding, m.segments, m.cost_micros, m.expires_at,
  coalesce(m.text, c.text) as text, c.sender, c.tier, c.message_class,
  case when c.purpose = ${purposeCodes.code('marketing')} or (
    select a.opt_outs_cover_all from accounts a where a.id = m.account_id) then exists (
    select from opt_outs o where o.bucket = m.bucket and o.account_id = m.account_id and o.msisdn = m.msisdn)
  else false end as is_opted_out
from messages m
cross join lateral (
  select * from campaigns c
  where c.bucket = m.bucket and c.account_id = m.account_id and c.id = m.campaign_id
  offset 0
) c
where m.bucket = $1 and m.id >= $2 and m.id < $3 and m.status = ${messageStatusCodes.accepted}
order by m.id`,
};

const readSubmittedStatement: Statement = {
  name: 'read_chunk_submitted',
  text: `
select distinct message_id as id from carrier_refs
where bucket = $1 and message_id >= $2 and message_id < $3`,
};

/** The messages of a chunk that are still to be handed to a carrier. */
export async function readChunkMessages(query: Query, chunk: ClaimedChunk): Promise<DispatchableMessage[]> {
  const range = [chunk.bucket, chunk.id, chunk.id + chunk.messageCount];
  const rows = await query<Record<string, never>>(readMessagesStatement, range);
  const submitted =
    chunk.attempts > 1
      ? new Set((await query<{ id: number }>(readSubmittedStatement, range)).map((row) => row.id))
      : null;
  const messages: DispatchableMessage[] = [];
  for (const row of rows) {
    if (submitted?.has(row['id']!)) continue;
    messages.push({
      id: row['id']!,
      accountId: row['account_id']!,
      msisdn: row['msisdn']!,
      country: row['country']!,
      encoding: encodingCodes.name(row['encoding']!),
      segments: row['segments']!,
      costMicros: BigInt(row['cost_micros']!),
      expiresAtMs: row['expires_at']!,
      text: row['text']!,
      sender: row['sender']!,
      tier: tierCodes.name(row['tier']!),
      messageClass: row['message_class']!,
      isOptedOut: row['is_opted_out']!,
    });
  }
  return messages;
}

const finishStatement: Statement = {
  name: 'finish_chunks',
  text: 'delete from chunks where bucket = $1 and id = any($2::bigint[]) and owner = $3',
};

/** Every message of these chunks has its outcome. */
export async function finishChunks(
  query: Query,
  bucket: number,
  owner: number,
  ids: readonly number[],
): Promise<void> {
  await query(finishStatement, [bucket, numbers(ids), owner]);
}

const releaseStatement: Statement = {
  name: 'release_chunks',
  text: `
update chunks set owner = null, due_at = to_timestamp($4::float8 / 1000)
where bucket = $1 and id = any($2::bigint[]) and owner = $3`,
};

/** Gives chunks back, to be claimed by anybody from `dueAtMs` on. */
export async function releaseChunks(
  query: Query,
  bucket: number,
  owner: number,
  ids: readonly number[],
  dueAtMs: number,
): Promise<void> {
  await query(releaseStatement, [bucket, numbers(ids), owner, dueAtMs]);
}

/** The chunks that this process owns by the table. */
export async function listOwnedChunks(query: Query, bucket: number, owner: number): Promise<number[]> {
  const rows = await query<{ id: number }>('select id from chunks where bucket = $1 and owner = $2', [
    bucket,
    owner,
  ]);
  return rows.map((row) => row.id);
}

const freeDeadStatement: Statement = {
  name: 'free_dead_chunks',
  // Who lives is asked in the statement itself: a process may have begun since anybody looked.
  text: `
update chunks set owner = null
where bucket = $1 and owner is not null and owner not in (select id from processes where ended_at is null)
returning id, message_count as "messageCount", lane, attempts`,
};

/** Frees the chunks of processes that have ended; answers what was in their hands. */
export async function releaseChunksOfDeadProcesses(query: Query, bucket: number): Promise<ClaimedChunk[]> {
  const rows = await query<Omit<ClaimedChunk, 'bucket'>>(freeDeadStatement, [bucket]);
  return rows.map((row) => ({ bucket, ...row }));
}
