// Campaigns in parts, until they are confirmed or dropped. That one is confirmed is told by its key (scope 2 of the
// idempotency keys), which the acceptance of its campaign claims: these rows may lag behind, the key never does.
import type { DraftPart } from '#domain/campaign/draft.ts';
import type { Query } from '#store/database/database.ts';

export interface DraftKey {
  readonly bucket: number;
  readonly accountId: number;
  readonly name: string;
}

export interface Draft {
  /** Of the campaign it will become. */
  readonly campaignId: number;
  readonly isFinished: boolean;
  readonly recipients: number;
  readonly parts: number;
  /** Null: not estimated yet. */
  readonly costMicros: bigint | null;
  readonly isSent: boolean;
}

type DraftRow = Omit<Draft, 'costMicros'> & { cost: number | null };

const readText = `
select d.campaign_id as "campaignId", d.is_finished as "isFinished", d.recipients, d.parts, d.cost_micros as cost,
  exists (select from idempotency_keys k where k.bucket = d.bucket and k.account_id = d.account_id and k.scope = 2
    and k.key = d.campaign_id::text) as "isSent"
from drafts d where d.bucket = $1 and d.account_id = $2 and d.name = $3`;

/** Not confirmed: by the key, since a process may have ended between the confirmation and its note in the row. */
const isOpen = `d.bucket = $1 and d.account_id = $2 and d.sent_at is null and not exists (
  select from idempotency_keys k where k.bucket = d.bucket and k.account_id = d.account_id and k.scope = 2
    and k.key = d.campaign_id::text)`;

async function read(query: Query, text: string, key: DraftKey): Promise<Draft | null> {
  const [row] = await query<DraftRow>(text, [key.bucket, key.accountId, key.name]);
  if (!row) return null;
  const { cost, ...draft } = row;
  return { ...draft, costMicros: cost === null ? null : BigInt(cost) };
}

export function readDraft(query: Query, key: DraftKey): Promise<Draft | null> {
  return read(query, readText, key);
}

/** The same, and nobody else changes it before the end of the transaction. */
export function lockDraft(query: Query, key: DraftKey): Promise<Draft | null> {
  return read(query, `${readText} for update`, key);
}

/** Does nothing when there is one of this name. */
export async function insertDraft(
  query: Query,
  key: DraftKey,
  campaignId: number,
  nowMs: number,
): Promise<void> {
  await query(
    `insert into drafts (bucket, account_id, name, campaign_id, created_at)
     values ($1, $2, $3, $4, to_timestamp($5::float8 / 1000)) on conflict do nothing`,
    [key.bucket, key.accountId, key.name, campaignId, nowMs],
  );
}

/** Drafts of an account that wait for their confirmation. */
export async function countOpenDrafts(query: Query, bucket: number, accountId: number): Promise<number> {
  const [row] = await query<{ n: number }>(`select count(*) as n from drafts d where ${isOpen}`, [
    bucket,
    accountId,
  ]);
  return row!.n;
}

/** Forgets what an account began before this instant and never confirmed. */
export async function deleteOldDrafts(
  query: Query,
  bucket: number,
  accountId: number,
  beforeMs: number,
): Promise<void> {
  await query(
    `with old as (
       delete from drafts d where ${isOpen} and d.created_at < to_timestamp($3::float8 / 1000)
       returning d.campaign_id)
     delete from draft_parts p using old where p.bucket = $1 and p.campaign_id = old.campaign_id`,
    [bucket, accountId, beforeMs],
  );
}

export async function insertPart(query: Query, key: DraftKey, draft: Draft, part: DraftPart): Promise<void> {
  await query('insert into draft_parts (bucket, campaign_id, part, submission) values ($1, $2, $3, $4)', [
    key.bucket,
    draft.campaignId,
    draft.parts + 1,
    JSON.stringify(part),
  ]);
  await query(
    `update drafts set parts = parts + 1, recipients = recipients + $4
     where bucket = $1 and account_id = $2 and name = $3`,
    [key.bucket, key.accountId, key.name, part.recipients.length],
  );
}

/** No part follows. */
export async function finishDraft(query: Query, key: DraftKey): Promise<void> {
  await query('update drafts set is_finished = true where bucket = $1 and account_id = $2 and name = $3', [
    key.bucket,
    key.accountId,
    key.name,
  ]);
}

/** In the order in which they came. */
export async function listParts(query: Query, bucket: number, campaignId: number): Promise<DraftPart[]> {
  const rows = await query<{ submission: DraftPart }>(
    'select submission from draft_parts where bucket = $1 and campaign_id = $2 order by part',
    [bucket, campaignId],
  );
  return rows.map((row) => row.submission);
}

export async function readPart(
  query: Query,
  bucket: number,
  campaignId: number,
  part: number,
): Promise<DraftPart | null> {
  const [row] = await query<{ submission: DraftPart }>(
    'select submission from draft_parts where bucket = $1 and campaign_id = $2 and part = $3',
    [bucket, campaignId, part],
  );
  return row?.submission ?? null;
}

/** True for the one who may estimate the draft now; it is free for another at `untilMs`, or when it is saved. */
export async function claimEstimate(
  query: Query,
  key: DraftKey,
  process: number,
  untilMs: number,
  nowMs: number,
): Promise<boolean> {
  const rows = await query(
    `update drafts set process_id = $4, estimating_until = to_timestamp($5::float8 / 1000)
     where bucket = $1 and account_id = $2 and name = $3 and cost_micros is null
       and (process_id is null or estimating_until <= to_timestamp($6::float8 / 1000))
     returning campaign_id`,
    [key.bucket, key.accountId, key.name, process, untilMs, nowMs],
  );
  return rows.length > 0;
}

/** Null: it could not be estimated, and may be tried again. Nothing is saved when another estimates it by now. */
export async function saveEstimate(
  query: Query,
  key: DraftKey,
  campaignId: number,
  process: number,
  costMicros: bigint | null,
): Promise<void> {
  await query(
    `update drafts set cost_micros = $6, estimating_until = null, process_id = null
     where bucket = $1 and account_id = $2 and name = $3 and campaign_id = $4 and process_id = $5`,
    [key.bucket, key.accountId, key.name, campaignId, process, costMicros],
  );
}

/** After its campaign was accepted: the parts are messages now. The row stays, so that its name is not used again. */
export async function endDraft(
  query: Query,
  key: DraftKey,
  campaignId: number,
  nowMs: number,
): Promise<void> {
  await deleteParts(query, key.bucket, campaignId);
  await query(
    `update drafts set sent_at = to_timestamp($4::float8 / 1000) where bucket = $1 and account_id = $2 and name = $3`,
    [key.bucket, key.accountId, key.name, nowMs],
  );
}

export async function deleteDraft(query: Query, key: DraftKey, campaignId: number): Promise<void> {
  await deleteParts(query, key.bucket, campaignId);
  await query('delete from drafts where bucket = $1 and account_id = $2 and name = $3', [
    key.bucket,
    key.accountId,
    key.name,
  ]);
}

async function deleteParts(query: Query, bucket: number, campaignId: number): Promise<void> {
  await query('delete from draft_parts where bucket = $1 and campaign_id = $2', [bucket, campaignId]);
}
