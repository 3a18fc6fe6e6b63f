// Parts of long replies: stored one by one, joined when all are there. Used by pipeline/join-parts.ts, which holds the lock
// of the phone (replies.ts), so that two processes never join the same reply.
import type { StoredPart } from '#domain/recipients/inbound-part.ts';
import {
  boolean,
  bytes,
  instant,
  instantOf,
  int2,
  int4,
  int8,
  list,
  nullable,
  text,
} from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { of, rows, statement } from '#store/database/statement.ts';

/** The long reply that a part belongs to. */
export type PartKey = Pick<StoredPart, 'connectorId' | 'source' | 'recipient' | 'reference' | 'total'>;

const key = {
  connector_id: of(int4, (k: PartKey) => k.connectorId),
  source: of(text, (k: PartKey) => k.source),
  recipient: of(text, (k: PartKey) => k.recipient),
  reference: of(int4, (k: PartKey) => k.reference),
  total: of(int4, (k: PartKey) => k.total),
};

const insert = statement('insert_inbound_parts', {
  params: {
    parts: rows<Omit<StoredPart, 'id'>>({
      ...key,
      part: of(int4, (p) => p.part),
      msisdn: of(int8, (p) => p.msisdn),
      content: of(text, (p) => Buffer.from(p.text, 'utf16le').toString('hex')),
      is_binary: of(boolean, (p) => p.isBinary),
      received_at: of(instant, (p) => p.receivedAtMs),
      is_joined: of(boolean, (p) => p.isJoined),
    }),
    now: instant,
  },
  text: (p) => `
insert into inbound_parts (connector_id, source, recipient, reference, total, part, msisdn, content, is_binary,
  received_at, joined_at)
select connector_id, source, recipient, reference, total, part, msisdn, decode(content, 'hex'), is_binary,
  ${instantOf('received_at')}, case when is_joined then ${p.now} end
from ${p.parts.as('p')}`,
});

export async function insertParts(
  query: Query,
  parts: readonly Omit<StoredPart, 'id'>[],
  nowMs: number,
): Promise<void> {
  await insert.run(query, { parts, now: nowMs });
}

const listOf = statement('list_inbound_parts', {
  params: { keys: rows<PartKey>(key), joinedSince: instant },
  row: {
    id: int8,
    connectorId: int4,
    source: text,
    msisdn: nullable(int8),
    recipient: text,
    reference: int4,
    total: int2,
    part: int2,
    content: bytes,
    isBinary: boolean,
    receivedAtMs: instant,
    isJoined: boolean,
  },
  // Index inbound_parts_by_key.
  text: (p) => `
select p.id, p.connector_id as "connectorId", p.source, p.msisdn, p.recipient, p.reference, p.total, p.part, p.content,
  p.is_binary as "isBinary", p.received_at as "receivedAtMs", p.joined_at is not null as "isJoined"
from (select distinct * from ${p.keys.as('q')}) q
cross join lateral (
  select * from inbound_parts p
  where p.source = q.source and p.connector_id = q.connector_id and p.recipient = q.recipient
    and p.reference = q.reference and p.total = q.total
    and (p.joined_at is null or p.joined_at > ${p.joinedSince})
  offset 0
) p order by p.id`,
});

/** The parts of these long replies: those that wait, and those joined since then. */
export async function listParts(
  query: Query,
  keys: readonly PartKey[],
  joinedSinceMs: number,
): Promise<StoredPart[]> {
  const found = await listOf.run(query, { keys, joinedSince: joinedSinceMs });
  return found.map(({ content, ...part }) => ({ ...part, text: content.toString('utf16le') }));
}

const markAsJoined = statement('mark_parts_joined', {
  params: { ids: list(int8), now: instant },
  text: (p) => `update inbound_parts set joined_at = ${p.now} where id = any(${p.ids}) and joined_at is null`,
});

export async function markJoined(query: Query, ids: readonly number[], nowMs: number): Promise<void> {
  await markAsJoined.run(query, { ids, now: nowMs });
}

const findOverdue = statement('list_overdue_parts', {
  params: { before: instant, limit: int4 },
  row: {
    connectorId: int4,
    source: text,
    msisdn: nullable(int8),
    recipient: text,
    reference: int4,
    total: int2,
  },
  text: (p) => `
select connector_id as "connectorId", source, min(msisdn) as msisdn, recipient, reference, total
from inbound_parts where joined_at is null
group by connector_id, source, recipient, reference, total
having max(received_at) <= ${p.before} limit ${p.limit}`,
});

/** Long replies that wait for a part and received the last one before then, with the phone to lock. */
export function listOverdue(
  query: Query,
  beforeMs: number,
  limit: number,
): Promise<(PartKey & Pick<StoredPart, 'msisdn'>)[]> {
  return findOverdue.run(query, { before: beforeMs, limit });
}

const deleteJoined = statement('delete_joined_parts', {
  params: { before: instant, limit: int4 },
  row: { deleted: int4 },
  text: (p) => `
delete from inbound_parts where id in (
  select id from inbound_parts where joined_at <= ${p.before} limit ${p.limit}) returning 1 as deleted`,
});

/** Deletes at most `limit` parts that were joined before then; returns how many. */
export async function deleteJoinedParts(query: Query, beforeMs: number, limit: number): Promise<number> {
  return (await deleteJoined.run(query, { before: beforeMs, limit })).length;
}
