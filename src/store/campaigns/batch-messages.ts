// Campaigns and messages of a batch: its campaigns, its next due time and its counts. Used by the batches service and its
// job. Messages are found by the ranges of ids of the campaigns, because they have no index by batch.
import type { AccountKey } from '#domain/account/account.ts';
import { messageStatusCodes } from '#domain/base/message.ts';
import { maxChunkSize } from '#domain/base/priority-classes.ts';
import type { BatchStatistics } from '#domain/campaign/batch.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { instant, int8, json, micros, nullable, uuid } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

const batchParams = { ...accountParams, batchId: uuid };

export interface BatchCampaign {
  readonly id: number;
  readonly dueAtMs: number;
  readonly costMicros: bigint;
  readonly failures: readonly { readonly number: string; readonly reason: string }[] | null;
}

const listOfBatch = statement('list_batch_campaigns', {
  params: batchParams,
  row: {
    id: int8,
    dueAtMs: instant,
    costMicros: micros,
    failures: nullable(json<readonly { readonly number: string; readonly reason: string }[]>()),
  },
  // Index campaigns_by_batch.
  text: (p) => `
select id, due_at as "dueAtMs", cost_micros as "costMicros", failures from campaigns
where bucket = ${p.bucket} and account_id = ${p.accountId} and batch_id = ${p.batchId} order by id`,
});

/** The campaigns of the batch, by id. */
export function listBatchCampaigns(
  query: Query,
  account: AccountKey,
  batchId: string,
): Promise<BatchCampaign[]> {
  return listOfBatch.run(query, { ...valuesOf(account), batchId });
}

const findNextDue = statement('next_of_batch', {
  params: { ...batchParams, until: instant },
  row: { nextMs: nullable(instant) },
  // A chunk of the campaign begins at most a chunk's size before it.
  text: (p) => `
select min(least(k.due_at, ${p.until})) as "nextMs"
from campaigns c cross join lateral (
  select due_at from chunks k
  where k.bucket = ${p.bucket} and k.id > c.first_message_id - ${maxChunkSize}
    and k.id < c.first_message_id + c.message_count and k.id + k.message_count > c.first_message_id
  offset 0
) k
where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.batch_id = ${p.batchId}`,
});

/** Due time of the next message of the batch, at most `untilMs`. Null if no message waits. */
export async function findNextOfBatch(
  query: Query,
  account: AccountKey,
  batchId: string,
  untilMs: number,
): Promise<number | null> {
  return (await findNextDue.find(query, { ...valuesOf(account), batchId, until: untilMs }))!.nextMs;
}

const { accepted, submitted, delivered, undelivered, expired, rejected, cancelled, unknown } =
  messageStatusCodes;

const count = statement('count_batch', {
  params: batchParams,
  row: { pending: int8, sent: int8, delivered: int8, failed: int8, costMicros: micros },
  // An accepted message without a chunk was submitted to a carrier. A message that no carrier accepted, or that was
  // cancelled, is not charged.
  text: (p) => `
with counted as (
  select m.status, m.error, m.cost_micros, k.waits is not null as waits,
    m.status in (${submitted}, ${delivered}, ${undelivered}, ${unknown}) or m.submitted_at is not null
      or (m.status = ${accepted} and k.waits is null) as was_taken
  from campaigns c cross join lateral (
    select * from messages m
    where m.bucket = ${p.bucket} and m.id >= c.first_message_id and m.id < c.first_message_id + c.message_count
    offset 0
  ) m left join lateral (
    select true as waits from chunks k
    where m.status = ${accepted} and k.bucket = ${p.bucket} and k.id <= m.id and k.id > m.id - ${maxChunkSize}
      and m.id < k.id + k.message_count
    limit 1
  ) k on true
  where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.batch_id = ${p.batchId}
)
select count(*) filter (where waits) as pending, count(*) filter (where was_taken) as sent,
  count(*) filter (where status = ${delivered}) as delivered,
  count(*) filter (where status in (${undelivered}, ${expired}, ${rejected}, ${unknown})
    or (status = ${cancelled} and error is not null)) as failed,
  coalesce(sum(cost_micros) filter (where waits or was_taken), 0)::bigint as "costMicros"
from counted`,
});

export async function countBatch(
  query: Query,
  account: AccountKey,
  batchId: string,
): Promise<Omit<BatchStatistics, 'stopped'>> {
  return (await count.find(query, { ...valuesOf(account), batchId }))!;
}
