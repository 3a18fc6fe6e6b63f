// Deletion of campaigns by age: which campaigns can be deleted, and what is deleted with them. A campaign is deleted before its
// messages, so that a campaign in the table has all of them. Used by pipeline/retention/delete-campaigns.ts only.
import { messageStatusCodes } from '#domain/base/message.ts';
import { maxChunkSize } from '#domain/base/priority-classes.ts';
import { instant, int2, int4, int8, micros, nullable, text } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import type { Partition } from '#store/database/partitions.ts';
import { of, rows, statement } from '#store/database/statement.ts';

const listAccounts = statement('list_account_ids', {
  params: { bucket: int2 },
  row: { id: int4 },
  text: (p) => `select id from accounts where bucket = ${p.bucket} order by id`,
});

/** The accounts of a bucket. */
export async function listAccountIds(query: Query, bucket: number): Promise<number[]> {
  return (await listAccounts.run(query, { bucket })).map(({ id }) => id);
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

type CampaignId = Pick<OldCampaign, 'accountId' | 'id'>;

const oldCampaignRow = {
  accountId: int4,
  id: int8,
  messageCount: int4,
  costMicros: micros,
  requestId: nullable(text),
  createdAtMs: instant,
  dueAtMs: instant,
};
const oldCampaignColumns = `account_id as "accountId", id, message_count as "messageCount",
  cost_micros as "costMicros", request_id as "requestId", created_at as "createdAtMs",
  coalesce(last_due_at, due_at) as "dueAtMs"`;

const listAfter = statement('contact_list_campaigns_after', {
  params: { bucket: int2, accountId: int4, afterId: int8, limit: int4 },
  row: oldCampaignRow,
  text: (p) => `
select ${oldCampaignColumns} from campaigns
where bucket = ${p.bucket} and account_id = ${p.accountId} and id > ${p.afterId} order by id limit ${p.limit}`,
});

/** The next campaigns of an account after this one, by their ids. */
export function listCampaignsAfter(
  query: Query,
  bucket: number,
  { accountId, id: afterId }: CampaignId,
  limit: number,
): Promise<OldCampaign[]> {
  return listAfter.run(query, { bucket, accountId, afterId, limit });
}

const listWithin = statement('contact_list_campaigns_within', {
  params: { bucket: int2, firstId: int8, endId: int8, accountId: int4, afterId: int8, limit: int4 },
  row: oldCampaignRow,
  text: (p) => `
select ${oldCampaignColumns} from campaigns
where bucket = ${p.bucket} and id >= ${p.firstId} and id < ${p.endId}
  and (account_id, id) > (${p.accountId}, ${p.afterId})
order by account_id, id limit ${p.limit}`,
});

/** The next campaigns in a partition after this one, by account and id. */
export function listCampaignsWithin(
  query: Query,
  bucket: number,
  { first: firstId, end: endId }: Partition,
  { accountId, id: afterId }: CampaignId,
  limit: number,
): Promise<OldCampaign[]> {
  return listWithin.run(query, { bucket, firstId, endId, accountId, afterId, limit });
}

const findLater = statement('find_campaign_from', {
  params: { bucket: int2, endId: int8, at: instant },
  row: { found: int4 },
  text: (p) => `
select 1 as found from campaigns
where bucket = ${p.bucket} and id >= ${p.endId} and created_at < ${p.at} limit 1`,
});

/** True if ids after this partition's were in use at that time: no campaign is inserted into the partition any more. */
export async function hasCampaignAfter(
  query: Query,
  buckets: readonly number[],
  { end: endId }: Partition,
  atMs: number,
): Promise<boolean> {
  for (const bucket of buckets) if (await findLater.find(query, { bucket, endId, at: atMs })) return true;
  return false;
}

const findReserved = statement('find_lowest_reserved_campaign', {
  params: {},
  row: { id: nullable(int8) },
  // Over all buckets: partitions are of all accounts.
  text: () => `
select least(
  (select min(campaign_id) from drafts where sent_at is null),
  (select min(least(l.id, p.campaign_id)) from contact_list_campaigns l
    left join contact_list_campaign_parts p on p.bucket = l.bucket and p.account_id = l.account_id and p.id = l.id
    where l.status in ('computing', 'ready', 'sending')),
  (select min(campaign_id) from batches where status not in ('completed', 'failed', 'canceled'))) as id`,
});

/**
 * The lowest campaign id that is reserved: by a draft, a contact-list campaign, a batch. From its partition on, campaigns may
 * be inserted anywhere. Infinite if none is reserved.
 */
export async function findLowestPromise(query: Query): Promise<number> {
  return (await findReserved.find(query, {}))!.id ?? Number.POSITIVE_INFINITY;
}

const { accepted, submitted } = messageStatusCodes;

const campaignIds = rows<CampaignId>({
  account_id: of(int4, (c) => c.accountId),
  id: of(int8, (c) => c.id),
});

const findFinished = statement('find_finished_campaigns', {
  params: { bucket: int2, campaigns: campaignIds, receiptsFrom: instant },
  row: { id: int8 },
  text: (p) => `
with asked as materialized (
  select c.* from ${p.campaigns.as('a')}
  cross join lateral (
    select * from campaigns c where c.bucket = ${p.bucket} and c.account_id = a.account_id and c.id = a.id offset 0
  ) c
), span as (
  select min(first_message_id) as first, max(first_message_id + message_count) as last from asked
), pending as materialized (
  select k.campaign_id, m.id from callbacks k left join lateral unnest(k.message_ids) as m(id) on true
  where k.bucket = ${p.bucket}
    and (k.campaign_id is not null or m.id between (select first from span) and (select last from span))
)
select c.id from asked c cross join lateral (
  select count(*) as messages, coalesce(sum(m.cost_micros), 0) as cost,
    coalesce(bool_or(m.status in (${accepted}, ${submitted}) or m.expires_at >= ${p.receiptsFrom}), false) as is_open
  from messages m
  where m.bucket = ${p.bucket} and m.id >= c.first_message_id and m.id < c.first_message_id + c.message_count
    and m.campaign_id = c.id
) s
where not s.is_open and s.messages = c.message_count and s.cost = c.cost_micros
  and not exists (
    select from chunks k where k.bucket = ${p.bucket} and k.id > c.first_message_id - ${maxChunkSize}
      and k.id < c.first_message_id + c.message_count and k.id + k.message_count > c.first_message_id)
  and not exists (
    select from pending o where o.campaign_id = c.id
      or (o.id >= c.first_message_id and o.id < c.first_message_id + c.message_count))`,
});

/**
 * Those of these campaigns that are finished: every message has its final status and no receipt can come for it, none is in
 * a chunk, none has a pending callback. A campaign whose messages do not cost what it costs stays, so that the audit goes on
 * reporting it.
 */
export async function findOver<Campaign extends CampaignId>(
  query: Query,
  bucket: number,
  campaigns: readonly Campaign[],
  receiptsFromMs: number,
): Promise<Campaign[]> {
  const found = await findFinished.run(query, { bucket, campaigns, receiptsFrom: receiptsFromMs });
  const finished = new Set(found.map(({ id }) => id));
  return campaigns.filter(({ id }) => finished.has(id));
}

/** Rows that belong to a campaign, by its id. */
const sideTables = [
  'campaign_origins',
  'campaign_pauses',
  'campaign_reviews',
  'quota_campaigns',
  'secret_texts',
] as const;

const deleteSideRows = sideTables.map((table) =>
  statement(`delete_${table}_of_campaigns`, {
    params: { bucket: int2, campaigns: campaignIds },
    text: (p) => `
delete from ${table} t using ${p.campaigns.as('u')}
where t.bucket = ${p.bucket} and t.account_id = u.account_id and t.campaign_id = u.id`,
  }),
);

interface KeyOfCampaign extends CampaignId {
  readonly scope: number;
  readonly key: string;
}

const deleteKeys = statement('delete_keys_of_campaigns', {
  params: {
    bucket: int2,
    keys: rows<KeyOfCampaign>({
      account_id: of(int4, (k) => k.accountId),
      id: of(int8, (k) => k.id),
      scope: of(int2, (k) => k.scope),
      key: of(text, (k) => k.key),
    }),
  },
  text: (p) => `
delete from idempotency_keys k using ${p.keys.as('u')}
where k.bucket = ${p.bucket} and k.account_id = u.account_id and k.scope = u.scope and k.key = u.key
  and k.campaign_id = u.id`,
});

const deleteDrafts = statement('delete_drafts_of_campaigns', {
  params: { bucket: int2, campaigns: campaignIds },
  text: (p) => `
with deleted as (
  delete from drafts d using ${p.campaigns.as('u')}
  where d.bucket = ${p.bucket} and d.account_id = u.account_id and d.campaign_id = u.id returning d.campaign_id
)
delete from draft_parts p using deleted where p.bucket = ${p.bucket} and p.campaign_id = deleted.campaign_id`,
});

/** For the rest of the transaction: tables without recent statistics are not read from end to end. */
async function preferIndexes(query: Query): Promise<void> {
  for (const method of ['seqscan', 'hashjoin', 'mergejoin']) await query(`set local enable_${method} = off`);
}

/** Deletes what is stored for these campaigns only: their keys, drafts and side records. To be called in a transaction. */
export async function dropTraces(
  query: Query,
  bucket: number,
  campaigns: readonly Pick<OldCampaign, 'accountId' | 'id' | 'requestId'>[],
): Promise<void> {
  await preferIndexes(query);
  const keys = campaigns.flatMap(({ accountId, id, requestId }): KeyOfCampaign[] => [
    // The key of a draft is its own id (domain/acceptance/idempotency.ts).
    { accountId, id, scope: 2, key: String(id) },
    ...(requestId === null ? [] : [0, 1].map((scope) => ({ accountId, id, scope, key: requestId }))),
  ]);
  await deleteKeys.run(query, { bucket, keys });
  for (const deleteRows of deleteSideRows) await deleteRows.run(query, { bucket, campaigns });
  await deleteDrafts.run(query, { bucket, campaigns });
}

const remove = statement('delete_campaigns', {
  params: { bucket: int2, campaigns: campaignIds },
  row: { accountId: int4, costMicros: micros },
  text: (p) => `
delete from campaigns c using ${p.campaigns.as('u')}
where c.bucket = ${p.bucket} and c.account_id = u.account_id and c.id = u.id
returning c.account_id as "accountId", c.cost_micros as "costMicros"`,
});

/** Returns account and cost of the campaigns that were there. */
export function deleteCampaigns(
  query: Query,
  bucket: number,
  campaigns: readonly CampaignId[],
): Promise<{ readonly accountId: number; readonly costMicros: bigint }[]> {
  return remove.run(query, { bucket, campaigns });
}
