// Pending callbacks: inserted with what they report, claimed and pushed by one process, then deleted, delayed or given up,
// with an entry of the delivery log for each attempt. Used by pipeline/push-callbacks.ts and by the stages that insert them.
import type { SkippedRecipient } from '#domain/acceptance/side-records.ts';
import type { RefusalReason } from '#domain/base/refusals.ts';
import type { DialectName } from '#domain/base/submission.ts';
import type { CallbackKind } from '#domain/delivery/callback.ts';
import type { EndedAttempt } from '#domain/delivery/delivery-attempt.ts';
import { dialectCodes } from '#store/database/codes.ts';
import {
  code,
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
import { ofDeadProcess, ownedRows } from '#store/database/job-table.ts';
import { inBucket, of, rows, statement } from '#store/database/statement.ts';

/** The stored kind: `mail` is a reply that goes by e-mail, `skipped` a recipient without a message. */
type CallbackRowKind = CallbackKind | 'mail' | 'skipped';

export interface PendingCallback {
  readonly bucket: number;
  readonly id: number;
  readonly accountId: number;
  readonly kind: CallbackRowKind;
  readonly dialect: DialectName;
  readonly messageIds: readonly number[] | null;
  readonly replyId: number | null;
  readonly campaignId: number | null;
  readonly msisdn: number | null;
  /** Of a skipped recipient: its number if it cannot be read, and why it was skipped. */
  readonly writtenNumber?: string | null;
  readonly reason?: string | null;
  readonly attempts: number;
  readonly createdAtMs: number;
}

export interface NewCallback {
  readonly accountId: number;
  readonly kind: CallbackRowKind;
  readonly dialect: DialectName;
  /** Of receipts. */
  readonly messageIds?: readonly number[];
  /** Of a reply, an opt-out, a mail. */
  readonly replyId?: number;
  /** Of a skipped recipient. */
  readonly campaignId?: number;
  readonly msisdn?: number;
  readonly writtenNumber?: string;
  readonly reason?: RefusalReason;
}

const enqueue = statement('insert_callbacks', {
  params: {
    bucket: int2,
    callbacks: rows<NewCallback>({
      account_id: of(int4, (c) => c.accountId),
      kind: of(word<CallbackRowKind>(), (c) => c.kind),
      dialect: of(code(dialectCodes), (c) => c.dialect),
      message_ids: of(packed(int8), (c) => c.messageIds ?? null),
      reply_id: of(int8, (c) => c.replyId ?? null),
      campaign_id: of(int8, (c) => c.campaignId ?? null),
      msisdn: of(int8, (c) => c.msisdn ?? null),
      written_number: of(text, (c) => c.writtenNumber ?? null),
      reason: of(text, (c) => c.reason ?? null),
    }),
    now: instant,
  },
  text: (p) => `
insert into callbacks (bucket, account_id, kind, dialect, message_ids, reply_id, campaign_id, msisdn, written_number,
  reason, due_at, created_at)
select ${p.bucket}, c.account_id, c.kind, c.dialect, c.message_ids::bigint[], c.reply_id, c.campaign_id, c.msisdn,
  c.written_number, c.reason, ${p.now}, ${p.now}
from ${p.callbacks.as('c')}`,
});

/** Inserts pending callbacks of one bucket, which are due at once and belong to no process. */
export async function enqueueCallbacks(
  query: Query,
  bucket: number,
  callbacks: readonly NewCallback[],
  nowMs: number,
): Promise<void> {
  await enqueue.run(query, { bucket, callbacks, now: nowMs });
}

const enqueueSkippedRecipients = statement('insert_skipped_callbacks', {
  params: {
    bucket: int2,
    skipped: rows<SkippedRecipient>({
      account_id: of(int4, (s) => s.accountId),
      campaign_id: of(int8, (s) => s.campaignId),
      msisdn: of(int8, (s) => s.msisdn),
      written_number: of(text, (s) => s.writtenNumber),
      reason: of(word<SkippedRecipient['reason']>(), (s) => s.reason),
    }),
  },
  // Reads the campaigns that this transaction inserted: one without credit is not there and reports nothing. Materialized,
  // because `callbacks` has an identity column: on Citus a worker would count ids of its own otherwise.
  text: (p) => `
with accepted as materialized (
  select c.account_id, c.id, c.dialect, c.created_at, s.msisdn, s.written_number, s.reason
  from ${p.skipped.as('s')}
  cross join lateral (
    select * from campaigns c
    where c.bucket = ${p.bucket} and c.account_id = s.account_id and c.id = s.campaign_id
    offset 0
  ) c
)
insert into callbacks (bucket, account_id, kind, dialect, campaign_id, msisdn, written_number, reason, due_at, created_at)
select ${p.bucket}, a.account_id, 'skipped', a.dialect, a.id, a.msisdn, a.written_number, a.reason, a.created_at,
  a.created_at
from accepted a`,
});

/** Of campaigns that were accepted in this transaction: each recipient without a message is reported like a receipt. */
export async function enqueueSkipped(
  query: Query,
  bucket: number,
  skipped: readonly SkippedRecipient[],
): Promise<void> {
  await enqueueSkippedRecipients.run(query, { bucket, skipped });
}

const claimedRow = {
  id: int8,
  accountId: int4,
  kind: word<CallbackRowKind>(),
  dialect: code(dialectCodes),
  messageIds: nullable(list(int8)),
  replyId: nullable(int8),
  campaignId: nullable(int8),
  msisdn: nullable(int8),
  writtenNumber: nullable(text),
  reason: nullable(text),
  attempts: int2,
  createdAtMs: instant,
} as const;

const claimedColumns = `c.id, c.account_id as "accountId", c.kind, c.dialect, c.message_ids as "messageIds", c.reply_id as "replyId",
  c.campaign_id as "campaignId", c.msisdn, c.written_number as "writtenNumber", c.reason, c.attempts,
  c.created_at as "createdAtMs"`;

const claimDue = statement('claim_callbacks', {
  params: { bucket: int2, processId: int8, now: instant, limit: int4 },
  row: claimedRow,
  // Index callbacks_waiting.
  text: (p) => `
with due as (
  select bucket, id from callbacks
  where bucket = ${p.bucket} and process_id is null and due_at <= ${p.now} and reach = 0
  order by due_at
  limit ${p.limit}
  for update skip locked
)
update callbacks c set process_id = ${p.processId}
from due where c.bucket = due.bucket and c.id = due.id and ${inBucket('c', p.bucket)}
returning ${claimedColumns}`,
});

/** Claims up to `limit` due callbacks that no process has, those due first, except those for binds. */
export async function claimDueCallbacks(
  query: Query,
  bucket: number,
  processId: number,
  nowMs: number,
  limit: number,
): Promise<PendingCallback[]> {
  const claimed = await claimDue.run(query, { bucket, processId, now: nowMs, limit });
  return claimed.map((row) => ({ bucket, ...row }));
}

const claimDueOfBinds = statement('claim_bind_callbacks', {
  params: { bucket: int2, accountIds: list(int4), processId: int8, now: instant, limit: int4 },
  row: claimedRow,
  // Index callbacks_of_binds.
  text: (p) => `
with due as (
  select bucket, id from callbacks
  where bucket = ${p.bucket} and process_id is null and due_at <= ${p.now} and reach = 1
    and account_id = any(${p.accountIds})
  order by due_at, id
  limit ${p.limit}
  for update skip locked
)
update callbacks c set process_id = ${p.processId}
from due where c.bucket = due.bucket and c.id = due.id and ${inBucket('c', p.bucket)}
returning ${claimedColumns}`,
});

/** Claims up to `limit` due callbacks for binds of these accounts, the oldest first. */
export async function claimCallbacksOfBinds(
  query: Query,
  bucket: number,
  claim: {
    readonly accountIds: readonly number[];
    readonly processId: number;
    readonly nowMs: number;
    readonly limit: number;
  },
): Promise<PendingCallback[]> {
  const { nowMs, ...values } = claim;
  const claimed = await claimDueOfBinds.run(query, { bucket, ...values, now: nowMs });
  return claimed
    .map((row) => ({ bucket, ...row }))
    .sort((a, b) => a.createdAtMs - b.createdAtMs || a.id - b.id);
}

const giveUpOfBinds = statement('give_up_bind_callbacks', {
  params: { bucket: int2, before: instant, limit: int4 },
  row: { deleted: int4 },
  text: (p) => `
delete from callbacks where bucket = ${p.bucket} and id in (
  select id from callbacks
  where bucket = ${p.bucket} and process_id is null and reach = 1 and created_at < ${p.before} limit ${p.limit}
) and process_id is null returning 1 as deleted`,
});

/** Deletes callbacks for binds that are older and that no process delivers; returns their number, `limit` at most. */
export async function giveUpCallbacksOfBinds(
  query: Query,
  bucket: number,
  beforeMs: number,
  limit: number,
): Promise<number> {
  return (await giveUpOfBinds.run(query, { bucket, before: beforeMs, limit })).length;
}

const recordEnded = statement('record_callback_attempts', {
  alsoOfOne: true,
  params: {
    bucket: int2,
    attempts: rows<EndedAttempt>({
      id: of(int8, (a) => a.id),
      account_id: of(int4, (a) => a.accountId),
      attempt: of(int2, (a) => a.attempt),
      done_ids: of(packed(int8), (a) => a.doneIds),
      failed_ids: of(packed(int8), (a) => a.failedIds),
      http_status: of(int2, (a) => a.httpStatus),
      error: of(text, (a) => a.error),
      duration_ms: of(int4, (a) => a.durationMs),
      answer: of(text, (a) => a.answer),
      due: of(instant, (a) => a.dueAtMs),
    }),
    processId: int8,
    now: instant,
  },
  // The lists are cast here: on Citus a cast inside `case` of an update is refused.
  text: (p) => `
with attempt as materialized (
  select ${p.bucket} as bucket, a.id, a.account_id, a.attempt, a.done_ids::bigint[] as done_ids,
    a.failed_ids::bigint[] as failed_ids, a.http_status, a.error, a.duration_ms, a.answer, a.due
  from ${p.attempts.as('a')}
), done as (
  delete from callbacks c using attempt a
  where c.bucket = a.bucket and c.id = a.id and ${inBucket('c', p.bucket)} and c.process_id = ${p.processId}
    and a.due is null
  returning c.id
), delayed as (
  update callbacks c set process_id = null, attempts = a.attempt, due_at = ${instantOf('a.due')},
    message_ids = case when c.message_ids is null then null else a.failed_ids end
  from attempt a
  where c.bucket = a.bucket and c.id = a.id and ${inBucket('c', p.bucket)} and c.process_id = ${p.processId}
    and a.due is not null
  returning c.id
)
insert into callback_attempts (bucket, account_id, callback_id, attempt, at, done_ids, failed_ids, http_status, error,
  duration_ms, answer, gave_up)
select ${p.bucket}, a.account_id, a.id, a.attempt, ${p.now}, a.done_ids, a.failed_ids, a.http_status, a.error,
  a.duration_ms, a.answer,
  a.due is null and a.failed_ids <> '{}'
from attempt a`,
});

/** Writes the delivery log of attempts; deletes callbacks that are done or given up, and releases the others until due. */
export async function recordAttempts(
  query: Query,
  bucket: number,
  processId: number,
  attempts: readonly EndedAttempt[],
  nowMs: number,
): Promise<void> {
  await recordEnded.run(query, { bucket, attempts, processId, now: nowMs });
}

const owned = ownedRows('callbacks');

/** Releases callbacks of this process without an attempt: any process can claim them from `dueAtMs`. */
export const releaseCallbacks = owned.release;

const listOwned = statement('list_callbacks_of_process', {
  params: { bucket: int2, processId: int8, reach: int2 },
  row: { id: int8 },
  text: (p) => `
select id from callbacks where bucket = ${p.bucket} and process_id = ${p.processId} and reach = ${p.reach} order by id`,
});

/** Ids of the callbacks that belong to this process; those for binds if `isForBinds`. */
export async function listOwnedCallbacks(
  query: Query,
  bucket: number,
  processId: number,
  isForBinds: boolean,
): Promise<number[]> {
  const rowsFound = await listOwned.run(query, { bucket, processId, reach: isForBinds ? 1 : 0 });
  return rowsFound.map(({ id }) => id);
}

const releaseOfDead = statement('release_callbacks_of_dead_processes', {
  params: { bucket: int2 },
  text: (p) =>
    `update callbacks c set process_id = null where c.bucket = ${p.bucket} and ${ofDeadProcess('c')}`,
});

/** Releases the callbacks of processes that have ended. */
export async function releaseCallbacksOfDeadProcesses(query: Query, bucket: number): Promise<void> {
  await releaseOfDead.run(query, { bucket });
}
