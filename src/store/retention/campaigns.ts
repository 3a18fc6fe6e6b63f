// Campaigns on their way out: which may go, what goes with them. A campaign goes before its messages do, so that one that
// is there has all of them. For pipeline/retention/delete-campaigns.ts only.

import { messageStatusCodes } from '#domain/base/message.ts';
import { maxChunkSize } from '#domain/base/priority-classes.ts';
import { numbers, type Query, texts } from '#store/database/database.ts';
import type { Partition } from '#store/database/partitions.ts';

/** The accounts of a bucket. */
export async function listAccountIds(query: Query, bucket: number): Promise<number[]> {
  const rows = await query<{ id: number }>('select id from accounts where bucket = $1 order by id', [bucket]);
  return rows.map(({ id }) => id);
}

/** Of one bucket. */
export interface OldCampaign {
  readonly accountId: number;
  readonly id: number;
  readonly messageCount: number;
  readonly costMicros: bigint;
  readonly requestId: string | null;
  readonly createdAtMs: number;
  /** Of the last of its messages. */
  readonly dueAtMs: number;
}

type Row = Omit<OldCampaign, 'costMicros'> & { costMicros: number };

const columns = `account_id as "accountId", id, message_count as "messageCount", cost_micros as "costMicros",
  request_id as "requestId", created_at as "createdAtMs", coalesce(last_due_at, due_at) as "dueAtMs"`;

function readRow(row: Row): OldCampaign {
  return { ...row, costMicros: BigInt(row.costMicros) };
}

/** The next of an account after this one, by their ids. */
export async function listCampaignsAfter(
  query: Query,
  bucket: number,
  { accountId, id }: Pick<OldCampaign, 'accountId' | 'id'>,
  limit: number,
): Promise<OldCampaign[]> {
  const rows = await query<Row>(
    `select ${columns} from campaigns where bucket = $1 and account_id = $2 and id > $3 order by id limit $4`,
    [bucket, accountId, id, limit],
  );
  return rows.map(readRow);
}

/** The next in a partition after this one, by account and id. */
export async function listCampaignsWithin(
  query: Query,
  bucket: number,
  { first, end }: Partition,
  { accountId, id }: Pick<OldCampaign, 'accountId' | 'id'>,
  limit: number,
): Promise<OldCampaign[]> {
  const rows = await query<Row>(
    `select ${columns} from campaigns
     where bucket = $1 and id >= $2 and id < $3 and (account_id, id) > ($4, $5) order by account_id, id limit $6`,
    [bucket, first, end, accountId, id, limit],
  );
  return rows.map(readRow);
}

/** Whether ids after this partition's were in use at that time: nothing is put into it any more. */
export async function hasCampaignAfter(
  query: Query,
  buckets: readonly number[],
  { end }: Partition,
  atMs: number,
): Promise<boolean> {
  const rows = await query(
    `select 1 from campaigns
     where bucket = any($1::smallint[]) and id >= $2 and created_at < to_timestamp($3::float8 / 1000) limit 1`,
    [numbers(buckets), end, atMs],
  );
  return rows.length > 0;
}

/**
 * The least id that a campaign to come was promised: a draft, a campaign on a list, a batch. From its partition on, rows may
 * still be put anywhere. Infinite when none was.
 */
export async function findLowestPromise(query: Query): Promise<number> {
  const [row] = await query<{ id: number | null }>(
    `select least(
       (select min(campaign_id) from drafts where sent_at is null),
       (select min(least(l.id, p.campaign_id)) from list_campaigns l
         left join list_campaign_parts p on p.bucket = l.bucket and p.account_id = l.account_id and p.id = l.id
         where l.status in ('computing', 'ready', 'sending')),
       (select min(campaign_id) from batches where status not in ('completed', 'failed', 'canceled'))) as id`,
  );
  return row!.id ?? Number.POSITIVE_INFINITY;
}

const { accepted, submitted } = messageStatusCodes;

/**
 * Those of these campaigns of which nothing is open: every message has its end, and no receipt can come for it any more; none
 * waits in a chunk, none is owed to its customer. Nor may its messages cost something else than it does: what is wrong in the
 * books stays, so that the audit goes on telling it.
 */
export async function findOver<Campaign extends Pick<OldCampaign, 'accountId' | 'id'>>(
  query: Query,
  bucket: number,
  campaigns: readonly Campaign[],
  receiptsFromMs: number,
): Promise<Campaign[]> {
  const rows = await query<{ id: number }>(
    `
with asked as materialized (
  select c.* from unnest($2::int[], $3::bigint[]) as a(account_id, id)
  cross join lateral (
    select * from campaigns c where c.bucket = $1 and c.account_id = a.account_id and c.id = a.id offset 0
  ) c
), span as (
  select min(first_message_id) as first, max(first_message_id + message_count) as last from asked
), owed as materialized (
  select k.campaign_id, m.id from callbacks k left join lateral unnest(k.message_ids) as m(id) on true
  where k.bucket = $1 and (k.campaign_id is not null or m.id between (select first from span) and (select last from span))
)
select c.id from asked c cross join lateral (
  select count(*) as messages, coalesce(sum(m.cost_micros), 0) as cost,
    coalesce(bool_or(m.status in (${accepted}, ${submitted})
      or m.expires_at >= to_timestamp($4::float8 / 1000)), false) as is_open
  from messages m
  where m.bucket = c.bucket and m.id >= c.first_message_id and m.id < c.first_message_id + c.message_count
    and m.campaign_id = c.id
) s
where not s.is_open and s.messages = c.message_count and s.cost = c.cost_micros
  and not exists (
    select from chunks k where k.bucket = c.bucket and k.id > c.first_message_id - ${maxChunkSize}
      and k.id < c.first_message_id + c.message_count and k.id + k.message_count > c.first_message_id)
  and not exists (
    select from owed o where o.campaign_id = c.id
      or (o.id >= c.first_message_id and o.id < c.first_message_id + c.message_count))`,
    [bucket, ...keysOf(campaigns), receiptsFromMs],
  );
  const over = new Set(rows.map(({ id }) => id));
  return campaigns.filter(({ id }) => over.has(id));
}

function keysOf(campaigns: readonly Pick<OldCampaign, 'accountId' | 'id'>[]): [string, string] {
  return [numbers(campaigns.map(({ accountId }) => accountId)), numbers(campaigns.map(({ id }) => id))];
}

/** What stands beside a campaign, by its id. */
const besides = ['campaign_origins', 'campaign_reviews', 'quota_campaigns', 'secret_texts'];

/** For the rest of the transaction: tables that nobody has analysed for long are not read from end to end. */
async function goByIndex(query: Query): Promise<void> {
  for (const way of ['seqscan', 'hashjoin', 'mergejoin']) await query(`set local enable_${way} = off`);
}

/**
 * Takes away what is kept for the sake of these campaigns: their keys, their drafts, what they are filed under. To be called
 * in a transaction.
 */
export async function dropTraces(
  query: Query,
  bucket: number,
  campaigns: readonly Pick<OldCampaign, 'accountId' | 'id' | 'requestId'>[],
): Promise<void> {
  await goByIndex(query);
  const keys = campaigns.flatMap(({ accountId, id, requestId }) => [
    // Of a draft, its own id (domain/acceptance/idempotency.ts).
    { accountId, id, scope: 2, key: String(id) },
    ...(requestId === null ? [] : [0, 1].map((scope) => ({ accountId, id, scope, key: requestId }))),
  ]);
  await query(
    `delete from idempotency_keys k
     using unnest($2::int[], $3::bigint[], $4::smallint[], $5::text[]) as u(account_id, id, scope, key)
     where k.bucket = $1 and k.account_id = u.account_id and k.scope = u.scope and k.key = u.key
       and k.campaign_id = u.id`,
    [bucket, ...keysOf(keys), numbers(keys.map(({ scope }) => scope)), texts(keys.map(({ key }) => key))],
  );
  for (const table of besides)
    await query(
      `delete from ${table} t using unnest($2::int[], $3::bigint[]) as u(account_id, id)
       where t.bucket = $1 and t.account_id = u.account_id and t.campaign_id = u.id`,
      [bucket, ...keysOf(campaigns)],
    );
  await query(
    `with gone as (
       delete from drafts d using unnest($2::int[], $3::bigint[]) as u(account_id, id)
       where d.bucket = $1 and d.account_id = u.account_id and d.campaign_id = u.id returning d.campaign_id)
     delete from draft_parts p using gone where p.bucket = $1 and p.campaign_id = gone.campaign_id`,
    [bucket, ...keysOf(campaigns)],
  );
}

/** Answers what was there. */
export async function deleteCampaigns(
  query: Query,
  bucket: number,
  campaigns: readonly Pick<OldCampaign, 'accountId' | 'id'>[],
): Promise<{ readonly accountId: number; readonly costMicros: bigint }[]> {
  const rows = await query<{ accountId: number; costMicros: number }>(
    `delete from campaigns c using unnest($2::int[], $3::bigint[]) as u(account_id, id)
     where c.bucket = $1 and c.account_id = u.account_id and c.id = u.id
     returning c.account_id as "accountId", c.cost_micros as "costMicros"`,
    [bucket, ...keysOf(campaigns)],
  );
  return rows.map((row) => ({ ...row, costMicros: BigInt(row.costMicros) }));
}
