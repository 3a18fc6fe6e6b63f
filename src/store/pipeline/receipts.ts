// From a carrier's reference to the message, and the receipts that come before their reference is stored.
import type { CarrierReceipt } from '#domain/delivery/connector.ts';
import { numbers, type Query, type Statement, texts } from '#store/database/database.ts';

export interface ReferencedSegment {
  readonly connectorId: number;
  readonly reference: string;
  readonly bucket: number;
  readonly messageId: number;
  readonly part: number;
  readonly submittedAtMs: number;
}

const findStatement: Statement = {
  name: 'find_carrier_refs',
  // Index carrier_refs_by_reference, in each partition that is kept.
  text: `
select connector_id as "connectorId", reference, bucket, message_id as "messageId", part, at as "submittedAtMs"
from carrier_refs where reference = any($1::text[])
order by message_id`,
};

/**
 * The segments with these references. A carrier may use a reference again after a while: rows come in the order of
 * submission, so that the last one wins.
 */
export function findSegments(query: Query, references: readonly string[]): Promise<ReferencedSegment[]> {
  return query<ReferencedSegment>(findStatement, [texts(references)]);
}

export interface UnmatchedReceipt {
  readonly id: number;
  readonly connectorId: number;
  readonly receipt: CarrierReceipt;
  readonly receivedAtMs: number;
}

const insertUnmatchedStatement: Statement = {
  name: 'keep_orphan_receipts',
  text: `
insert into orphan_receipts (connector_id, carrier_refs, state, error, at, speaks_for_all, received_at)
select o.connector_id, string_to_array(o.refs, ' '), o.state, o.error, to_timestamp(o.at / 1000),
  o.for_all, to_timestamp($7::float8 / 1000)
from unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::float8[], $6::bool[])
  as o(connector_id, refs, state, error, at, for_all)`,
};

/** Keeps receipts whose reference nobody knows yet. References have no blanks in them (SMPP ids are tokens). */
export async function insertUnmatchedReceipts(
  query: Query,
  orphans: readonly { connectorId: number; receipt: CarrierReceipt }[],
  nowMs: number,
): Promise<void> {
  await query(insertUnmatchedStatement, [
    numbers(orphans.map((o) => o.connectorId)),
    texts(orphans.map((o) => o.receipt.references.map((r) => r.replaceAll(' ', '')).join(' '))),
    texts(orphans.map((o) => o.receipt.state)),
    texts(orphans.map((o) => o.receipt.error)),
    numbers(orphans.map((o) => o.receipt.atMs)),
    orphans.map((o) => o.receipt.speaksForAll === true),
    nowMs,
  ]);
}

/** Locks up to `limit` orphans received since then, in the order of their ids after `afterId`. */
export async function lockUnmatchedReceipts(
  query: Query,
  sinceMs: number,
  afterId: number,
  limit: number,
): Promise<UnmatchedReceipt[]> {
  const rows = await query<Record<string, never>>(
    `select id, connector_id, carrier_refs, state, error, at, speaks_for_all, received_at from orphan_receipts
     where id > $1 and received_at >= to_timestamp($2::float8 / 1000)
     order by id limit $3 for update skip locked`,
    [afterId, sinceMs, limit],
  );
  return rows.map((row) => ({
    id: row['id']!,
    connectorId: row['connector_id']!,
    receipt: {
      references: row['carrier_refs']!,
      state: row['state']!,
      error: row['error']!,
      atMs: row['at']!,
      speaksForAll: row['speaks_for_all']!,
    },
    receivedAtMs: row['received_at']!,
  }));
}

export async function deleteUnmatchedReceipts(query: Query, ids: readonly number[]): Promise<void> {
  await query('delete from orphan_receipts where id = any($1::bigint[])', [numbers(ids)]);
}
