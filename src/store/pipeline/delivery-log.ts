// The log of attempts to push callbacks, pending callbacks, and receipts that were given up, of one account, for people. Used
// by the deliveries service.
import type { AccountKey } from '#domain/account/account.ts';
import type { DialectName } from '#domain/base/submission.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { dialectCodes } from '#store/database/codes.ts';
import {
  boolean,
  code,
  instant,
  int2,
  int4,
  int8,
  list,
  nullable,
  text,
  word,
} from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { type RowOf, statement } from '#store/database/statement.ts';

const attemptRow = {
  id: int8,
  callbackId: int8,
  attempt: int2,
  atMs: instant,
  delivered: int4,
  failed: int4,
  messageId: nullable(int8),
  httpStatus: nullable(int2),
  error: nullable(text),
  gaveUp: boolean,
  durationMs: nullable(int4),
  answer: nullable(text),
};
const columns = `a.id, a.callback_id as "callbackId", a.attempt, a.at as "atMs", cardinality(a.done_ids) as delivered,
  cardinality(a.failed_ids) as failed, coalesce(a.failed_ids[1], a.done_ids[1]) as "messageId",
  a.http_status as "httpStatus", a.error, a.gave_up as "gaveUp", a.duration_ms as "durationMs", a.answer`;
export type LoggedAttempt = RowOf<typeof attemptRow>;

type AttemptResultFilter = 'delivered' | 'failed' | 'given-up';

const listAttempts = statement('list_attempt_page', {
  params: {
    ...accountParams,
    beforeId: int8,
    result: nullable(word<AttemptResultFilter>()),
    from: nullable(instant),
    to: nullable(instant),
    messageId: nullable(int8),
    callbackId: nullable(int8),
    limit: int4,
  },
  row: attemptRow,
  text: (p) => `
select ${columns} from callback_attempts a
where a.bucket = ${p.bucket} and a.account_id = ${p.accountId} and a.id < ${p.beforeId}
  and (${p.result} is null or case ${p.result} when 'delivered' then a.error is null
    when 'given-up' then a.gave_up else a.error is not null end)
  and (${p.from} is null or a.at >= ${p.from}) and (${p.to} is null or a.at < ${p.to})
  and (${p.messageId} is null or (a.done_ids || a.failed_ids) @> array[${p.messageId}])
  and (${p.callbackId} is null or a.callback_id = ${p.callbackId})
order by a.id desc limit ${p.limit}`,
});

export interface AttemptFilter {
  readonly result: AttemptResultFilter | null;
  readonly from: number | null;
  /** Before this instant. */
  readonly to: number | null;
  readonly messageId: number | null;
  readonly callbackId: number | null;
}

/** Newest first. */
export function listAttemptPage(
  query: Query,
  account: AccountKey,
  filter: AttemptFilter,
  page: { readonly beforeId: number; readonly limit: number },
): Promise<LoggedAttempt[]> {
  return listAttempts.run(query, { ...valuesOf(account), ...filter, ...page });
}

const summarize = statement('summarize_pending_callbacks', {
  params: { ...accountParams, limit: int4 },
  row: {
    pending: int8,
    failing: int8,
    failingSinceMs: nullable(instant),
    nextAttemptAtMs: nullable(instant),
  },
  text: (p) => `
select count(*) as pending, count(*) filter (where c.attempts > 0) as failing,
  min(c.created_at) filter (where c.attempts > 0) as "failingSinceMs",
  min(c.due_at) filter (where c.attempts > 0) as "nextAttemptAtMs"
from (
  select attempts, created_at, due_at from callbacks
  where bucket = ${p.bucket} and account_id = ${p.accountId} limit ${p.limit}
) c`,
});

export type PendingSummary = RowOf<typeof summarize.row>;

/** At most `limit` are counted. */
export async function summarizePending(
  query: Query,
  account: AccountKey,
  limit: number,
): Promise<PendingSummary> {
  return (await summarize.find(query, { ...valuesOf(account), limit }))!;
}

const findPending = statement('find_pending_callback', {
  params: { ...accountParams, id: int8 },
  row: { dueAtMs: instant },
  text: (p) => `
select due_at as "dueAtMs" from callbacks
where bucket = ${p.bucket} and account_id = ${p.accountId} and id = ${p.id}`,
});

/** Time of the next attempt; null: nothing is pending. */
export async function readNextAttempt(query: Query, account: AccountKey, id: number): Promise<number | null> {
  return (await findPending.find(query, { ...valuesOf(account), id }))?.dueAtMs ?? null;
}

const messageRow = { id: int8, msisdn: int8, dialect: code(dialectCodes) };

const listMessages = statement('list_messages_to_replay', {
  params: { ...accountParams, ids: list(int8) },
  row: messageRow,
  text: (p) => `
select m.id, m.msisdn, m.dialect from messages m
where m.bucket = ${p.bucket} and m.account_id = ${p.accountId} and m.id = any(${p.ids}) and m.done_at is not null
order by m.id`,
});

export interface ReplayedMessage {
  readonly id: number;
  readonly msisdn: number;
  readonly dialect: DialectName;
}

/** Those of these messages that have a final status. */
export function listMessagesToReplay(
  query: Query,
  account: AccountKey,
  ids: readonly number[],
): Promise<ReplayedMessage[]> {
  return listMessages.run(query, { ...valuesOf(account), ids });
}

const listGivenUp = statement('list_given_up_messages', {
  params: { ...accountParams, since: instant, limit: int4 },
  row: { id: int8 },
  // Not those that arrived by a later attempt.
  text: (p) => `
select distinct f.id from callback_attempts a cross join lateral unnest(a.failed_ids) as f(id)
where a.bucket = ${p.bucket} and a.account_id = ${p.accountId} and a.gave_up and a.at >= ${p.since}
  and not exists (
    select 1 from callback_attempts d where d.bucket = ${p.bucket} and d.account_id = ${p.accountId} and d.id > a.id
      and d.done_ids @> array[f.id])
order by f.id limit ${p.limit}`,
});

/** Ids of messages whose receipts were given up since this instant. */
export async function listGivenUpMessages(
  query: Query,
  account: AccountKey,
  sinceMs: number,
  limit: number,
): Promise<number[]> {
  const found = await listGivenUp.run(query, { ...valuesOf(account), since: sinceMs, limit });
  return found.map(({ id }) => id);
}

const readAttempt = statement('read_attempt_messages', {
  params: { ...accountParams, id: int8 },
  row: { doneIds: list(int8), failedIds: list(int8) },
  text: (p) => `
select done_ids as "doneIds", failed_ids as "failedIds" from callback_attempts
where bucket = ${p.bucket} and account_id = ${p.accountId} and id = ${p.id}`,
});

/** The messages of an attempt: those that failed, else all. Null: no such attempt. */
export async function readAttemptMessages(
  query: Query,
  account: AccountKey,
  id: number,
): Promise<readonly number[] | null> {
  const found = await readAttempt.find(query, { ...valuesOf(account), id });
  return found && (found.failedIds.length > 0 ? found.failedIds : found.doneIds);
}
