// From a carrier reference to the message, and the unmatched receipts: those whose reference is not stored yet. Used by
// pipeline/record-receipts.ts.
import type { Receipt } from '#domain/delivery/connector.ts';
import {
  boolean,
  instant,
  instantOf,
  int2,
  int4,
  int8,
  list,
  nullable,
  packed,
  text,
  word,
} from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { of, rows, statement } from '#store/database/statement.ts';

export interface ReferencedSegment {
  readonly connectorId: number;
  readonly reference: string;
  readonly bucket: number;
  readonly messageId: number;
  readonly part: number;
  readonly routeId: number | null;
  readonly submittedAtMs: number;
}

const find = statement('find_carrier_refs', {
  params: { references: list(text) },
  row: {
    connectorId: int4,
    reference: text,
    bucket: int2,
    messageId: int8,
    part: int2,
    routeId: nullable(int4),
    submittedAtMs: instant,
  },
  // Over all buckets: a reference does not tell the account. Index carrier_references_by_reference, in each partition.
  text: (p) => `
select connector_id as "connectorId", reference, bucket, message_id as "messageId", part,
  route_id as "routeId", at as "submittedAtMs"
from carrier_references where reference = any(${p.references})
order by message_id`,
});

/**
 * The segments with these references. A carrier may use a reference again after a while: segments come in the order of
 * submission, so that the last one wins.
 */
export function findSegments(query: Query, references: readonly string[]): Promise<ReferencedSegment[]> {
  return find.run(query, { references });
}

export interface UnmatchedReceipt {
  readonly id: number;
  readonly connectorId: number;
  readonly receipt: Receipt;
  readonly receivedAtMs: number;
}

type NewUnmatchedReceipt = Pick<UnmatchedReceipt, 'connectorId' | 'receipt'>;

const receiptState = word<Receipt['state']>();

const insert = statement('insert_unmatched_receipts', {
  params: {
    receipts: rows<NewUnmatchedReceipt>({
      connector_id: of(int4, (u) => u.connectorId),
      refs: of(packed(text), (u) => u.receipt.references),
      state: of(receiptState, (u) => u.receipt.state),
      error: of(text, (u) => u.receipt.error),
      at: of(instant, (u) => u.receipt.atMs),
      for_all: of(boolean, (u) => u.receipt.speaksForAll === true),
    }),
    now: instant,
  },
  text: (p) => `
insert into unmatched_receipts (connector_id, carrier_references, state, error, at, speaks_for_all, received_at)
select u.connector_id, u.refs::text[], u.state, u.error, ${instantOf('u.at')}, u.for_all, ${p.now}
from ${p.receipts.as('u')}`,
});

/** Stores receipts whose reference is not known yet. */
export async function insertUnmatchedReceipts(
  query: Query,
  receipts: readonly NewUnmatchedReceipt[],
  nowMs: number,
): Promise<void> {
  await insert.run(query, { receipts, now: nowMs });
}

const lock = statement('lock_unmatched_receipts', {
  params: { since: instant, afterId: int8, limit: int4 },
  row: {
    id: int8,
    connectorId: int4,
    references: list(text),
    state: receiptState,
    error: nullable(text),
    atMs: instant,
    speaksForAll: boolean,
    receivedAtMs: instant,
  },
  text: (p) => `
select id, connector_id as "connectorId", carrier_references as "references", state, error, at as "atMs",
  speaks_for_all as "speaksForAll", received_at as "receivedAtMs"
from unmatched_receipts
where id > ${p.afterId} and received_at >= ${p.since}
order by id limit ${p.limit} for update skip locked`,
});

/** Locks up to `limit` unmatched receipts that were received since then, in the order of their ids after `afterId`. */
export async function lockUnmatchedReceipts(
  query: Query,
  sinceMs: number,
  afterId: number,
  limit: number,
): Promise<UnmatchedReceipt[]> {
  const locked = await lock.run(query, { since: sinceMs, afterId, limit });
  return locked.map(({ id, connectorId, receivedAtMs, ...receipt }) => ({
    id,
    connectorId,
    receipt,
    receivedAtMs,
  }));
}

const remove = statement('delete_unmatched_receipts', {
  params: { ids: list(int8) },
  text: (p) => `delete from unmatched_receipts where id = any(${p.ids})`,
});

export async function deleteUnmatchedReceipts(query: Query, ids: readonly number[]): Promise<void> {
  await remove.run(query, { ids });
}
