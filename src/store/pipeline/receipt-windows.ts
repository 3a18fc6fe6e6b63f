// Slices of message ids in which messages may lack a final status, and what is read to close the receipt windows of these.
// Used by pipeline/close-receipt-windows.ts only: nothing that sends or receives receipts writes here (decision 20).

import { messageStatusCodes } from '#domain/base/message.ts';
import { hourMs } from '#lib/time/duration.ts';
import { boolean, instant, int2, int4, int8, list, nullable } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

/** Ids in a slice. Divides the size of a partition: a slice lies in one. */
export const sliceSize = 20_000;

/**
 * Ids are not used in the order in which they were taken: a process keeps a block of them for 10 minutes, and a long list is
 * stored for minutes (store/database/ids.ts). After this time no message is inserted below ids of that age.
 */
const settledAfterMs = hourMs;
/** As many as are taken in ten busy minutes: how far below the first message of a bucket another may appear. */
const unsettledIds = 5_000_000;

const underWay = [messageStatusCodes.accepted, messageStatusCodes.submitted].join(', ');

const open = statement('open_receipt_windows', {
  params: { bucket: int2, now: instant },
  // The validity of messages of a slice that begins now ends later. Only the first slices of all hold older ones.
  text: (p) => `
insert into receipt_windows (bucket, first_id, expires_from, created_at)
select ${p.bucket}, n * ${sliceSize}, case when newest is null then to_timestamp(0) else ${p.now} end, ${p.now}
from (select max(first_id) as newest from receipt_windows where bucket = ${p.bucket}) known
cross join id_sequences s
cross join lateral generate_series(
  coalesce(newest / ${sliceSize} + 1, greatest(0,
    (select id from messages where bucket = ${p.bucket} and id >= 0 order by id limit 1) - ${unsettledIds}) / ${sliceSize}),
  s.next / ${sliceSize}) n
where s.name = 'message'
on conflict (bucket, first_id) do nothing`,
});

/** Inserts the slices that ids were taken from since the last call. None for a bucket without a message. */
export async function openReceiptWindows(query: Query, bucket: number, nowMs: number): Promise<void> {
  await open.run(query, { bucket, now: nowMs });
}

export interface Slice {
  readonly firstId: number;
  /** No message will be inserted any more. */
  readonly isSettled: boolean;
}

const lock = statement('lock_receipt_window', {
  params: { bucket: int2, expiredBy: instant, settledFrom: instant },
  row: { firstId: int8, isSettled: boolean },
  // Index receipt_windows_due.
  text: (p) => `
select w.first_id as "firstId", exists (
  select 1 from receipt_windows later where later.bucket = ${p.bucket} and later.first_id > w.first_id
    and later.created_at <= ${p.settledFrom}) as "isSettled"
from receipt_windows w
where w.bucket = ${p.bucket} and w.expires_from <= ${p.expiredBy}
order by w.expires_from limit 1
for update of w skip locked`,
});

/** Locks a slice with a message whose validity may have ended before `expiredByMs`; null if there is none. */
export function lockReceiptWindow(
  query: Query,
  bucket: number,
  expiredByMs: number,
  nowMs: number,
): Promise<Slice | null> {
  return lock.find(query, { bucket, expiredBy: expiredByMs, settledFrom: nowMs - settledAfterMs });
}

const readExpired = statement('read_expired_messages', {
  params: { bucket: int2, afterId: int8, endId: int8, expiredBy: instant, limit: int4 },
  row: { id: int8 },
  text: (p) => `
select id from messages
where bucket = ${p.bucket} and id > ${p.afterId} and id < ${p.endId} and expires_at <= ${p.expiredBy}
  and status in (${underWay})
order by id limit ${p.limit}`,
});

/** Ids of messages of a slice after `afterId` without a final status, whose validity ended by then; ascending. */
export async function readExpiredMessages(
  query: Query,
  bucket: number,
  { firstId }: Slice,
  { afterId, expiredByMs, limit }: { afterId: number; expiredByMs: number; limit: number },
): Promise<number[]> {
  const values = { bucket, afterId, endId: firstId + sliceSize, expiredBy: expiredByMs, limit };
  return (await readExpired.run(query, values)).map(({ id }) => id);
}

const readEarliest = statement('read_earliest_expiry', {
  params: { bucket: int2, firstId: int8, endId: int8 },
  row: { expiresAtMs: nullable(instant) },
  text: (p) => `
select min(expires_at) as "expiresAtMs" from messages
where bucket = ${p.bucket} and id >= ${p.firstId} and id < ${p.endId} and status in (${underWay})`,
});

/** When the first validity of a message without a final status ends in a slice; null if all have theirs. */
export async function readEarliestExpiry(
  query: Query,
  bucket: number,
  { firstId }: Slice,
): Promise<number | null> {
  const row = await readEarliest.find(query, { bucket, firstId, endId: firstId + sliceSize });
  return row!.expiresAtMs;
}

export interface Submission {
  readonly messageId: number;
  readonly connectorId: number;
  readonly submittedAtMs: number;
}

const readLastSubmissions = statement('read_submissions', {
  params: { bucket: int2, firstId: int8, lastId: int8, messageIds: list(int8) },
  row: { messageId: int8, connectorId: int4, submittedAtMs: instant },
  // By a range: the index by message knows pages only (BRIN), and is asked once. "is true" keeps the list a filter, looked
  // up by hash.
  text: (p) => `
select distinct on (message_id) message_id as "messageId", connector_id as "connectorId", at as "submittedAtMs"
from carrier_references
where bucket = ${p.bucket} and message_id >= ${p.firstId} and message_id <= ${p.lastId}
  and (message_id in (select unnest(${p.messageIds}))) is true
order by message_id, at desc`,
});

/** The last submission of each of these messages, in the order of their ids; none for those that no carrier accepted. */
export async function readSubmissions(
  query: Query,
  bucket: number,
  messageIds: readonly number[],
): Promise<Submission[]> {
  if (messageIds.length === 0) return [];
  const values = { bucket, firstId: messageIds[0]!, lastId: messageIds.at(-1)!, messageIds };
  return readLastSubmissions.run(query, values);
}

const putOff = statement('put_off_receipt_window', {
  params: { bucket: int2, firstId: int8, expiresFrom: instant },
  text: (p) => `
update receipt_windows set expires_from = ${p.expiresFrom} where bucket = ${p.bucket} and first_id = ${p.firstId}`,
});

/** No validity of a message without a final status ends in this slice before `expiresFromMs`. */
export async function putOffReceiptWindow(
  query: Query,
  bucket: number,
  { firstId }: Slice,
  expiresFromMs: number,
): Promise<void> {
  await putOff.run(query, { bucket, firstId, expiresFrom: expiresFromMs });
}

const close = statement('close_receipt_window', {
  params: { bucket: int2, firstId: int8 },
  text: (p) => `delete from receipt_windows where bucket = ${p.bucket} and first_id = ${p.firstId}`,
});

/** Every message of this slice has its final status. */
export async function closeReceiptWindow(query: Query, bucket: number, { firstId }: Slice): Promise<void> {
  await close.run(query, { bucket, firstId });
}
