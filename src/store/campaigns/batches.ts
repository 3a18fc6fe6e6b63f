// Batches on their way. Each step is one statement on one row, so that of several who try the same step one succeeds; what a
// process does to one in its hands, it does only while the batch is still its own.

import { messageStatusCodes } from '#domain/base/message.ts';
import { maxChunkSize } from '#domain/base/priority-classes.ts';
import type { Batch, BatchError, BatchOrder, BatchStatistics, BatchStatus } from '#domain/campaign/batch.ts';
import { type Query, type Statement, texts } from '#store/database/database.ts';

export interface Owner {
  readonly bucket: number;
  readonly id: number;
}

interface BatchRow extends Omit<Batch, 'estimatedMicros'> {
  readonly accountId: number;
  readonly estimated: number;
}

const columns = `b.account_id as "accountId", b.id, b.name, b.order_details as "order", b.receivers, b.slot_id as "slotId", b.status, b.total_records as "totalRecords", b.processed_records as "processedRecords",
  b.estimated_micros as estimated, b.errors, b.campaign_id as "campaignId", b.due_at as "dueAtMs",
  b.created_at as "createdAtMs", b.updated_at as "updatedAtMs", b.started_at as "startedAtMs",
  b.finished_at as "finishedAtMs"`;

function readRow({ estimated, accountId: _, ...batch }: BatchRow): Batch {
  return { ...batch, estimatedMicros: BigInt(estimated) };
}

export interface NewBatch {
  readonly id: string;
  readonly name: string;
  readonly order: BatchOrder;
  readonly receivers: readonly string[] | null;
  readonly slotId: number | null;
  readonly totalRecords: number;
  readonly estimatedMicros: bigint;
  readonly campaignId: number;
}

export async function insertBatch(
  query: Query,
  owner: Owner,
  batch: NewBatch,
  nowMs: number,
): Promise<Batch> {
  const [row] = await query<BatchRow>(
    `insert into batches as b (bucket, account_id, id, name, order_details, receivers, slot_id, status,
       total_records, estimated_micros, campaign_id, created_at, updated_at, look_at)
     select $1, $2, $3, $4, $5::jsonb, $6::text[], $7, 'pending', $8, $9, $10, t, t, t
     from to_timestamp($11::float8 / 1000) as t
     returning ${columns}`,
    [
      ...[owner.bucket, owner.id, batch.id, batch.name, JSON.stringify(batch.order)],
      ...[batch.receivers === null ? null : texts(batch.receivers), batch.slotId],
      ...[batch.totalRecords, batch.estimatedMicros, batch.campaignId, nowMs],
    ],
  );
  return readRow(row!);
}

export async function readBatch(query: Query, owner: Owner, id: string): Promise<Batch | null> {
  const [row] = await query<BatchRow>(
    `select ${columns} from batches b where b.bucket = $1 and b.account_id = $2 and b.id = $3`,
    [owner.bucket, owner.id, id],
  );
  return row === undefined ? null : readRow(row);
}

/** Newest first; of many receivers none is told. */
export async function listBatches(
  query: Query,
  owner: Owner,
  { limit, mostReceivers }: { readonly limit: number; readonly mostReceivers: number },
): Promise<Batch[]> {
  const rows = await query<BatchRow>(
    `select ${columns.replace('b.receivers', 'case when b.total_records <= $4 then b.receivers end as receivers')}
     from batches b where b.bucket = $1 and b.account_id = $2 order by b.created_at desc, b.id limit $3`,
    [owner.bucket, owner.id, limit, mostReceivers],
  );
  return rows.map(readRow);
}

const claimStatement: Statement = {
  name: 'claim_batch',
  // Index batches_open.
  text: `
with open as (
  select bucket, account_id, id from batches
  where bucket = $1 and look_at <= to_timestamp($2::float8 / 1000)
    and (process_id is null or (process_id = $3 and not (id = any($4::uuid[]))))
  order by look_at limit 1
  for update skip locked
)
update batches b set process_id = $3
from open o where b.bucket = o.bucket and b.account_id = o.account_id and b.id = o.id
returning ${columns}`,
};

/** One that is to be looked at, for this process alone. What is its own already is taken again when it is not `held`. */
export async function claimBatch(
  query: Query,
  bucket: number,
  process: number,
  held: readonly string[],
  nowMs: number,
): Promise<{ readonly accountId: number; readonly batch: Batch } | null> {
  const [row] = await query<BatchRow>(claimStatement, [bucket, nowMs, process, texts(held)]);
  return row === undefined ? null : { accountId: row.accountId, batch: readRow(row) };
}

/** Given back as it is, when it is still this process's. */
export async function releaseBatch(
  query: Query,
  { bucket, id: accountId }: Owner,
  id: string,
  process: number,
  lookAtMs: number,
): Promise<void> {
  await query(
    `update batches set process_id = null, look_at = to_timestamp($5::float8 / 1000)
     where bucket = $1 and account_id = $2 and id = $3 and process_id = $4`,
    [bucket, accountId, id, process, lookAtMs],
  );
}

/** What a step changes beside the status; what is not named stays. */
export interface BatchStep {
  readonly from: readonly BatchStatus[];
  readonly to: BatchStatus;
  readonly nowMs: number;
  /** The process whose it must be; absent: whosever it is. */
  readonly ownedBy?: number;
  /** Whose it is from then on; null for nobody's. */
  readonly owner?: number | null;
  /** When it is looked at again; null for never, absent for when it was before. */
  readonly lookAtMs?: number | null;
  readonly processedRecords?: number;
  readonly estimatedMicros?: bigint;
  readonly errors?: readonly BatchError[];
  readonly dueAtMs?: number | null;
}

const stepStatement: Statement = {
  name: 'step_batch',
  text: `
update batches b set status = $5, updated_at = case when status = $5 then updated_at else t end,
  look_at = case when $12 then look_at else to_timestamp($7::float8 / 1000) end,
  process_id = case when $14 then process_id else $15 end,
  processed_records = coalesce($8, processed_records), estimated_micros = coalesce($9, estimated_micros),
  errors = coalesce($10::jsonb, errors), due_at = coalesce(to_timestamp($11::float8 / 1000), due_at),
  started_at = coalesce(started_at, case when $5 = 'inserting' then t end),
  finished_at = case when $5 in ('completed', 'failed', 'canceled') then t end
from to_timestamp($6::float8 / 1000) as t
where b.bucket = $1 and b.account_id = $2 and b.id = $3 and b.status = any($4::text[])
  and ($13::bigint is null or b.process_id = $13)
returning ${columns}`,
};

/** The batch after the step; null when it was in none of these states any more, or another's. */
export async function stepBatch(
  query: Query,
  owner: Owner,
  id: string,
  step: BatchStep,
): Promise<Batch | null> {
  const { from, to, nowMs, lookAtMs, processedRecords, estimatedMicros, errors, dueAtMs } = step;
  const { ownedBy, owner: newOwner } = step;
  const [row] = await query<BatchRow>(stepStatement, [
    ...[owner.bucket, owner.id, id, texts(from), to, nowMs, lookAtMs ?? null],
    ...[processedRecords ?? null, estimatedMicros ?? null],
    ...[errors === undefined ? null : JSON.stringify(errors), dueAtMs ?? null],
    ...[lookAtMs === undefined, ownedBy ?? null, newOwner === undefined, newOwner ?? null],
  ]);
  return row === undefined ? null : readRow(row);
}

export async function renameBatch(
  query: Query,
  owner: Owner,
  id: string,
  name: string,
  nowMs: number,
): Promise<Batch | null> {
  const [row] = await query<BatchRow>(
    `update batches b set name = $4, updated_at = to_timestamp($5::float8 / 1000)
     where b.bucket = $1 and b.account_id = $2 and b.id = $3 returning ${columns}`,
    [owner.bucket, owner.id, id, name, nowMs],
  );
  return row === undefined ? null : readRow(row);
}

/** False when it is in none of these states. */
export async function deleteBatch(
  query: Query,
  owner: Owner,
  id: string,
  from: readonly BatchStatus[],
): Promise<boolean> {
  const rows = await query(
    `delete from batches where bucket = $1 and account_id = $2 and id = $3 and status = any($4::text[]) returning 1`,
    [owner.bucket, owner.id, id, texts(from)],
  );
  return rows.length > 0;
}

/** A campaign that a batch became. */
export interface BatchCampaign {
  readonly id: number;
  readonly dueAtMs: number;
  readonly costMicros: number;
  readonly failures: readonly { readonly number: string; readonly reason: string }[] | null;
}

/** In the order of their ids. */
export function listBatchCampaigns(query: Query, owner: Owner, id: string): Promise<BatchCampaign[]> {
  return query<BatchCampaign>(
    `select id, due_at as "dueAtMs", cost_micros as "costMicros", failures from campaigns
     where bucket = $1 and account_id = $2 and batch_id = $3 order by id`,
    [owner.bucket, owner.id, id],
  );
}

const waitingStatement: Statement = {
  name: 'next_of_batch',
  // A chunk of the campaign begins at most a chunk's size before it.
  text: `
select min(least(k.due_at, to_timestamp($4::float8 / 1000))) as "nextMs"
from campaigns c cross join lateral (
  select due_at from chunks k
  where k.bucket = c.bucket and k.id > c.first_message_id - ${maxChunkSize}
    and k.id < c.first_message_id + c.message_count and k.id + k.message_count > c.first_message_id
  offset 0
) k
where c.bucket = $1 and c.account_id = $2 and c.batch_id = $3`,
};

/** When the next of its messages is due, at most `untilMs`; null when none waits. */
export async function findNextOfBatch(
  query: Query,
  owner: Owner,
  id: string,
  untilMs: number,
): Promise<number | null> {
  const [row] = await query<{ nextMs: number | null }>(waitingStatement, [
    owner.bucket,
    owner.id,
    id,
    untilMs,
  ]);
  return row!.nextMs;
}

const { accepted, submitted, delivered, undelivered, expired, rejected, cancelled, unknown } =
  messageStatusCodes;

const countStatement: Statement = {
  name: 'count_batch',
  // Without an end and in no chunk, a carrier has it. What no carrier took, or was called off, is not charged.
  text: `
with counted as (
  select m.status, m.error, m.cost_micros, k.waits is not null as waits,
    m.status in (${submitted}, ${delivered}, ${undelivered}, ${unknown}) or m.submitted_at is not null
      or (m.status = ${accepted} and k.waits is null) as was_taken
  from campaigns c cross join lateral (
    select * from messages m
    where m.bucket = c.bucket and m.id >= c.first_message_id and m.id < c.first_message_id + c.message_count
    offset 0
  ) m left join lateral (
    select true as waits from chunks k
    where m.status = ${accepted} and k.bucket = m.bucket and k.id <= m.id and k.id > m.id - ${maxChunkSize}
      and m.id < k.id + k.message_count
    limit 1
  ) k on true
  where c.bucket = $1 and c.account_id = $2 and c.batch_id = $3
)
select count(*) filter (where waits) as pending, count(*) filter (where was_taken) as sent,
  count(*) filter (where status = ${delivered}) as delivered,
  count(*) filter (where status in (${undelivered}, ${expired}, ${rejected}, ${unknown})
    or (status = ${cancelled} and error is not null)) as failed,
  coalesce(sum(cost_micros) filter (where waits or was_taken), 0)::bigint as cost
from counted`,
};

export async function countBatch(
  query: Query,
  owner: Owner,
  id: string,
): Promise<Omit<BatchStatistics, 'stopped'>> {
  const [row] = await query<Record<'pending' | 'sent' | 'delivered' | 'failed' | 'cost', number>>(
    countStatement,
    [owner.bucket, owner.id, id],
  );
  const { cost, ...counts } = row!;
  return { ...counts, costMicros: BigInt(cost) };
}
