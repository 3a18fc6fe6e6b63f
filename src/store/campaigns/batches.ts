// Batches: stored, sent by a job, followed until they are finished. Used by the batches service and its job. A step is one
// statement on one row: of several processes that try the same step, one succeeds.
import type { AccountKey } from '#domain/account/account.ts';
import type { Batch, BatchError, BatchOrder, BatchStatus } from '#domain/campaign/batch.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import {
  boolean,
  instant,
  int4,
  int8,
  json,
  list,
  micros,
  nullable,
  text,
  uuid,
  word,
} from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { jobTable } from '#store/database/job-table.ts';
import { statement } from '#store/database/statement.ts';

const batchRow = {
  id: uuid,
  name: text,
  order: json<BatchOrder>(),
  receivers: nullable(list(text)),
  slotId: nullable(int4),
  status: word<BatchStatus>(),
  totalRecords: int4,
  processedRecords: int4,
  estimatedMicros: micros,
  errors: json<readonly BatchError[]>(),
  campaignId: int8,
  dueAtMs: nullable(instant),
  createdAtMs: instant,
  updatedAtMs: instant,
  startedAtMs: nullable(instant),
  finishedAtMs: nullable(instant),
};

const columnsOf = (
  receivers: string,
) => `j.id, j.name, j.order_details as "order", ${receivers}, j.slot_id as "slotId",
  j.status, j.total_records as "totalRecords", j.processed_records as "processedRecords",
  j.estimated_micros as "estimatedMicros", j.errors, j.campaign_id as "campaignId", j.due_at as "dueAtMs",
  j.created_at as "createdAtMs", j.updated_at as "updatedAtMs", j.started_at as "startedAtMs",
  j.finished_at as "finishedAtMs"`;
const columns = columnsOf('j.receivers');

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

const insert = statement('insert_batch', {
  params: {
    ...accountParams,
    id: uuid,
    name: text,
    order: json<BatchOrder>(),
    receivers: nullable(list(text)),
    slotId: nullable(int4),
    totalRecords: int4,
    estimatedMicros: micros,
    campaignId: int8,
    now: instant,
  },
  row: batchRow,
  text: (p) => `
insert into batches as j (bucket, account_id, id, name, order_details, receivers, slot_id, status, total_records,
  estimated_micros, campaign_id, created_at, updated_at, look_at)
values (${p.bucket}, ${p.accountId}, ${p.id}, ${p.name}, ${p.order}, ${p.receivers}, ${p.slotId}, 'pending',
  ${p.totalRecords}, ${p.estimatedMicros}, ${p.campaignId}, ${p.now}, ${p.now}, ${p.now})
returning ${columns}`,
});

export async function insertBatch(
  query: Query,
  account: AccountKey,
  batch: NewBatch,
  nowMs: number,
): Promise<Batch> {
  return (await insert.find(query, { ...valuesOf(account), ...batch, now: nowMs }))!;
}

const key = { ...accountParams, id: uuid };

const read = statement('read_batch', {
  params: key,
  row: batchRow,
  text: (p) => `
select ${columns} from batches j where j.bucket = ${p.bucket} and j.account_id = ${p.accountId} and j.id = ${p.id}`,
});

export function readBatch(query: Query, account: AccountKey, id: string): Promise<Batch | null> {
  return read.find(query, { ...valuesOf(account), id });
}

const listNewest = statement('list_batches', {
  params: { ...accountParams, limit: int4, maxReceivers: int4 },
  row: batchRow,
  // Index batches_by_age.
  text: (p) => `
select ${columnsOf(`case when j.total_records <= ${p.maxReceivers} then j.receivers end as receivers`)}
from batches j where j.bucket = ${p.bucket} and j.account_id = ${p.accountId}
order by j.created_at desc, j.id limit ${p.limit}`,
});

/** Newest first. The receivers of a batch with more than `maxReceivers` records are null. */
export function listBatches(
  query: Query,
  account: AccountKey,
  limits: { readonly limit: number; readonly maxReceivers: number },
): Promise<Batch[]> {
  return listNewest.run(query, { ...valuesOf(account), ...limits });
}

// Index batches_open.
const jobs = jobTable({
  table: 'batches',
  key: ['id', uuid],
  order: 'look_at',
  claim: {
    row: { accountId: int4, ...batchRow },
    columns: `j.account_id as "accountId", ${columns}`,
  },
});

/**
 * Claims the next batch whose step is due. `held` are the ids that this process works on: another row of this process is a
 * lost claim and is claimed again.
 */
export async function claimBatch(
  query: Query,
  bucket: number,
  processId: number,
  held: readonly string[],
  nowMs: number,
): Promise<{ readonly accountId: number; readonly batch: Batch } | null> {
  const [row] = await jobs.claim(query, bucket, { processId, nowMs, limit: 1, held });
  if (row === undefined) return null;
  const { accountId, ...batch } = row;
  return { accountId, batch };
}

/** Releases a batch unchanged, if it still belongs to this process. */
export async function releaseBatch(
  query: Query,
  account: AccountKey,
  id: string,
  processId: number,
  lookAtMs: number,
): Promise<void> {
  await jobs.release(query, account, id, processId, lookAtMs);
}

/** A change of the status, with other fields; an absent field stays. */
export interface BatchStep {
  readonly from: readonly BatchStatus[];
  readonly to: BatchStatus;
  readonly nowMs: number;
  /** The process that must have claimed the batch. Absent: any process, or none. */
  readonly claimedBy?: number;
  /** The claim after the step: a process or null for none, and the time of the next step or null for never. */
  readonly claim?: { readonly processId: number | null; readonly lookAtMs: number | null };
  readonly processedRecords?: number;
  readonly estimatedMicros?: bigint;
  readonly errors?: readonly BatchError[];
  readonly dueAtMs?: number | null;
}

const step = statement('step_batch', {
  params: {
    ...key,
    from: list(word<BatchStatus>()),
    to: word<BatchStatus>(),
    now: instant,
    claimedBy: nullable(int8),
    changesClaim: boolean,
    processId: nullable(int8),
    lookAt: nullable(instant),
    processedRecords: nullable(int4),
    estimatedMicros: nullable(micros),
    errors: nullable(json<readonly BatchError[]>()),
    dueAt: nullable(instant),
  },
  row: batchRow,
  text: (p) => `
update batches j set status = ${p.to}, updated_at = case when status = ${p.to} then updated_at else ${p.now} end,
  look_at = case when ${p.changesClaim} then ${p.lookAt} else look_at end,
  process_id = case when ${p.changesClaim} then ${p.processId} else process_id end,
  processed_records = coalesce(${p.processedRecords}, processed_records),
  estimated_micros = coalesce(${p.estimatedMicros}, estimated_micros),
  errors = coalesce(${p.errors}, errors), due_at = coalesce(${p.dueAt}, due_at),
  started_at = coalesce(started_at, case when ${p.to} = 'inserting' then ${p.now} end),
  finished_at = case when ${p.to} in ('completed', 'failed', 'canceled') then ${p.now} end
where j.bucket = ${p.bucket} and j.account_id = ${p.accountId} and j.id = ${p.id} and j.status = any(${p.from})
  and (${p.claimedBy} is null or j.process_id = ${p.claimedBy})
returning ${columns}`,
});

/** The batch after the step. Null if it was in none of the states `from`, or `claimedBy` had not claimed it. */
export function stepBatch(
  query: Query,
  account: AccountKey,
  id: string,
  { from, to, nowMs, claim, ...fields }: BatchStep,
): Promise<Batch | null> {
  const { claimedBy = null, processedRecords = null, estimatedMicros = null, errors = null } = fields;
  const { processId = null, lookAtMs: lookAt = null } = claim ?? {};
  const claimChange = { changesClaim: claim !== undefined, processId, lookAt };
  return step.find(query, {
    ...{ ...valuesOf(account), id, from, to, now: nowMs, claimedBy, ...claimChange },
    ...{ processedRecords, estimatedMicros, errors, dueAt: fields.dueAtMs ?? null },
  });
}

const rename = statement('rename_batch', {
  params: { ...key, name: text, now: instant },
  row: batchRow,
  text: (p) => `
update batches j set name = ${p.name}, updated_at = ${p.now}
where j.bucket = ${p.bucket} and j.account_id = ${p.accountId} and j.id = ${p.id} returning ${columns}`,
});

/** Null if there is no such batch. */
export function renameBatch(
  query: Query,
  account: AccountKey,
  id: string,
  name: string,
  nowMs: number,
): Promise<Batch | null> {
  return rename.find(query, { ...valuesOf(account), id, name, now: nowMs });
}

const remove = statement('delete_batch', {
  params: { ...key, from: list(word<BatchStatus>()) },
  row: { id: uuid },
  text: (p) => `
delete from batches where bucket = ${p.bucket} and account_id = ${p.accountId} and id = ${p.id}
  and status = any(${p.from}) returning id`,
});

/** False if it is in none of these states. */
export async function deleteBatch(
  query: Query,
  account: AccountKey,
  id: string,
  from: readonly BatchStatus[],
): Promise<boolean> {
  return (await remove.find(query, { ...valuesOf(account), id, from })) !== null;
}
