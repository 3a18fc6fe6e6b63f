// Slices of message ids in which some may still be without their end, and what is read to end those whose receipt never
// came. For pipeline/close-receipt-windows.ts only: nothing that sends or takes receipts writes here (decision 20).

import { messageStatusCodes } from '#domain/base/message.ts';
import { hourMs } from '#lib/time/duration.ts';
import { numbers, type Query, type Statement } from '#store/database/database.ts';

/** Ids in a slice. Divides the size of a partition: a slice lies in one. */
export const sliceSize = 20_000;

/**
 * Ids are not used in the order they were taken: a process keeps a block of them for 10 minutes, and a long list is stored
 * for minutes (store/database/ids.ts). From then on nothing is inserted below ids that are so old.
 */
const settledAfterMs = hourMs;
/** As many as are taken in ten busy minutes: how far below the first message of a bucket another may appear. */
const unsettledIds = 5_000_000;

const underWay = [messageStatusCodes.accepted, messageStatusCodes.submitted].join(', ');

const openStatement: Statement = {
  name: 'open_receipt_windows',
  // Messages of a slice that begins now run out of their validity later. Only the first slices of all hold older ones.
  text: `
insert into receipt_windows (bucket, first_id, expires_from, created_at)
select $1, n * ${sliceSize}, to_timestamp(case when newest is null then 0 else $2::float8 / 1000 end),
  to_timestamp($2::float8 / 1000)
from (select max(first_id) as newest from receipt_windows where bucket = $1) known
cross join id_sequences s
cross join lateral generate_series(
  coalesce(newest / ${sliceSize} + 1, greatest(0,
    (select id from messages where bucket = $1 and id >= 0 order by id limit 1) - ${unsettledIds}) / ${sliceSize}),
  s.next / ${sliceSize}) n
where s.name = 'message'
on conflict (bucket, first_id) do nothing`,
};

/** Notes the slices that ids were taken from since the last time. Nothing for a bucket without a message. */
export async function openReceiptWindows(query: Query, bucket: number, nowMs: number): Promise<void> {
  await query(openStatement, [bucket, nowMs]);
}

export interface Slice {
  readonly firstId: number;
  /** No message will be inserted any more. */
  readonly isSettled: boolean;
}

const lockStatement: Statement = {
  name: 'lock_receipt_window',
  // Index receipt_windows_due.
  text: `
select w.first_id as "firstId", exists (
  select from receipt_windows later where later.bucket = w.bucket and later.first_id > w.first_id
    and later.created_at <= to_timestamp($3::float8 / 1000)) as "isSettled"
from receipt_windows w
where w.bucket = $1 and w.expires_from <= to_timestamp($2::float8 / 1000)
order by w.expires_from limit 1
for update of w skip locked`,
};

/** Locks a slice with a message that may have run out of its validity before `expiredByMs`; null when there is none. */
export async function lockReceiptWindow(
  query: Query,
  bucket: number,
  expiredByMs: number,
  nowMs: number,
): Promise<Slice | null> {
  const rows = await query<Slice>(lockStatement, [bucket, expiredByMs, nowMs - settledAfterMs]);
  return rows[0] ?? null;
}

const readExpiredStatement: Statement = {
  name: 'read_expired_messages',
  text: `
select id from messages
where bucket = $1 and id > $2 and id < $3 and expires_at <= to_timestamp($4::float8 / 1000) and status in (${underWay})
order by id limit $5`,
};

/** Messages of a slice, after this id, that have no end and ran out of their validity by then, in the order of their ids. */
export async function readExpiredMessages(
  query: Query,
  bucket: number,
  { firstId }: Slice,
  { afterId, expiredByMs, limit }: { afterId: number; expiredByMs: number; limit: number },
): Promise<number[]> {
  const values = [bucket, afterId, firstId + sliceSize, expiredByMs, limit];
  return (await query<{ id: number }>(readExpiredStatement, values)).map(({ id }) => id);
}

const readEarliestStatement: Statement = {
  name: 'read_earliest_expiry',
  text: `
select min(expires_at) as "expiresAtMs" from messages
where bucket = $1 and id >= $2 and id < $3 and status in (${underWay})`,
};

/** When the first message of a slice that has no end runs out of its validity; null when all have theirs. */
export async function readEarliestExpiry(
  query: Query,
  bucket: number,
  { firstId }: Slice,
): Promise<number | null> {
  const values = [bucket, firstId, firstId + sliceSize];
  const [row] = await query<{ expiresAtMs: number | null }>(readEarliestStatement, values);
  return row!.expiresAtMs;
}

export interface Submission {
  readonly messageId: number;
  readonly connectorId: number;
  readonly submittedAtMs: number;
}

const readSubmissionsStatement: Statement = {
  name: 'read_submissions',
  // By a range: the index by message knows pages only (BRIN), and is asked once. "is true" keeps the list a filter, looked
  // up by hash.
  text: `
select distinct on (message_id) message_id as "messageId", connector_id as "connectorId", at as "submittedAtMs"
from carrier_refs
where bucket = $1 and message_id >= $2 and message_id <= $3
  and (message_id in (select unnest($4::bigint[]))) is true
order by message_id, at`,
};

/** Which of these messages, in the order of their ids, a carrier took; who took them first. */
export async function readSubmissions(
  query: Query,
  bucket: number,
  messageIds: readonly number[],
): Promise<Submission[]> {
  if (messageIds.length === 0) return [];
  const values = [bucket, messageIds[0]!, messageIds.at(-1)!, numbers(messageIds)];
  return query<Submission>(readSubmissionsStatement, values);
}

const putOffStatement: Statement = {
  name: 'put_off_receipt_window',
  text: `
update receipt_windows set expires_from = to_timestamp($3::float8 / 1000) where bucket = $1 and first_id = $2`,
};

/** Of the messages without an end in this slice, none runs out of its validity before `expiresFromMs`. */
export async function putOffReceiptWindow(
  query: Query,
  bucket: number,
  { firstId }: Slice,
  expiresFromMs: number,
): Promise<void> {
  await query(putOffStatement, [bucket, firstId, expiresFromMs]);
}

const closeStatement: Statement = {
  name: 'close_receipt_window',
  text: 'delete from receipt_windows where bucket = $1 and first_id = $2',
};

/** Every message of this slice has its end. */
export async function closeReceiptWindow(query: Query, bucket: number, { firstId }: Slice): Promise<void> {
  await query(closeStatement, [bucket, firstId]);
}
