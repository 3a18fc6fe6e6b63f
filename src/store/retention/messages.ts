// Deletion of messages whose campaign was deleted, and of carrier references and conversations that nothing can refer to any
// more. Used by pipeline/retention/delete-messages.ts and delete-references.ts only.
import { messageStatusCodes } from '#domain/base/message.ts';
import { instant, int2, int4, int8, list, micros, nullable } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import type { Partition } from '#store/database/partitions.ts';
import { statement } from '#store/database/statement.ts';

/** When its campaign was accepted, and when the last message of it is due; null if the campaign was deleted. */
const withCampaign = (bucket: string) => `
left join lateral (
  select created_at, coalesce(last_due_at, due_at) as due_at from campaigns c
  where c.bucket = ${bucket} and c.account_id = m.account_id and c.id = m.campaign_id
  offset 0
) c on true`;

const findLater = statement('find_message_from', {
  params: { bucket: int2, endId: int8, at: instant },
  row: { found: int4 },
  text: (p) => `
select 1 as found
from (select * from messages where bucket = ${p.bucket} and id >= ${p.endId} order by id limit 1) m
${withCampaign(p.bucket)}
where (c.created_at >= ${p.at}) is not true`,
});

/** True if ids after this partition's were in use at that time: no message is inserted into the partition any more. */
export async function hasMessageAfter(
  query: Query,
  buckets: readonly number[],
  { end: endId }: Partition,
  atMs: number,
): Promise<boolean> {
  for (const bucket of buckets) if (await findLater.find(query, { bucket, endId, at: atMs })) return true;
  return false;
}

const findFirst = statement('find_message_within', {
  params: { bucket: int2, firstId: int8, endId: int8 },
  row: { id: int8 },
  text: (p) => `
select id from messages
where bucket = ${p.bucket} and id >= ${p.firstId} and id < ${p.endId} order by id limit 1`,
});

/** The first message of a bucket among these ids; null if there is none. */
export async function findMessageWithin(
  query: Query,
  bucket: number,
  firstId: number,
  endId: number,
): Promise<number | null> {
  return (await findFirst.find(query, { bucket, firstId, endId }))?.id ?? null;
}

export interface SliceOfAccount {
  readonly accountId: number;
  readonly costMicros: bigint;
  /** When the last message of the campaigns that are kept is due; null if none is kept. */
  readonly keptDueAtMs: number | null;
}

const sum = statement('sum_messages', {
  params: { bucket: int2, firstId: int8, endId: int8 },
  row: { accountId: int4, costMicros: micros, keptDueAtMs: nullable(instant) },
  text: (p) => `
select m.account_id as "accountId", sum(m.cost_micros)::bigint as "costMicros", max(c.due_at) as "keptDueAtMs"
from (select * from messages where bucket = ${p.bucket} and id >= ${p.firstId} and id < ${p.endId}) m
${withCampaign(p.bucket)}
group by m.account_id`,
});

/** The cost of the messages among these ids by account, and whether a campaign of theirs is kept. */
export function sumMessages(
  query: Query,
  bucket: number,
  firstId: number,
  endId: number,
): Promise<SliceOfAccount[]> {
  return sum.run(query, { bucket, firstId, endId });
}

export interface OldMessage {
  readonly id: number;
  readonly dueAtMs: number;
  /** Null if its campaign was deleted. */
  readonly acceptedAtMs: number | null;
}

const listAfter = statement('list_messages_after', {
  params: { bucket: int2, afterId: int8, limit: int4 },
  row: { id: int8, dueAtMs: instant, acceptedAtMs: nullable(instant) },
  text: (p) => `
select m.id, m.due_at as "dueAtMs", c.created_at as "acceptedAtMs"
from (select * from messages where bucket = ${p.bucket} and id > ${p.afterId} order by id limit ${p.limit}) m
${withCampaign(p.bucket)}
order by m.id`,
});

/** The next messages after this one, by their ids. */
export function listMessagesAfter(
  query: Query,
  bucket: number,
  afterId: number,
  limit: number,
): Promise<OldMessage[]> {
  return listAfter.run(query, { bucket, afterId, limit });
}

const remove = statement('delete_messages', {
  params: { bucket: int2, ids: list(int8) },
  row: { accountId: int4, costMicros: micros },
  text: (p) => `
delete from messages where bucket = ${p.bucket} and id = any(${p.ids})
returning account_id as "accountId", cost_micros as "costMicros"`,
});

const removeReferences = statement('delete_carrier_refs_of_messages', {
  params: { bucket: int2, firstId: int8, lastId: int8, ids: list(int8) },
  // The index by message knows pages only (BRIN), and is asked by a range.
  text: (p) => `
delete from carrier_references where bucket = ${p.bucket} and message_id between ${p.firstId} and ${p.lastId}
  and (message_id in (select unnest(${p.ids}))) is true`,
});

const removeResends = statement('delete_resends_of_messages', {
  params: { bucket: int2, ids: list(int8) },
  text: (p) => `delete from resends where bucket = ${p.bucket} and message_id = any(${p.ids})`,
});

const removeResendsOf = statement('delete_resends_of_range', {
  params: { bucket: int2, firstId: int8, endId: int8 },
  text: (p) => `
delete from resends where bucket = ${p.bucket} and message_id >= ${p.firstId} and message_id < ${p.endId}`,
});

/** Those of the messages of a partition that is deleted as a whole. */
export async function deleteResendsOf(
  query: Query,
  bucket: number,
  { first: firstId, end: endId }: Pick<Partition, 'first' | 'end'>,
): Promise<void> {
  await removeResendsOf.run(query, { bucket, firstId, endId });
}

/** Deletes messages, given by ascending id, with their carrier references and resends. Returns account and cost of each. */
export async function deleteMessages(
  query: Query,
  bucket: number,
  ids: readonly number[],
): Promise<{ readonly accountId: number; readonly costMicros: bigint }[]> {
  const deleted = await remove.run(query, { bucket, ids });
  await removeResends.run(query, { bucket, ids });
  await removeReferences.run(query, { bucket, firstId: ids[0]!, lastId: ids.at(-1)!, ids });
  return deleted;
}

const { accepted, submitted } = messageStatusCodes;

const findExpiry = statement('find_last_expiry', {
  params: { bucket: int2, firstId: int8, endId: int8, receiptsFrom: instant },
  row: { atMs: nullable(instant) },
  text: (p) => `
select max(expires_at) as "atMs" from messages
where bucket = ${p.bucket} and id >= ${p.firstId} and id < ${p.endId}
  and (status in (${accepted}, ${submitted}) or expires_at >= ${p.receiptsFrom})`,
});

/**
 * When the last validity ends of the messages among these ids that have no final status or can still get a receipt; null if
 * there is none.
 */
export async function findLastExpiry(
  query: Query,
  bucket: number,
  firstId: number,
  endId: number,
  receiptsFromMs: number,
): Promise<number | null> {
  return (await findExpiry.find(query, { bucket, firstId, endId, receiptsFrom: receiptsFromMs }))!.atMs;
}

const findAnswerableConversation = statement('find_answerable_conversation', {
  params: { firstId: int8, endId: int8, answersFrom: instant },
  row: { dueAtMs: instant },
  // Over all buckets: a partition is of all accounts.
  text: (p) => `
select due_at as "dueAtMs" from conversations
where message_id >= ${p.firstId} and message_id < ${p.endId} and due_at >= ${p.answersFrom} limit 1`,
});

/** When a message of this partition of conversations was due that can still be answered; null if there is none. */
export async function findAnswerable(
  query: Query,
  { first: firstId, end: endId }: Partition,
  answersFromMs: number,
): Promise<number | null> {
  const row = await findAnswerableConversation.find(query, { firstId, endId, answersFrom: answersFromMs });
  return row?.dueAtMs ?? null;
}

const removeConversations = statement('delete_conversations', {
  params: { bucket: int2, firstId: int8, endId: int8, dueBefore: instant, limit: int4 },
  row: { deleted: int4 },
  // By the place of the rows in one partition: they have no index by message, and lie in the order of time.
  text: (p) => `
delete from conversations where bucket = ${p.bucket} and message_id >= ${p.firstId} and message_id < ${p.endId}
  and ctid = any(array(
    select ctid from conversations
    where bucket = ${p.bucket} and message_id >= ${p.firstId} and message_id < ${p.endId} and due_at < ${p.dueBefore}
    limit ${p.limit}))
returning 1 as deleted`,
});

/** Deletes at most `limit` conversations of a bucket in a partition; returns how many. */
export async function deleteConversations(
  query: Query,
  bucket: number,
  { first: firstId, end: endId }: Partition,
  dueBeforeMs: number,
  limit: number,
): Promise<number> {
  const values = { bucket, firstId, endId, dueBefore: dueBeforeMs, limit };
  return (await removeConversations.run(query, values)).length;
}
