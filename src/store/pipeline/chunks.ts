// Chunks: runs of up to 500 messages that are claimed, handed over and finished together. Used by the dispatcher, the
// outcome recorder and `reclaimWork`. Never changes a chunk of another live process.
import type { DispatchableMessage } from '#domain/acceptance/chunking.ts';
import { messageStatusCodes } from '#domain/base/message.ts';
import { messageOfResend } from '#domain/routing/resend.ts';
import { encodingCodes, messageStatuses, purposeCodes, tierCodes } from '#store/database/codes.ts';
import {
  boolean,
  code,
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
import { ofDeadProcess, ownedRows } from '#store/database/job-table.ts';
import { inBucket, statement } from '#store/database/statement.ts';

export interface StoredChunk {
  readonly bucket: number;
  /** The id of its first message; the ids of the others follow it. */
  readonly id: number;
  readonly messageCount: number;
  readonly priorityClass: number;
  /** Above 1, a process has claimed it before: a carrier may have received some of its messages. */
  readonly attempts: number;
}

const chunkRow = { id: int8, messageCount: int2, priorityClass: int2, attempts: int2 };
const chunkColumns = `c.id, c.message_count as "messageCount", c.priority_class as "priorityClass", c.attempts`;

const claimDue = statement('claim_chunks', {
  params: { bucket: int2, processId: int8, now: instant, limit: int4 },
  row: chunkRow,
  // Index chunks_waiting. Start tags may lie a little in the future (fair order); an hour bounds the scan over chunks
  // that are scheduled for later.
  text: (p) => `
with due as (
  select bucket, id from chunks
  where bucket = ${p.bucket} and process_id is null and due_at <= ${p.now}
    and start_tag_at <= ${p.now} + interval '1 hour'
  order by priority_class, start_tag_at
  limit ${p.limit}
  for update skip locked
)
update chunks c set process_id = ${p.processId}, attempts = c.attempts + 1
from due where c.bucket = due.bucket and c.id = due.id and ${inBucket('c', p.bucket)}
returning ${chunkColumns}`,
});

/** Claims up to `limit` due chunks that no process has, by priority class and then by id. */
export async function claimDueChunks(
  query: Query,
  bucket: number,
  processId: number,
  nowMs: number,
  limit: number,
): Promise<StoredChunk[]> {
  const rows = await claimDue.run(query, { bucket, processId, now: nowMs, limit });
  return rows
    .map((row) => ({ bucket, ...row }))
    .sort((a, b) => a.priorityClass - b.priorityClass || a.id - b.id);
}

const claimExpired = statement('claim_expired_chunks', {
  params: { bucket: int2, processId: int8, now: instant, limit: int4 },
  row: chunkRow,
  text: (p) => `
update chunks c set process_id = ${p.processId}, attempts = c.attempts + 1
where c.bucket = ${p.bucket} and c.id in (
  select id from chunks where bucket = ${p.bucket} and process_id is null and expires_at <= ${p.now}
  limit ${p.limit} for update skip locked)
returning ${chunkColumns}`,
});

/** Claims up to `limit` chunks whose messages have all passed their validity, whether a carrier is available or not. */
export async function claimExpiredChunks(
  query: Query,
  bucket: number,
  processId: number,
  nowMs: number,
  limit: number,
): Promise<StoredChunk[]> {
  const rows = await claimExpired.run(query, { bucket, processId, now: nowMs, limit });
  return rows.map((row) => ({ bucket, ...row }));
}

const findNext = statement('next_due_chunk', {
  params: { bucket: int2, until: instant },
  row: { dueAtMs: nullable(instant) },
  // Bounded like the claim.
  text: (p) => `
select min(due_at) as "dueAtMs" from chunks
where bucket = ${p.bucket} and process_id is null and due_at <= ${p.until}
  and start_tag_at <= ${p.until} + interval '1 hour'`,
});

/** The due time of the first free chunk that is due by `untilMs`; null if there is none. */
export async function findNextDue(query: Query, bucket: number, untilMs: number): Promise<number | null> {
  const row = await findNext.find(query, { bucket, until: untilMs });
  return row?.dueAtMs ?? null;
}

const messageRow = {
  id: int8,
  accountId: int4,
  msisdn: int8,
  country: text,
  encoding: code(encodingCodes),
  segments: int2,
  costMicros: micros,
  expiresAtMs: instant,
  text,
  sender: text,
  tier: code(tierCodes),
  purpose: code(purposeCodes),
  tag: nullable(text),
  messageClass: int2,
  isOptedOut: boolean,
};

const messageColumns = `m.id, m.account_id as "accountId", m.msisdn, m.country, m.encoding, m.segments, m.cost_micros as "costMicros",
  m.expires_at as "expiresAtMs", coalesce(m.text, c.text) as text, c.sender, c.tier, c.purpose, c.tag,
  c.message_class as "messageClass"`;

const optedOutOf = (bucket: string) => `
  case when c.purpose = ${purposeCodes.code('marketing')} or (
    select a.opt_outs_cover_all from accounts a where a.id = m.account_id) then exists (
    select 1 from opt_outs o where o.bucket = ${bucket} and o.account_id = m.account_id and o.msisdn = m.msisdn)
  else false end`;

const readMessages = statement('read_chunk_messages', {
  params: { bucket: int2, firstId: int8, endId: int8 },
  row: messageRow,
  // "offset 0" keeps the look-up of the campaign behind the range of messages, whatever the statistics say.
  text: (p) => `
select ${messageColumns}, ${optedOutOf(p.bucket)} as "isOptedOut"
from messages m
cross join lateral (
  select * from campaigns c
  where c.bucket = ${p.bucket} and c.account_id = m.account_id and c.id = m.campaign_id
  offset 0
) c
where m.bucket = ${p.bucket} and m.id >= ${p.firstId} and m.id < ${p.endId}
  and m.status = ${messageStatusCodes.accepted}
order by m.id`,
});

const readResent = statement('read_resent_message', {
  params: { bucket: int2, chunkId: int8, messageId: int8 },
  row: {
    ...messageRow,
    failedIds: list(int4),
    status: code(messageStatuses),
    error: nullable(text),
    untilMs: instant,
  },
  // The text of a one-time code can be masked while its message waits for another carrier: it ends as after a STOP.
  text: (p) => `
select ${messageColumns}, c.is_masked or ${optedOutOf(p.bucket)} as "isOptedOut",
  r.failed_ids as "failedIds", r.status, r.error, k.expires_at as "untilMs"
from messages m
join campaigns c on c.bucket = ${p.bucket} and c.account_id = m.account_id and c.id = m.campaign_id
join chunks k on k.bucket = ${p.bucket} and k.id = ${p.chunkId}
cross join lateral (
  select array_agg(s.connector_id) as failed_ids, (array_agg(s.status order by s.number desc))[1] as status,
    (array_agg(s.error order by s.number desc))[1] as error
  from resends s where s.bucket = ${p.bucket} and s.message_id = m.id) r
where m.bucket = ${p.bucket} and m.id = ${p.messageId} and m.status = ${messageStatusCodes.accepted}
  and r.failed_ids is not null`,
});

/** The message of the chunk of a resend; none if it has its end meanwhile, by a late success of its first carrier. */
async function readResentMessage(
  query: Query,
  { bucket, id: chunkId }: StoredChunk,
  messageId: number,
): Promise<DispatchableMessage[]> {
  const found = await readResent.run(query, { bucket, chunkId, messageId });
  return found.map(({ failedIds, status, error, untilMs, ...message }) => ({
    ...message,
    resend: { failedIds, status, error, untilMs },
  }));
}

const readSubmitted = statement('read_chunk_submitted', {
  params: { bucket: int2, firstId: int8, endId: int8 },
  row: { id: int8 },
  text: (p) => `
select distinct message_id as id from carrier_references
where bucket = ${p.bucket} and message_id >= ${p.firstId} and message_id < ${p.endId}`,
});

/** The messages of a chunk that no carrier has received yet, by id. */
export async function readChunkMessages(query: Query, chunk: StoredChunk): Promise<DispatchableMessage[]> {
  const resentId = messageOfResend(chunk.id);
  if (resentId !== null) return readResentMessage(query, chunk, resentId);
  const range = { bucket: chunk.bucket, firstId: chunk.id, endId: chunk.id + chunk.messageCount };
  const messages = await readMessages.run(query, range);
  if (chunk.attempts <= 1) return messages;
  const submitted = new Set((await readSubmitted.run(query, range)).map(({ id }) => id));
  return messages.filter(({ id }) => !submitted.has(id));
}

const owned = ownedRows('chunks');

/** Releases chunks of this process: any process can claim them from `dueAtMs`. */
export const releaseChunks = owned.release;
/** Ids of the chunks that belong to this process. */
export const listOwnedChunks = owned.listOwned;

const releaseOfDead = statement('release_chunks_of_dead_processes', {
  params: { bucket: int2 },
  row: chunkRow,
  text: (p) => `
update chunks c set process_id = null
where c.bucket = ${p.bucket} and ${ofDeadProcess('c')}
returning ${chunkColumns}`,
});

/** Releases the chunks of processes that have ended, and returns them. */
export async function releaseChunksOfDeadProcesses(query: Query, bucket: number): Promise<StoredChunk[]> {
  const rows = await releaseOfDead.run(query, { bucket });
  return rows.map((row) => ({ bucket, ...row }));
}
