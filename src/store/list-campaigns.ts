// Campaigns on lists and tags on their way from creation to confirmation. Each step is one statement on one row, so that
// of several who try the same step at once exactly one succeeds.
import type { ListCampaign, ListCampaignPart, ListCampaignStatus, ListOrder } from '#domain/list-campaign.ts';
import type { Refusal } from '#domain/refusals.ts';
import type { SubmittedRecipient } from '#domain/submission.ts';
import { type Query, type Statement, texts } from './database.ts';

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
  delete from list_campaign_requests
  where bucket = $1 and account_id = $2 and expires_at < to_timestamp($9::float8 / 1000) and key is distinct from $7
), request as (
  insert into list_campaign_requests as r (bucket, account_id, key, expires_at)
  select $1, $2, $7, to_timestamp($8::float8 / 1000) where $7::text is not null
  on conflict (bucket, account_id, key) do update set expires_at = excluded.expires_at
    where r.expires_at < to_timestamp($9::float8 / 1000)
  returning 1
)
insert into list_campaigns (bucket, account_id, id, group_kind, group_name, order_details, status, created_at)
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
    `select ${columns} from list_campaigns c where c.bucket = $1 and c.account_id = $2 and c.id = $3`,
    [owner.bucket, owner.id, id],
  );
  return row === undefined ? null : readRow(row);
}

/** The latest that waits for its confirmation. */
export async function readLatestDraft(query: Query, owner: Owner): Promise<ListCampaign | null> {
  const [row] = await query<CampaignRow>(
    `select ${columns} from list_campaigns c
     where c.bucket = $1 and c.account_id = $2 and c.status = 'ready' order by c.id desc limit 1`,
    [owner.bucket, owner.id],
  );
  return row === undefined ? null : readRow(row);
}

const claimStatement: Statement = {
  name: 'claim_list_campaigns',
  // Index list_campaigns_open.
  text: `
with open as (
  select bucket, account_id, id from list_campaigns
  where bucket = $1 and status in ('computing', 'sending')
    and (busy_until is null or busy_until < to_timestamp($2::float8 / 1000))
  order by busy_until nulls first limit 1
  for update skip locked
)
update list_campaigns c set busy_until = to_timestamp($3::float8 / 1000)
from open o where c.bucket = o.bucket and c.account_id = o.account_id and c.id = o.id
returning ${columns}`,
};

/** One that waits to be computed, or whose sending was left by a process that is gone; nobody else takes it until then. */
export async function claimOpenListCampaign(
  query: Query,
  bucket: number,
  nowMs: number,
  untilMs: number,
): Promise<{ readonly accountId: number; readonly campaign: ListCampaign } | null> {
  const [row] = await query<CampaignRow>(claimStatement, [bucket, nowMs, untilMs]);
  return row === undefined ? null : { accountId: row.account_id, campaign: readRow(row) };
}

/** What one step changes beside the status. */
export interface StepChange {
  readonly totals?: { readonly contacts: number; readonly segments: number; readonly costMicros: bigint };
  readonly failure?: Refusal;
  readonly busyUntilMs?: number;
}

const stepStatement: Statement = {
  name: 'step_list_campaign',
  text: `
update list_campaigns set status = $5, contacts = coalesce($6, contacts), segments = coalesce($7, segments),
  cost_micros = coalesce($8, cost_micros), failure = $9::jsonb, busy_until = to_timestamp($10::float8 / 1000)
where bucket = $1 and account_id = $2 and id = $3 and status = any($4::text[])
returning id`,
};

/** From one of these statuses to another; false when it is in none of them any more. */
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
    change.busyUntilMs ?? null,
  ]);
  return rows.length > 0;
}

type WrittenRecipient = readonly [number: string, merge?: readonly (readonly [string, string])[]];

/** Takes the place of what an earlier, interrupted computation stored. */
export async function savePart(
  query: Query,
  owner: Owner,
  id: number,
  part: ListCampaignPart,
): Promise<void> {
  const written: WrittenRecipient[] = part.recipients.map((recipient) =>
    recipient.merge === undefined ? [recipient.number] : [recipient.number, [...recipient.merge]],
  );
  await query(
    `insert into list_campaign_parts (bucket, account_id, id, number, recipients, campaign_id)
     values ($1, $2, $3, $4, $5::jsonb, $6)
     on conflict (bucket, account_id, id, number)
       do update set recipients = excluded.recipients, campaign_id = excluded.campaign_id`,
    [owner.bucket, owner.id, id, part.number, JSON.stringify(written), part.campaignId],
  );
}

/** The parts from `firstNumber` on that an earlier computation stored and this one does not have. */
export async function dropPartsFrom(
  query: Query,
  owner: Owner,
  id: number,
  firstNumber: number,
): Promise<void> {
  await query(
    'delete from list_campaign_parts where bucket = $1 and account_id = $2 and id = $3 and number >= $4',
    [owner.bucket, owner.id, id, firstNumber],
  );
}

export async function readPart(
  query: Query,
  owner: Owner,
  id: number,
  number: number,
): Promise<ListCampaignPart | null> {
  const [row] = await query<{ recipients: WrittenRecipient[]; campaignId: number; isSent: boolean }>(
    `select recipients, campaign_id as "campaignId", is_sent as "isSent" from list_campaign_parts
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
    `select count(*) as parts, count(*) filter (where is_sent) as sent from list_campaign_parts
     where bucket = $1 and account_id = $2 and id = $3`,
    [owner.bucket, owner.id, id],
  );
  return row!.parts > 1 && row!.sent === 0;
}

export async function markPartSent(query: Query, owner: Owner, id: number, number: number): Promise<void> {
  await query(
    `update list_campaign_parts set is_sent = true
     where bucket = $1 and account_id = $2 and id = $3 and number = $4`,
    [owner.bucket, owner.id, id, number],
  );
}

/** Whoever it went to stands in the messages now; of what was dropped nothing need be known. */
export async function forgetRecipients(query: Query, owner: Owner, id: number): Promise<void> {
  await query(
    `update list_campaign_parts set recipients = '[]' where bucket = $1 and account_id = $2 and id = $3`,
    [owner.bucket, owner.id, id],
  );
}

/** The campaigns that its parts became. */
export async function listSentParts(query: Query, owner: Owner, id: number): Promise<number[]> {
  const rows = await query<{ id: number }>(
    `select campaign_id as id from list_campaign_parts
     where bucket = $1 and account_id = $2 and id = $3 and is_sent order by number`,
    [owner.bucket, owner.id, id],
  );
  return rows.map((row) => row.id);
}
