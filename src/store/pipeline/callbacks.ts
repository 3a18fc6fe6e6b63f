// What we owe customers: claimed, pushed, and then deleted, put off or given up, with the delivery log.

import type { SkippedRecipient } from '#domain/acceptance/side-records.ts';
import type { DialectName } from '#domain/base/submission.ts';
import type { CallbackKind } from '#domain/delivery/callback.ts';
import type { EndedAttempt } from '#domain/delivery/delivery-attempt.ts';
import { dialectCodes } from '#store/database/codes.ts';
import { numbers, type Query, type Statement, texts } from '#store/database/database.ts';

/** How it is owed: a mail is a reply on another way, what is skipped is told like a receipt. */
export type OwedKind = CallbackKind | 'mail' | 'skipped';

export interface PendingCallback {
  readonly bucket: number;
  readonly id: number;
  readonly accountId: number;
  readonly kind: OwedKind;
  readonly dialect: DialectName;
  readonly messageIds: readonly number[] | null;
  readonly replyId: number | null;
  readonly campaignId: number | null;
  readonly msisdn: number | null;
  /** Of a recipient who was skipped: its number when that cannot be read, and why it was skipped. */
  readonly writtenNumber?: string | null;
  readonly reason?: string | null;
  readonly attempts: number;
  readonly createdAtMs: number;
}

const claimStatement: Statement = {
  name: 'claim_callbacks',
  // Index callbacks_waiting.
  text: `
with due as (
  select bucket, id from callbacks
  where bucket = $1 and owner is null and due_at <= to_timestamp($3::float8 / 1000)
  order by due_at
  limit $4
  for update skip locked
)
update callbacks c set owner = $2
from due where c.bucket = due.bucket and c.id = due.id
returning c.id, c.account_id, c.kind, c.dialect, c.message_ids, c.reply_id, c.campaign_id, c.msisdn, c.written_number,
  c.reason, c.attempts, c.created_at`,
};

export async function claimDueCallbacks(
  query: Query,
  bucket: number,
  owner: number,
  nowMs: number,
  limit: number,
): Promise<PendingCallback[]> {
  const rows = await query<Record<string, never>>(claimStatement, [bucket, owner, nowMs, limit]);
  return rows.map((row) => ({
    bucket,
    id: row['id']!,
    accountId: row['account_id']!,
    kind: row['kind']!,
    dialect: dialectCodes.name(row['dialect']!),
    messageIds: row['message_ids']!,
    replyId: row['reply_id']!,
    campaignId: row['campaign_id']!,
    msisdn: row['msisdn']!,
    writtenNumber: row['written_number']!,
    reason: row['reason']!,
    attempts: row['attempts']!,
    createdAtMs: row['created_at']!,
  }));
}

const recordStatement: Statement = {
  name: 'record_callback_rounds',
  text: `
with round as materialized (
  select $1::smallint as bucket, r.* from unnest($2::bigint[], $3::int[], $4::smallint[], $5::text[], $6::text[], $7::smallint[], $8::text[],
    $9::float8[]) as r(id, account_id, attempt, done_ids, failed_ids, http_status, error, due)
), done as (
  delete from callbacks c using round r
  where c.bucket = r.bucket and c.id = r.id and c.owner = $10 and r.due is null
  returning c.id
), put_off as (
  update callbacks c set owner = null, attempts = r.attempt, due_at = to_timestamp(r.due / 1000),
    message_ids = case when c.message_ids is null then null else r.failed_ids::bigint[] end
  from round r where c.bucket = r.bucket and c.id = r.id and c.owner = $10 and r.due is not null
  returning c.id
)
insert into callback_attempts (bucket, account_id, callback_id, attempt, at, done_ids, failed_ids, http_status,
  error, gave_up)
select $1, r.account_id, r.id, r.attempt, to_timestamp($11::float8 / 1000), r.done_ids::bigint[],
  r.failed_ids::bigint[], r.http_status, r.error, r.due is null and r.failed_ids <> '{}'
from round r`,
};

/** Writes the delivery log of finished rounds; what is done or given up is owed no more, the rest is put off. */
export async function recordRounds(
  query: Query,
  bucket: number,
  owner: number,
  rounds: readonly EndedAttempt[],
  nowMs: number,
): Promise<void> {
  await query(recordStatement, [
    bucket,
    numbers(rounds.map((r) => r.id)),
    numbers(rounds.map((r) => r.accountId)),
    numbers(rounds.map((r) => r.attempt)),
    texts(rounds.map((r) => numbers(r.doneIds))),
    texts(rounds.map((r) => numbers(r.failedIds))),
    numbers(rounds.map((r) => r.httpStatus)),
    texts(rounds.map((r) => r.error)),
    numbers(rounds.map((r) => r.dueAtMs)),
    owner,
    nowMs,
  ]);
}

const releaseStatement: Statement = {
  name: 'release_callbacks',
  text: `
update callbacks set owner = null, due_at = to_timestamp($4::float8 / 1000)
where bucket = $1 and id = any($2::bigint[]) and owner = $3`,
};

/** Gives rows back untried, to be claimed by anybody from `dueAtMs` on. */
export async function releaseCallbacks(
  query: Query,
  bucket: number,
  owner: number,
  ids: readonly number[],
  dueAtMs: number,
): Promise<void> {
  await query(releaseStatement, [bucket, numbers(ids), owner, dueAtMs]);
}

/** The rows that this process owns by the table. */
export async function listOwnedCallbacks(query: Query, bucket: number, owner: number): Promise<number[]> {
  const rows = await query<{ id: number }>('select id from callbacks where bucket = $1 and owner = $2', [
    bucket,
    owner,
  ]);
  return rows.map((row) => row.id);
}

/** Frees the rows of processes that have ended, as the statement itself finds them. */
export async function releaseCallbacksOfDeadProcesses(query: Query, bucket: number): Promise<void> {
  await query(
    `update callbacks set owner = null
     where bucket = $1 and owner is not null and owner not in (select id from processes where ended_at is null)`,
    [bucket],
  );
}

export interface NewCallback {
  readonly accountId: number;
  readonly kind: OwedKind;
  readonly dialect: DialectName;
  /** Of receipts. */
  readonly messageIds?: readonly number[];
  /** Of a reply, an opt-out, a mail. */
  readonly replyId?: number;
  /** Of a recipient who was skipped. */
  readonly campaignId?: number;
  readonly msisdn?: number;
}

/** Owes callbacks of one bucket from the commit on; they are claimed like those that are due again. */
export async function enqueueCallbacks(
  query: Query,
  bucket: number,
  owed: readonly NewCallback[],
  nowMs: number,
): Promise<void> {
  await query(
    `insert into callbacks (bucket, account_id, kind, dialect, message_ids, reply_id, campaign_id, msisdn, due_at,
       created_at)
     select $1, o.account_id, o.kind, o.dialect, o.message_ids::bigint[], o.reply_id, o.campaign_id, o.msisdn,
       to_timestamp($9::float8 / 1000), to_timestamp($9::float8 / 1000)
     from unnest($2::int[], $3::text[], $4::smallint[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[])
       as o(account_id, kind, dialect, message_ids, reply_id, campaign_id, msisdn)`,
    [
      bucket,
      numbers(owed.map((o) => o.accountId)),
      texts(owed.map((o) => o.kind)),
      numbers(owed.map((o) => dialectCodes.code(o.dialect))),
      texts(owed.map((o) => (o.messageIds ? numbers(o.messageIds) : null))),
      numbers(owed.map((o) => o.replyId ?? null)),
      numbers(owed.map((o) => o.campaignId ?? null)),
      numbers(owed.map((o) => o.msisdn ?? null)),
      nowMs,
    ],
  );
}

const enqueueSkippedStatement: Statement = {
  name: 'owe_skipped',
  // Joined with what the accepting statement wrote: a campaign that was not paid for owes nothing.
  text: `
insert into callbacks (bucket, account_id, kind, dialect, campaign_id, msisdn, written_number, reason, due_at,
  created_at)
select c.bucket, c.account_id, 'skipped', c.dialect, c.id, s.msisdn, s.written_number, s.reason, c.created_at,
  c.created_at
from (select $1::smallint as bucket, s.* from unnest($2::int[], $3::bigint[], $4::bigint[], $5::text[], $6::text[])
  as s(account_id, campaign_id, msisdn, written_number, reason)) s
cross join lateral (
  select * from campaigns c where c.bucket = s.bucket and c.account_id = s.account_id and c.id = s.campaign_id
  offset 0
) c`,
};

/** Recipients of campaigns accepted in this transaction who got no message: their customer is told like of an end. */
export async function enqueueSkipped(
  query: Query,
  bucket: number,
  skipped: readonly SkippedRecipient[],
): Promise<void> {
  await query(enqueueSkippedStatement, [
    bucket,
    numbers(skipped.map((s) => s.accountId)),
    numbers(skipped.map((s) => s.campaignId)),
    numbers(skipped.map((s) => s.msisdn)),
    texts(skipped.map((s) => s.writtenNumber)),
    texts(skipped.map((s) => s.reason)),
  ]);
}
