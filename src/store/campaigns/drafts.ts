// Campaigns in parts until they are confirmed or deleted. Used by the campaign drafts service. A draft is sent if its key
// (scope 2 of the idempotency keys) is claimed, which the acceptance of its campaign does: these rows can lag behind it.
import type { AccountKey } from '#domain/account/account.ts';
import type { DraftPart } from '#domain/campaign/draft.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { boolean, instant, int2, int4, int8, json, micros, nullable, text } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { inBucket, statement } from '#store/database/statement.ts';

export interface DraftKey {
  readonly bucket: number;
  readonly accountId: number;
  readonly name: string;
}

export interface Draft {
  /** Reserved id of the campaign. */
  readonly campaignId: number;
  readonly isFinished: boolean;
  readonly recipients: number;
  readonly parts: number;
  /** Null: not estimated yet. */
  readonly costMicros: bigint | null;
  readonly isSent: boolean;
}

const keyParams = { ...accountParams, name: text };
type Mentions = Readonly<Record<'bucket' | 'accountId', string>>;

/** The draft `d` is sent. The row alone can lag: a process can end between the confirmation and its update. */
const isSent = (p: Mentions) => `exists (select 1 from idempotency_keys k where k.bucket = ${p.bucket}
    and k.account_id = ${p.accountId} and k.scope = 2 and k.key = d.campaign_id::text)`;

const isOpen = (
  p: Mentions,
) => `d.bucket = ${p.bucket} and d.account_id = ${p.accountId} and d.sent_at is null
    and not ${isSent(p)}`;

const draftRow = {
  campaignId: int8,
  isFinished: boolean,
  recipients: int4,
  parts: int4,
  costMicros: nullable(micros),
  isSent: boolean,
};

const readText = (p: Readonly<Record<keyof typeof keyParams, string>>) => `
select d.campaign_id as "campaignId", d.is_finished as "isFinished", d.recipients, d.parts,
  d.cost_micros as "costMicros", ${isSent(p)} as "isSent"
from drafts d where d.bucket = ${p.bucket} and d.account_id = ${p.accountId} and d.name = ${p.name}`;

const read = statement('read_draft', { params: keyParams, row: draftRow, text: readText });
const lock = statement('lock_draft', {
  params: keyParams,
  row: draftRow,
  text: (p) => `${readText(p)} for update`,
});

export function readDraft(query: Query, key: DraftKey): Promise<Draft | null> {
  return read.find(query, key);
}

/** The same, locked until the end of the transaction. */
export function lockDraft(query: Query, key: DraftKey): Promise<Draft | null> {
  return lock.find(query, key);
}

const insert = statement('insert_draft', {
  params: { ...keyParams, campaignId: int8, now: instant },
  text: (p) => `
insert into drafts (bucket, account_id, name, campaign_id, created_at)
values (${p.bucket}, ${p.accountId}, ${p.name}, ${p.campaignId}, ${p.now}) on conflict do nothing`,
});

/** Changes nothing if there is a draft of this name. */
export async function insertDraft(
  query: Query,
  key: DraftKey,
  campaignId: number,
  nowMs: number,
): Promise<void> {
  await insert.run(query, { ...key, campaignId, now: nowMs });
}

const countOpen = statement('count_open_drafts', {
  params: accountParams,
  row: { drafts: int8 },
  text: (p) => `select count(*) as drafts from drafts d where ${isOpen(p)}`,
});

/** Number of drafts of the account that wait for their confirmation. */
export async function countOpenDrafts(query: Query, account: AccountKey): Promise<number> {
  return (await countOpen.find(query, valuesOf(account)))!.drafts;
}

const deleteOld = statement('delete_old_drafts', {
  params: { ...accountParams, before: instant },
  text: (p) => `
with old as (
  delete from drafts d where ${isOpen(p)} and d.created_at < ${p.before} returning d.bucket, d.campaign_id
)
delete from draft_parts p using old
where p.bucket = old.bucket and p.campaign_id = old.campaign_id and ${inBucket('p', p.bucket)}`,
});

/** Deletes the drafts of an account that began before this instant and are not confirmed. */
export async function deleteOldDrafts(query: Query, account: AccountKey, beforeMs: number): Promise<void> {
  await deleteOld.run(query, { ...valuesOf(account), before: beforeMs });
}

const insertSubmission = statement('insert_draft_part', {
  params: { bucket: int2, campaignId: int8, part: int4, submission: json<DraftPart>() },
  text: (p) => `
insert into draft_parts (bucket, campaign_id, part, submission)
values (${p.bucket}, ${p.campaignId}, ${p.part}, ${p.submission})`,
});

const countPart = statement('count_draft_part', {
  params: { ...keyParams, recipients: int4 },
  text: (p) => `
update drafts set parts = parts + 1, recipients = recipients + ${p.recipients}
where bucket = ${p.bucket} and account_id = ${p.accountId} and name = ${p.name}`,
});

export async function insertPart(
  query: Query,
  key: DraftKey,
  { campaignId, parts }: Draft,
  part: DraftPart,
): Promise<void> {
  await insertSubmission.run(query, { bucket: key.bucket, campaignId, part: parts + 1, submission: part });
  await countPart.run(query, { ...key, recipients: part.recipients.length });
}

const finish = statement('finish_draft', {
  params: keyParams,
  text: (p) => `
update drafts set is_finished = true
where bucket = ${p.bucket} and account_id = ${p.accountId} and name = ${p.name}`,
});

/** No part follows. */
export async function finishDraft(query: Query, key: DraftKey): Promise<void> {
  await finish.run(query, key);
}

const partsParams = { bucket: int2, campaignId: int8 };

const listSubmissions = statement('list_draft_parts', {
  params: partsParams,
  row: { submission: json<DraftPart>() },
  text: (p) => `
select submission from draft_parts where bucket = ${p.bucket} and campaign_id = ${p.campaignId} order by part`,
});

/** In the order in which they were added. */
export async function listParts(query: Query, bucket: number, campaignId: number): Promise<DraftPart[]> {
  const parts = await listSubmissions.run(query, { bucket, campaignId });
  return parts.map(({ submission }) => submission);
}

const readSubmission = statement('read_draft_part', {
  params: { ...partsParams, part: int4 },
  row: { submission: json<DraftPart>() },
  text: (p) => `
select submission from draft_parts
where bucket = ${p.bucket} and campaign_id = ${p.campaignId} and part = ${p.part}`,
});

/** `part` counts from 1. */
export async function readPart(
  query: Query,
  bucket: number,
  campaignId: number,
  part: number,
): Promise<DraftPart | null> {
  return (await readSubmission.find(query, { bucket, campaignId, part }))?.submission ?? null;
}

const claim = statement('claim_estimate', {
  params: { ...keyParams, processId: int8, until: instant, now: instant },
  row: { campaignId: int8 },
  text: (p) => `
update drafts set process_id = ${p.processId}, estimating_until = ${p.until}
where bucket = ${p.bucket} and account_id = ${p.accountId} and name = ${p.name} and cost_micros is null
  and (process_id is null or estimating_until <= ${p.now})
returning campaign_id as "campaignId"`,
});

/** True if this process may estimate the draft: until `untilMs`, or until the estimate is saved. */
export async function claimEstimate(
  query: Query,
  key: DraftKey,
  processId: number,
  untilMs: number,
  nowMs: number,
): Promise<boolean> {
  return (await claim.find(query, { ...key, processId, until: untilMs, now: nowMs })) !== null;
}

const saveCost = statement('save_estimate', {
  params: { ...keyParams, campaignId: int8, processId: int8, costMicros: nullable(micros) },
  text: (p) => `
update drafts set cost_micros = ${p.costMicros}, estimating_until = null, process_id = null
where bucket = ${p.bucket} and account_id = ${p.accountId} and name = ${p.name} and campaign_id = ${p.campaignId}
  and process_id = ${p.processId}`,
});

/** Null: the estimate failed, and can be repeated. Changes nothing if another process estimates the draft. */
export async function saveEstimate(
  query: Query,
  key: DraftKey,
  campaignId: number,
  processId: number,
  costMicros: bigint | null,
): Promise<void> {
  await saveCost.run(query, { ...key, campaignId, processId, costMicros });
}

const setSent = statement('set_draft_sent', {
  params: { ...keyParams, now: instant },
  text: (p) => `
update drafts set sent_at = ${p.now}
where bucket = ${p.bucket} and account_id = ${p.accountId} and name = ${p.name}`,
});

const removeParts = statement('delete_draft_parts', {
  params: partsParams,
  text: (p) => `delete from draft_parts where bucket = ${p.bucket} and campaign_id = ${p.campaignId}`,
});

/** After the acceptance of its campaign: deletes the parts, which are messages. The row stays, so that its name is taken. */
export async function endDraft(
  query: Query,
  key: DraftKey,
  campaignId: number,
  nowMs: number,
): Promise<void> {
  await removeParts.run(query, { bucket: key.bucket, campaignId });
  await setSent.run(query, { ...key, now: nowMs });
}

const remove = statement('delete_draft', {
  params: keyParams,
  text: (p) =>
    `delete from drafts where bucket = ${p.bucket} and account_id = ${p.accountId} and name = ${p.name}`,
});

export async function deleteDraft(query: Query, key: DraftKey, campaignId: number): Promise<void> {
  await removeParts.run(query, { bucket: key.bucket, campaignId });
  await remove.run(query, key);
}
