// Chunks of a campaign that is paused: due at infinity, so that no process claims them, and their due times when it resumes.
// Used by pipeline/pause-campaign.ts in one transaction, and by the dispatcher for the chunks that it has claimed. A chunk that
// other campaigns share is never paused: it is split first, unless a process has it.
import type { AccountKey } from '#domain/account/account.ts';
import { messageStatusCodes } from '#domain/base/message.ts';
import { maxChunkSize } from '#domain/base/priority-classes.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { boolean, instant, instantOf, int2, int8, list, text } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { inBucket, of, rows, statement } from '#store/database/statement.ts';

const split = statement('split_chunk', {
  params: { bucket: int2, at: int8 },
  text: (p) => `
with cut as materialized (
  select bucket, id, message_count, priority_class, due_at, start_tag_at, expires_at, attempts from chunks
  where bucket = ${p.bucket} and process_id is null and id < ${p.at} and id > ${p.at} - ${maxChunkSize}
    and id + message_count > ${p.at}
  for update
), head as (
  update chunks k set message_count = (${p.at} - k.id)::smallint
  from cut where k.bucket = cut.bucket and k.id = cut.id and ${inBucket('k', p.bucket)}
)
insert into chunks (bucket, id, message_count, priority_class, due_at, start_tag_at, expires_at, attempts)
select ${p.bucket}, ${p.at}, (id + message_count - ${p.at})::smallint, priority_class, due_at, start_tag_at, expires_at,
  attempts
from cut`,
});

/** Splits the free chunk that has the messages before and from this id, if there is one. */
export async function splitChunk(query: Query, bucket: number, atId: number): Promise<void> {
  await split.run(query, { bucket, at: atId });
}

/** The messages from `firstId` to before `endId`. */
export interface MessageIds {
  readonly firstId: number;
  readonly endId: number;
}

const lock = statement('lock_chunks_of_range', {
  params: { bucket: int2, firstId: int8, endId: int8 },
  row: { id: int8, messageCount: int2, isClaimed: boolean, isPaused: boolean },
  text: (p) => `
select id, message_count as "messageCount", process_id is not null as "isClaimed", due_at = 'infinity' as "isPaused"
from chunks
where bucket = ${p.bucket} and id >= ${p.firstId} and id < ${p.endId} and id + message_count <= ${p.endId}
order by id
for update`,
});

export interface LockedChunk {
  readonly id: number;
  readonly messageCount: number;
  /** A process has it. */
  readonly isClaimed: boolean;
  readonly isPaused: boolean;
}

/** The chunks with messages of this range only, locked until the end of the transaction. */
export function lockChunksOf(query: Query, bucket: number, range: MessageIds): Promise<LockedChunk[]> {
  return lock.run(query, { bucket, ...range });
}

const count = statement('count_claimed_chunks', {
  params: { ...accountParams, campaignId: int8 },
  row: { chunks: int8 },
  text: (p) => `
select count(k.id) as chunks
from campaigns c
join chunks k on k.bucket = ${p.bucket} and k.id >= c.first_message_id
  and k.id + k.message_count <= c.first_message_id + c.message_count and k.process_id is not null
where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id = ${p.campaignId}`,
});

/** Chunks of the campaign that a process has. */
export async function countClaimed(query: Query, account: AccountKey, campaignId: number): Promise<number> {
  return (await count.find(query, { ...valuesOf(account), campaignId }))!.chunks;
}

const pause = statement('pause_chunks', {
  params: { bucket: int2, ids: list(int8) },
  text: (p) => `update chunks set due_at = 'infinity' where bucket = ${p.bucket} and id = any(${p.ids})`,
});

export async function pauseChunks(query: Query, bucket: number, ids: readonly number[]): Promise<void> {
  await pause.run(query, { bucket, ids });
}

const listRuns = statement('list_paused_runs', {
  params: { bucket: int2, ids: list(int8) },
  row: { chunkId: int8, firstId: int8, country: text, dueAtMs: instant },
  // A run is a row of messages to one country: rarely more than one in a chunk.
  text: (p) => `
select r.chunk_id as "chunkId", r.id as "firstId", r.country, r.due_at as "dueAtMs"
from (
  select k.id as chunk_id, m.id, m.country, m.due_at,
    lag(m.country) over (partition by k.id order by m.id) is distinct from m.country as is_first
  from chunks k join messages m on m.bucket = ${p.bucket} and m.id >= k.id and m.id < k.id + k.message_count
    and m.status = ${messageStatusCodes.accepted}
  where k.bucket = ${p.bucket} and k.id = any(${p.ids})
) r
where r.is_first order by r.id`,
});

export interface PausedRun {
  readonly chunkId: number;
  /** Its first message that waits. */
  readonly firstId: number;
  readonly country: string;
  /** As planned at acceptance. */
  readonly dueAtMs: number;
}

/** The waiting messages of these chunks, in runs of one country. */
export function listPausedRuns(query: Query, bucket: number, ids: readonly number[]): Promise<PausedRun[]> {
  return listRuns.run(query, { bucket, ids });
}

/** The new due time of a chunk. */
export interface ChunkDue {
  readonly id: number;
  readonly dueAtMs: number;
}

const setDue = statement('set_due_of_chunks', {
  params: {
    bucket: int2,
    dues: rows<ChunkDue>({ id: of(int8, (d) => d.id), due_at: of(instant, (d) => d.dueAtMs) }),
  },
  text: (p) => `
update chunks k set due_at = ${instantOf('d.due_at')}, start_tag_at = ${instantOf('d.due_at')}
from ${p.dues.as('d')} where k.bucket = ${p.bucket} and k.id = d.id and ${inBucket('k', p.bucket)}`,
});

export async function setDueOfChunks(query: Query, bucket: number, dues: readonly ChunkDue[]): Promise<void> {
  if (dues.length > 0) await setDue.run(query, { bucket, dues });
}

const listPausedOwned = statement('list_paused_chunks_of_process', {
  params: { bucket: int2, processId: int8 },
  row: { id: int8 },
  // Index chunks_owned.
  text: (p) => `
select id from chunks where bucket = ${p.bucket} and process_id = ${p.processId} and due_at = 'infinity'`,
});

/** Ids of the chunks that this process has claimed and whose campaign was paused since. */
export async function listPausedChunksOf(query: Query, bucket: number, processId: number): Promise<number[]> {
  return (await listPausedOwned.run(query, { bucket, processId })).map(({ id }) => id);
}
