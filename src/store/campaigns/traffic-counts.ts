// Counts of messages and sums of charges by quarter of an hour, which are made after the quarter: nothing that sends or receives
// messages writes here. Used by the job that counts traffic, and by the overview of an account.
import type { AccountKey } from '#domain/account/account.ts';
import { messageStatusCodes } from '#domain/base/message.ts';
import { maxChunkSize } from '#domain/base/priority-classes.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { instant, instantOf, int2, int4, int8, micros, nullable, text } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { of, type RowOf, rows, statement } from '#store/database/statement.ts';

/** Quarters from `fromMs` to before `toMs`. */
export interface QuarterRange {
  readonly fromMs: number;
  readonly toMs: number;
}

const rangeParams = { bucket: int2, from: instant, to: instant };

const findCounted = statement('find_counted_quarter', {
  params: { bucket: int2 },
  row: { atMs: nullable(instant) },
  text: (p) => `select max(at) as "atMs" from traffic_quarters where bucket = ${p.bucket}`,
});

/** The newest quarter that is counted; all before it are, up to the period that is kept. Null: none. */
export async function findNewestQuarter(query: Query, bucket: number): Promise<number | null> {
  return (await findCounted.find(query, { bucket }))!.atMs;
}

const findFirst = statement('find_first_acceptance', {
  params: { bucket: int2, from: instant },
  row: { atMs: nullable(instant) },
  // Once in the life of a database, until a quarter is counted. Index campaigns_by_time.
  text: (p) => `
select min(created_at) as "atMs" from campaigns where bucket = ${p.bucket} and created_at >= ${p.from}`,
});

/** Acceptance of the first campaign since this instant; null: there is none. */
export async function findFirstAcceptance(
  query: Query,
  bucket: number,
  fromMs: number,
): Promise<number | null> {
  return (await findFirst.find(query, { bucket, from: fromMs }))!.atMs;
}

const listDue = statement('list_quarters_to_count_again', {
  params: { bucket: int2, now: instant, limit: int4 },
  row: { atMs: instant },
  // Index traffic_quarters_due.
  text: (p) => `
select at as "atMs" from traffic_quarters
where bucket = ${p.bucket} and count_again_at <= ${p.now} order by count_again_at limit ${p.limit}`,
});

export async function listQuartersToCountAgain(
  query: Query,
  bucket: number,
  nowMs: number,
  limit: number,
): Promise<number[]> {
  return (await listDue.run(query, { bucket, now: nowMs, limit })).map(({ atMs }) => atMs);
}

const deleteCounts = statement('delete_traffic_counts', {
  params: rangeParams,
  text: (p) => `delete from traffic_counts where bucket = ${p.bucket} and at >= ${p.from} and at < ${p.to}`,
});

const openRow = {
  atMs: instant,
  waiting: int8,
  submitted: int8,
  lastDueMs: nullable(instant),
  nextDueMs: nullable(instant),
};

const insertCounts = statement('insert_traffic_counts', {
  params: { ...rangeParams, now: instant },
  row: openRow,
  // Indexes campaigns_by_time and the primary key of messages. An accepted message without a chunk was submitted to a carrier.
  text: (p) => `
with counted as materialized (
  select c.account_id, date_bin('15 minutes', c.created_at, '2000-01-01 00:00:00+00') as at, m.country,
    case when m.status = ${messageStatusCodes.accepted} and not exists (
      select from chunks k where k.bucket = ${p.bucket} and k.id <= m.id and k.id > m.id - ${maxChunkSize}
        and m.id < k.id + k.message_count) then ${messageStatusCodes.submitted} else m.status end as status,
    coalesce(m.error, '') as error, count(*)::integer as messages,
    max(m.due_at) filter (where m.due_at <= ${p.now}) as last_due,
    min(m.due_at) filter (where m.due_at > ${p.now}) as next_due
  from campaigns c
  cross join lateral (
    select m.id, m.country, m.status, m.error, m.due_at from messages m
    where m.bucket = ${p.bucket} and m.id >= c.first_message_id and m.id < c.first_message_id + c.message_count offset 0
  ) m
  where c.bucket = ${p.bucket} and c.created_at >= ${p.from} and c.created_at < ${p.to}
  group by 1, 2, 3, 4, 5
), inserted as (
  insert into traffic_counts (bucket, account_id, at, country, status, error, messages)
  select ${p.bucket}, n.account_id, n.at, n.country, n.status, n.error, n.messages from counted n
)
select n.at as "atMs",
  coalesce(sum(n.messages) filter (where n.status = ${messageStatusCodes.accepted}), 0)::bigint as waiting,
  coalesce(sum(n.messages) filter (where n.status = ${messageStatusCodes.submitted}), 0)::bigint as submitted,
  max(n.last_due) filter (where n.status in (${messageStatusCodes.accepted}, ${messageStatusCodes.submitted})) as "lastDueMs",
  min(n.next_due) filter (where n.status in (${messageStatusCodes.accepted}, ${messageStatusCodes.submitted})) as "nextDueMs"
from counted n group by n.at`,
});

/** Replaces the counts of these quarters. Returns the messages without a final status, of quarters that have messages. */
export async function replaceTrafficCounts(
  query: Query,
  bucket: number,
  { fromMs: from, toMs: to }: QuarterRange,
  nowMs: number,
): Promise<RowOf<typeof openRow>[]> {
  await deleteCounts.run(query, { bucket, from, to });
  return insertCounts.run(query, { bucket, from, to, now: nowMs });
}

const deleteCharges = statement('delete_traffic_charges', {
  params: rangeParams,
  text: (p) => `delete from traffic_charges where bucket = ${p.bucket} and at >= ${p.from} and at < ${p.to}`,
});

const insertCharges = statement('insert_traffic_charges', {
  params: rangeParams,
  // Index ledger_entries_by_time.
  text: (p) => `
insert into traffic_charges (bucket, account_id, at, amount_micros)
select ${p.bucket}, e.account_id, date_bin('15 minutes', e.at, '2000-01-01 00:00:00+00'), sum(e.amount_micros)::bigint
from ledger_entries e
where e.bucket = ${p.bucket} and e.kind = 'charge' and e.at >= ${p.from} and e.at < ${p.to}
group by 2, 3`,
});

export async function replaceTrafficCharges(
  query: Query,
  bucket: number,
  { fromMs: from, toMs: to }: QuarterRange,
): Promise<void> {
  await deleteCharges.run(query, { bucket, from, to });
  await insertCharges.run(query, { bucket, from, to });
}

interface CountedQuarter {
  readonly atMs: number;
  readonly countAgainAtMs: number | null;
}

const upsert = statement('upsert_traffic_quarters', {
  params: {
    bucket: int2,
    quarters: rows<CountedQuarter>({
      at: of(instant, ({ atMs }) => atMs),
      again: of(nullable(instant), ({ countAgainAtMs }) => countAgainAtMs),
    }),
  },
  text: (p) => `
insert into traffic_quarters (bucket, at, count_again_at)
select ${p.bucket}, ${instantOf('q.at')}, ${instantOf('q.again')} from ${p.quarters.as('q')}
on conflict (bucket, at) do update set count_again_at = excluded.count_again_at`,
});

export async function upsertQuarters(
  query: Query,
  bucket: number,
  quarters: readonly CountedQuarter[],
): Promise<void> {
  await upsert.run(query, { bucket, quarters });
}

const countRow = { atMs: instant, status: int2, error: nullable(text), messages: int8 };

const readCounts = statement('read_traffic_counts', {
  params: { ...accountParams, from: instant, to: instant, step: text },
  row: countRow,
  text: (p) => `
select date_bin(${p.step}::interval, at, '2000-01-01 00:00:00+00') as "atMs", status, nullif(error, '') as error,
  sum(messages)::bigint as messages
from traffic_counts
where bucket = ${p.bucket} and account_id = ${p.accountId} and at >= ${p.from} and at < ${p.to}
group by 1, 2, 3`,
});

/** By steps of the time of acceptance, of quarters that are counted. */
export function readTrafficCounts(
  query: Query,
  account: AccountKey,
  { fromMs: from, toMs: to }: QuarterRange,
  step: string,
): Promise<RowOf<typeof countRow>[]> {
  return readCounts.run(query, { ...valuesOf(account), from, to, step });
}

const sumCharges = statement('sum_traffic_charges', {
  params: { ...accountParams, from: instant, to: instant },
  row: { sum: micros },
  text: (p) => `
select coalesce(sum(amount_micros), 0)::bigint as sum from traffic_charges
where bucket = ${p.bucket} and account_id = ${p.accountId} and at >= ${p.from} and at < ${p.to}`,
});

/** Charges of quarters that are counted. */
export async function sumTrafficCharges(
  query: Query,
  account: AccountKey,
  { fromMs: from, toMs: to }: QuarterRange,
): Promise<bigint> {
  return (await sumCharges.find(query, { ...valuesOf(account), from, to }))!.sum;
}

const tables = ['traffic_counts', 'traffic_charges', 'traffic_quarters'] as const;

const deleteOld = tables.map((table) =>
  statement(`delete_old_${table}`, {
    params: { bucket: int2, before: instant },
    text: (p) => `delete from ${table} where bucket = ${p.bucket} and at < ${p.before}`,
  }),
);

/** Deletes what no figure shows any more. */
export async function deleteOldTraffic(query: Query, bucket: number, beforeMs: number): Promise<void> {
  for (const remove of deleteOld) await remove.run(query, { bucket, before: beforeMs });
}
