// Contact-list campaigns, from their creation to their confirmation or cancellation. Used by the contact-list campaigns
// service and its job. A step is one statement on one row: of several that try the same step, one succeeds.
import type { AccountKey } from '#domain/account/account.ts';
import type { Refusal } from '#domain/base/refusals.ts';
import type {
  ContactListCampaign,
  ContactListCampaignStatus,
  ContactListOrder,
} from '#domain/campaign/contact-list-campaign.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { instant, int4, int8, json, list, micros, nullable, text, word } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { jobTable } from '#store/database/job-table.ts';
import { statement } from '#store/database/statement.ts';

const campaignRow = {
  id: int8,
  order: json<ContactListOrder>(),
  status: word<ContactListCampaignStatus>(),
  contacts: int4,
  segments: int4,
  costMicros: micros,
  failure: nullable(json<Refusal>()),
};
const columns = `j.id, j.order_details as "order", j.status, j.contacts, j.segments, j.cost_micros as "costMicros",
  j.failure`;

const insert = statement('insert_contact_list_campaign', {
  params: {
    ...accountParams,
    id: int8,
    groupKind: word<ContactListOrder['group']['kind']>(),
    groupName: text,
    order: json<ContactListOrder>(),
    requestKey: nullable(text),
    keyExpiresAt: nullable(instant),
    now: instant,
  },
  row: { id: int8 },
  text: (p) => `
with expired as (
  delete from contact_list_campaign_requests
  where bucket = ${p.bucket} and account_id = ${p.accountId} and expires_at < ${p.now}
    and key is distinct from ${p.requestKey}
), request as (
  insert into contact_list_campaign_requests as r (bucket, account_id, key, expires_at)
  select ${p.bucket}, ${p.accountId}, ${p.requestKey}, ${p.keyExpiresAt} where ${p.requestKey} is not null
  on conflict (bucket, account_id, key) do update set expires_at = excluded.expires_at
    where r.expires_at < ${p.now}
  returning 1
)
insert into contact_list_campaigns (bucket, account_id, id, group_kind, group_name, order_details, status, created_at)
select ${p.bucket}, ${p.accountId}, ${p.id}, ${p.groupKind}, ${p.groupName}, ${p.order}, 'computing', ${p.now}
where ${p.requestKey} is null or exists (select 1 from request)
returning id`,
});

/** False if the idempotency key of the order was used and has not expired. */
export async function insertContactListCampaign(
  query: Query,
  account: AccountKey,
  id: number,
  order: ContactListOrder,
  nowMs: number,
): Promise<boolean> {
  const { group, idempotencyKey: requestKey, idempotencyTtlMs: ttlMs } = order;
  const inserted = await insert.find(query, {
    ...{ ...valuesOf(account), id, groupKind: group.kind, groupName: group.name, order, requestKey },
    ...{ keyExpiresAt: ttlMs === null ? null : nowMs + ttlMs, now: nowMs },
  });
  return inserted !== null;
}

const key = { ...accountParams, id: int8 };

const read = statement('read_contact_list_campaign', {
  params: key,
  row: campaignRow,
  text: (p) => `
select ${columns} from contact_list_campaigns j
where j.bucket = ${p.bucket} and j.account_id = ${p.accountId} and j.id = ${p.id}`,
});

export function readContactListCampaign(
  query: Query,
  account: AccountKey,
  id: number,
): Promise<ContactListCampaign | null> {
  return read.find(query, { ...valuesOf(account), id });
}

const readLatest = statement('read_latest_contact_list_draft', {
  params: accountParams,
  row: campaignRow,
  // Index contact_list_campaigns_drafts.
  text: (p) => `
select ${columns} from contact_list_campaigns j
where j.bucket = ${p.bucket} and j.account_id = ${p.accountId} and j.status = 'ready' order by j.id desc limit 1`,
});

/** The latest campaign that waits for its confirmation. */
export function readLatestDraft(query: Query, account: AccountKey): Promise<ContactListCampaign | null> {
  return readLatest.find(query, valuesOf(account));
}

// Index contact_list_campaigns_open.
const jobs = jobTable({
  table: 'contact_list_campaigns',
  key: ['id', int8],
  order: 'due_at',
  claim: {
    isOpen: `status in ('computing', 'sending')`,
    nullIsDue: true,
    row: { accountId: int4, ...campaignRow },
    columns: `j.account_id as "accountId", ${columns}`,
  },
});

/**
 * Claims the next campaign that waits for its computation, or whose sending a fenced process left. `held` are the ids that
 * this process works on: another row of this process is a lost claim and is claimed again.
 */
export async function claimContactListCampaign(
  query: Query,
  bucket: number,
  processId: number,
  held: readonly number[],
  nowMs: number,
): Promise<{ readonly accountId: number; readonly campaign: ContactListCampaign } | null> {
  const [row] = await jobs.claim(query, bucket, { processId, nowMs, limit: 1, held });
  if (row === undefined) return null;
  const { accountId, ...campaign } = row;
  return { accountId, campaign };
}

/** Releases a campaign unchanged, if it still belongs to this process. */
export async function releaseContactListCampaign(
  query: Query,
  account: AccountKey,
  id: number,
  processId: number,
  dueAtMs: number,
): Promise<void> {
  await jobs.release(query, account, id, processId, dueAtMs);
}

/** The fields that a step changes in addition to the status. */
export interface ContactListCampaignChange {
  readonly totals?: { readonly contacts: number; readonly segments: number; readonly costMicros: bigint };
  readonly failure?: Refusal;
  /** The process that must have claimed the campaign. Absent: any process, or none. */
  readonly claimedBy?: number;
  /** The process that has claimed it after the step. Absent: none. */
  readonly processId?: number;
}

const step = statement('step_contact_list_campaign', {
  params: {
    ...key,
    from: list(word<ContactListCampaignStatus>()),
    to: word<ContactListCampaignStatus>(),
    contacts: nullable(int4),
    segments: nullable(int4),
    costMicros: nullable(micros),
    failure: nullable(json<Refusal>()),
    processId: nullable(int8),
    claimedBy: nullable(int8),
  },
  row: { id: int8 },
  text: (p) => `
update contact_list_campaigns set status = ${p.to}, contacts = coalesce(${p.contacts}, contacts),
  segments = coalesce(${p.segments}, segments), cost_micros = coalesce(${p.costMicros}, cost_micros),
  failure = ${p.failure}, process_id = ${p.processId}, due_at = null
where bucket = ${p.bucket} and account_id = ${p.accountId} and id = ${p.id} and status = any(${p.from})
  and (${p.claimedBy} is null or process_id = ${p.claimedBy})
returning id`,
});

/** False if the campaign was in none of the statuses `from`, or `claimedBy` had not claimed it. */
export async function stepContactListCampaign(
  query: Query,
  account: AccountKey,
  id: number,
  {
    from,
    to,
  }: { readonly from: readonly ContactListCampaignStatus[]; readonly to: ContactListCampaignStatus },
  change: ContactListCampaignChange = {},
): Promise<boolean> {
  const { totals, failure = null, processId = null, claimedBy = null } = change;
  const { contacts = null, segments = null, costMicros = null } = totals ?? {};
  const stepped = await step.find(query, {
    ...{ ...valuesOf(account), id, from, to, contacts, segments, costMicros },
    ...{ failure, processId, claimedBy },
  });
  return stepped !== null;
}
