// Campaigns on lists and tags on their way from creation to confirmation. Each step is one statement on one row, so that
// of several who try the same step at once exactly one succeeds; what a process computes or sends, it writes only while the
// campaign is still its own.

import type { Refusal } from '#domain/base/refusals.ts';
import type { SubmittedRecipient } from '#domain/base/submission.ts';
import type {
  ListCampaign,
  ListCampaignPart,
  ListCampaignStatus,
  ListOrder,
} from '#domain/campaign/contact-list-campaign.ts';
import { numbers, type Query, type Statement, texts } from '#store/database/database.ts';

export interface Owner {
  readonly bucket: number;
  readonly id: number;
}

interface CampaignRow {
  id: number;
  account_id: number;
  order_details: ListOrder;
  status: ListCampaignStatus;
  contacts: number;
  segments: number;
  cost: number;
  failure: Refusal | null;
}

const columns =
  'c.id, c.account_id, c.order_details, c.status, c.contacts, c.segments, c.cost_micros as cost, c.failure';

function readRow(row: CampaignRow): ListCampaign {
  const { id, order_details: order, status, contacts, segments, failure } = row;
  return { id, order, status, contacts, segments, costMicros: BigInt(row.cost), failure };
}

const insertStatement: Statement = {
  name: 'insert_list_campaign',
  text: `
with old as (
  delete from contact_list_campaign_requests
  where bucket = $1 and account_id = $2 and expires_at < to_timestamp($9::float8 / 1000) and key is distinct from $7
), request as (
  insert into contact_list_campaign_requests as r (bucket, account_id, key, expires_at)
  select $1, $2, $7, to_timestamp($8::float8 / 1000) where $7::text is not null
  on conflict (bucket, account_id, key) do update set expires_at = excluded.expires_at
    where r.expires_at < to_timestamp($9::float8 / 1000)
  returning 1
)
insert into contact_list_campaigns (bucket, account_id, id, group_kind, group_name, order_details, status, created_at)
select $1, $2, $3, $4, $5, $6::jsonb, 'computing', to_timestamp($9::float8 / 1000)
where $7::text is null or exists (select 1 from request)
returning id`,
};

/** False when the order's request id was used and is still remembered. */
export async function insertListCampaign(
  query: Query,
  owner: Owner,
  id: number,
  order: ListOrder,
  nowMs: number,
): Promise<boolean> {
  const expiresAtMs = order.idempotencyTtlMs === null ? null : nowMs + order.idempotencyTtlMs;
  const rows = await query(insertStatement, [
    owner.bucket,
    owner.id,
    id,
    order.group.kind,
    order.group.name,
    JSON.stringify(order),
    order.idempotencyKey,
    expiresAtMs,
    nowMs,
  ]);
  return rows.length > 0;
}

export async function readListCampaign(query: Query, owner: Owner, id: number): Promise<ListCampaign | null> {
  const [row] = await query<CampaignRow>(
    `select ${columns} from contact_list_campaigns c where c.bucket = $1 and c.account_id = $2 and c.id = $3`,
    [owner.bucket, owner.id, id],
  );
  return row === undefined ? null : readRow(row);
}

/** The latest that waits for its confirmation. */
export async function readLatestDraft(query: Query, owner: Owner): Promise<ListCampaign | null> {
  const [row] = await query<CampaignRow>(
    `select ${columns} from contact_list_campaigns c
     where c.bucket = $1 and c.account_id = $2 and c.status = 'ready' order by c.id desc limit 1`,
    [owner.bucket, owner.id],
  );
  return row === undefined ? null : readRow(row);
}

const claimStatement: Statement = {
  name: 'claim_contact_list_campaigns',
  // Index contact_list_campaigns_open.
  text: `
with open as (
  select bucket, account_id, id from contact_list_campaigns
  where bucket = $1 and status in ('computing', 'sending')
    and (due_at is null or due_at <= to_timestamp($2::float8 / 1000))
    and (process_id is null or (process_id = $3 and not (id = any($4::bigint[]))))
  order by due_at nulls first limit 1
  for update skip locked
)
update contact_list_campaigns c set process_id = $3
from open o where c.bucket = o.bucket and c.account_id = o.account_id and c.id = o.id
returning ${columns}`,
};

/**
 * One that waits to be computed, or whose sending was left by a process that is gone, for this process alone. What is its
 * own already is taken again when it is not `held`.
 */
export async function claimOpenListCampaign(
  query: Query,
  bucket: number,
  process: number,
  held: readonly number[],
  nowMs: number,
): Promise<{ readonly accountId: number; readonly campaign: ListCampaign } | null> {
  const [row] = await query<CampaignRow>(claimStatement, [bucket, nowMs, process, numbers(held)]);
  return row === undefined ? null : { accountId: row.account_id, campaign: readRow(row) };
}

/** Given back as it is, when it is still this process's. */
export async function releaseListCampaign(
  query: Query,
  { bucket, id: accountId }: Owner,
  id: number,
  process: number,
  dueAtMs: number,
): Promise<void> {
  await query(
    `update contact_list_campaigns set process_id = null, due_at = to_timestamp($5::float8 / 1000)
     where bucket = $1 and account_id = $2 and id = $3 and process_id = $4`,
    [bucket, accountId, id, process, dueAtMs],
  );
}

/** What one step changes beside the status. */
export interface StepChange {
  readonly totals?: { readonly contacts: number; readonly segments: number; readonly costMicros: bigint };
  readonly failure?: Refusal;
  /** The process whose it must be; absent: whosever it is. */
  readonly ownedBy?: number;
  /** Whose it is from then on; absent: nobody's. */
  readonly owner?: number;
}

const stepStatement: Statement = {
  name: 'step_list_campaign',
  text: `
update contact_list_campaigns set status = $5, contacts = coalesce($6, contacts), segments = coalesce($7, segments),
  cost_micros = coalesce($8, cost_micros), failure = $9::jsonb, process_id = $10, due_at = null
where bucket = $1 and account_id = $2 and id = $3 and status = any($4::text[])
  and ($11::bigint is null or process_id = $11)
returning id`,
};

/** From one of these statuses to another; false when it is in none of them any more, or another's. */
export async function stepListCampaign(
  query: Query,
  owner: Owner,
  id: number,
  from: readonly ListCampaignStatus[],
  to: ListCampaignStatus,
  change: StepChange = {},
): Promise<boolean> {
  const rows = await query(stepStatement, [
    owner.bucket,
    owner.id,
    id,
    texts(from),
    to,
    change.totals?.contacts ?? null,
    change.totals?.segments ?? null,
    change.totals?.costMicros ?? null,
    change.failure === undefined ? null : JSON.stringify(change.failure),
    change.owner ?? null,
    change.ownedBy ?? null,
  ]);
  return rows.length > 0;
}

type WrittenRecipient = readonly [number: string, merge?: readonly (readonly [string, string])[]];

/** Locked, so that nobody takes it over before the statement has ended. */
const ownComputing = (process: string) => `own as (
  select 1 from contact_list_campaigns
  where bucket = $1 and account_id = $2 and id = $3 and status = 'computing' and process_id = ${process} for update
)`;

/**
 * Takes the place of what an earlier, interrupted computation stored. False, and nothing is stored, when the campaign was
 * dropped, or is another process's.
 */
export async function savePart(
  query: Query,
  owner: Owner,
  id: number,
  process: number,
  part: ListCampaignPart,
): Promise<boolean> {
  const written: WrittenRecipient[] = part.recipients.map((recipient) =>
    recipient.merge === undefined ? [recipient.number] : [recipient.number, [...recipient.merge]],
  );
  const rows = await query(
    `with ${ownComputing('$7')}
     insert into contact_list_campaign_parts (bucket, account_id, id, number, recipients, campaign_id)
     select $1, $2, $3, $4, $5::jsonb, $6 from own
     on conflict (bucket, account_id, id, number)
       do update set recipients = excluded.recipients, campaign_id = excluded.campaign_id
     returning 1`,
    [owner.bucket, owner.id, id, part.number, JSON.stringify(written), part.campaignId, process],
  );
  return rows.length > 0;
}

/** The parts from `firstNumber` on that an earlier computation stored and this one does not have. */
export async function dropPartsFrom(
  query: Query,
  owner: Owner,
  id: number,
  process: number,
  firstNumber: number,
): Promise<void> {
  await query(
    `with ${ownComputing('$5')}
     delete from contact_list_campaign_parts p using own
     where p.bucket = $1 and p.account_id = $2 and p.id = $3 and p.number >= $4`,
    [owner.bucket, owner.id, id, firstNumber, process],
  );
}

export async function readPart(
  query: Query,
  owner: Owner,
  id: number,
  number: number,
): Promise<ListCampaignPart | null> {
  const [row] = await query<{ recipients: WrittenRecipient[]; campaignId: number; isSent: boolean }>(
    `select recipients, campaign_id as "campaignId", is_sent as "isSent" from contact_list_campaign_parts
     where bucket = $1 and account_id = $2 and id = $3 and number = $4`,
    [owner.bucket, owner.id, id, number],
  );
  if (row === undefined) return null;
  const recipients = row.recipients.map(
    ([to, merge]): SubmittedRecipient =>
      merge === undefined ? { number: to } : { number: to, merge: new Map(merge) },
  );
  return { number, recipients, campaignId: row.campaignId, isSent: row.isSent };
}

/** True when it has several parts and none of them was sent. */
export async function hasSeveralPartsUnsent(query: Query, owner: Owner, id: number): Promise<boolean> {
  const [row] = await query<{ parts: number; sent: number }>(
    `select count(*) as parts, count(*) filter (where is_sent) as sent from contact_list_campaign_parts
     where bucket = $1 and account_id = $2 and id = $3`,
    [owner.bucket, owner.id, id],
  );
  return row!.parts > 1 && row!.sent === 0;
}

/** False when the sending is another process's now. */
export async function markPartSent(
  query: Query,
  owner: Owner,
  id: number,
  process: number,
  number: number,
): Promise<boolean> {
  const rows = await query<{ isOwn: boolean }>(
    `update contact_list_campaign_parts p set is_sent = true from contact_list_campaigns c
     where p.bucket = $1 and p.account_id = $2 and p.id = $3 and p.number = $4
       and c.bucket = p.bucket and c.account_id = p.account_id and c.id = p.id
     returning c.status = 'sending' and c.process_id is not distinct from $5 as "isOwn"`,
    [owner.bucket, owner.id, id, number, process],
  );
  return rows[0]?.isOwn === true;
}

/** Whoever it went to stands in the messages now; of what was dropped nothing need be known. */
export async function forgetRecipients(query: Query, owner: Owner, id: number): Promise<void> {
  await query(
    `update contact_list_campaign_parts set recipients = '[]' where bucket = $1 and account_id = $2 and id = $3`,
    [owner.bucket, owner.id, id],
  );
}

/** The campaigns that its parts became. */
export async function listSentParts(query: Query, owner: Owner, id: number): Promise<number[]> {
  const rows = await query<{ id: number }>(
    `select campaign_id as id from contact_list_campaign_parts
     where bucket = $1 and account_id = $2 and id = $3 and is_sent order by number`,
    [owner.bucket, owner.id, id],
  );
  return rows.map((row) => row.id);
}
