// Parts of long replies: stored one by one, joined when all are there. Used by pipeline/join-parts.ts only.
// Callers hold the lock of the phone (replies.ts), so that two processes never join the same reply.
import type { StoredPart } from '#domain/recipients/inbound-part.ts';
import { numbers, type Query, type Statement, texts } from '#store/database/database.ts';

const columns = `p.id, p.connector_id as "connectorId", p.source, p.msisdn, p.recipient, p.reference, p.total, p.part,
  p.content, p.is_binary as "isBinary", p.received_at as "receivedAtMs", p.joined_at is not null as "isJoined"`;

interface PartRow extends Omit<StoredPart, 'text'> {
  readonly content: Buffer;
}

function readRow({ content, ...row }: PartRow): StoredPart {
  return { ...row, text: content.toString('utf16le') };
}

const listStatement: Statement = {
  name: 'list_inbound_parts',
  // Index inbound_parts_by_key.
  text: `
select ${columns}
from (select distinct * from unnest($1::int[], $2::text[], $3::text[], $4::int[], $5::int[])
  as q(connector_id, source, recipient, reference, total)) q
cross join lateral (
  select * from inbound_parts p
  where p.source = q.source and p.connector_id = q.connector_id and p.recipient = q.recipient
    and p.reference = q.reference and p.total = q.total
    and (p.joined_at is null or p.joined_at > to_timestamp($6::float8 / 1000))
  offset 0
) p order by p.id`,
};

/** The long reply that a part belongs to. */
export type PartKey = Pick<StoredPart, 'connectorId' | 'source' | 'recipient' | 'reference' | 'total'>;

/** The parts of these long replies: those that wait, and those joined since then. */
export async function listParts(
  query: Query,
  keys: readonly PartKey[],
  joinedSinceMs: number,
): Promise<StoredPart[]> {
  const rows = await query<PartRow>(listStatement, [...keyColumns(keys), joinedSinceMs]);
  return rows.map(readRow);
}

function keyColumns(keys: readonly PartKey[]): string[] {
  return [
    numbers(keys.map((key) => key.connectorId)),
    texts(keys.map((key) => key.source)),
    texts(keys.map((key) => key.recipient)),
    numbers(keys.map((key) => key.reference)),
    numbers(keys.map((key) => key.total)),
  ];
}

const insertStatement: Statement = {
  name: 'insert_inbound_parts',
  text: `
insert into inbound_parts (connector_id, source, recipient, reference, total, part, msisdn, content, is_binary, received_at,
  joined_at)
select connector_id, source, recipient, reference, total, part, msisdn, decode(content, 'hex'), is_binary,
  to_timestamp(received_at / 1000), case when is_joined then to_timestamp($11::float8 / 1000) end
from unnest($1::int[], $2::text[], $3::text[], $4::int[], $5::int[], $6::int[], $7::bigint[], $8::text[], $9::boolean[],
  $10::float8[], $12::boolean[]) as p(connector_id, source, recipient, reference, total, part, msisdn, content, is_binary,
  received_at, is_joined)`,
};

export async function insertParts(
  query: Query,
  parts: readonly Omit<StoredPart, 'id'>[],
  nowMs: number,
): Promise<void> {
  await query(insertStatement, [
    ...keyColumns(parts),
    numbers(parts.map((part) => part.part)),
    numbers(parts.map((part) => part.msisdn)),
    texts(parts.map((part) => Buffer.from(part.text, 'utf16le').toString('hex'))),
    `{${parts.map((part) => part.isBinary).join(',')}}`,
    numbers(parts.map((part) => part.receivedAtMs)),
    nowMs,
    `{${parts.map((part) => part.isJoined).join(',')}}`,
  ]);
}

export async function markJoined(query: Query, ids: readonly number[], nowMs: number): Promise<void> {
  await query(
    `update inbound_parts set joined_at = to_timestamp($2::float8 / 1000)
     where id = any($1::bigint[]) and joined_at is null`,
    [numbers(ids), nowMs],
  );
}

/** Long replies that wait for a part and got the last one before then; with the phone to lock. */
export function listOverdue(
  query: Query,
  beforeMs: number,
  limit: number,
): Promise<(PartKey & Pick<StoredPart, 'msisdn'>)[]> {
  return query(
    `select connector_id as "connectorId", source, min(msisdn) as msisdn, recipient, reference, total
     from inbound_parts where joined_at is null
     group by connector_id, source, recipient, reference, total
     having max(received_at) <= to_timestamp($1::float8 / 1000) limit $2`,
    [beforeMs, limit],
  );
}

/** Those joined before then. Returns how many, `limit` at the most. */
export async function deleteJoinedParts(query: Query, beforeMs: number, limit: number): Promise<number> {
  const rows = await query(
    `delete from inbound_parts where id in (
       select id from inbound_parts where joined_at <= to_timestamp($1::float8 / 1000) limit $2) returning 1`,
    [beforeMs, limit],
  );
  return rows.length;
}
