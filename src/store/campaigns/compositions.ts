// Campaigns that members write in the console, and their estimates. Used by the service of compositions. A composition is
// sent if its key (scope 2 of the idempotency keys) is claimed, which the acceptance does: these rows can lag behind it.
import type { ListSubmission } from '#domain/acceptance/list-submission.ts';
import type { AccountKey } from '#domain/account/account.ts';
import type { Approval } from '#domain/campaign/approval.ts';
import type { Composition, CompositionContent } from '#domain/campaign/composition.ts';
import type { EstimateSums } from '#domain/campaign/estimate.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { boolean, instant, int4, int8, json, nullable, text, uuid } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

const keyParams = { ...accountParams, id: uuid };

type Mentions = Readonly<Record<'bucket' | 'accountId', string>>;

const isSent = (p: Mentions) => `(c.sent_at is not null or exists (select 1 from idempotency_keys k
    where k.bucket = ${p.bucket} and k.account_id = ${p.accountId} and k.scope = 2 and k.key = c.campaign_id::text))`;

const columns = (
  p: Mentions,
) => `c.id, c.version, c.content, c.changed_by as "changedBy", c.created_at as "createdAtMs",
  c.changed_at as "changedAtMs", c.campaign_id as "campaignId", c.approval, ${isSent(p)} as "isSent"`;

const compositionRow = {
  id: uuid,
  version: int4,
  content: json<CompositionContent>(),
  changedBy: text,
  createdAtMs: instant,
  changedAtMs: instant,
  campaignId: nullable(int8),
  approval: nullable(json<Approval>()),
  isSent: boolean,
};

const insert = statement('insert_composition', {
  params: { ...keyParams, content: json<CompositionContent>(), changedBy: text, now: instant, limit: int4 },
  row: { id: uuid },
  text: (p) => `
insert into compositions (bucket, account_id, id, version, content, changed_by, created_at, changed_at)
select ${p.bucket}, ${p.accountId}, ${p.id}, 1, ${p.content}, ${p.changedBy}, ${p.now}, ${p.now}
where (select count(*) from compositions c where c.bucket = ${p.bucket} and c.account_id = ${p.accountId}
  and c.sent_at is null) < ${p.limit}
returning id`,
});

/** False if the account has `limit` unsent ones. */
export async function insertComposition(
  query: Query,
  account: AccountKey,
  composition: { readonly id: string; readonly content: CompositionContent; readonly changedBy: string },
  limit: number,
  nowMs: number,
): Promise<boolean> {
  return (await insert.find(query, { ...valuesOf(account), ...composition, limit, now: nowMs })) !== null;
}

const read = statement('read_composition', {
  params: keyParams,
  row: compositionRow,
  text: (p) => `
select ${columns(p)} from compositions c
where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id = ${p.id}`,
});

export function readComposition(query: Query, account: AccountKey, id: string): Promise<Composition | null> {
  return read.find(query, { ...valuesOf(account), id });
}

const listUnsent = statement('list_compositions', {
  params: { ...accountParams, limit: int4 },
  row: compositionRow,
  // Index compositions_by_change.
  text: (p) => `
select ${columns(p)} from compositions c
where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and not ${isSent(p)}
order by c.changed_at desc limit ${p.limit}`,
});

/** Those that are not sent, the last change first. */
export function listCompositions(query: Query, account: AccountKey, limit: number): Promise<Composition[]> {
  return listUnsent.run(query, { ...valuesOf(account), limit });
}

const save = statement('save_composition', {
  params: {
    ...keyParams,
    version: int4,
    content: json<CompositionContent>(),
    changedBy: text,
    now: instant,
  },
  row: { version: int4 },
  text: (p) => `
update compositions c set content = ${p.content}, version = c.version + 1, changed_by = ${p.changedBy},
  changed_at = ${p.now}
where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id = ${p.id} and c.version = ${p.version}
  and not ${isSent(p)} and (c.approval is null or c.approval ->> 'state' = 'refused')
returning c.version`,
});

/** The new version; null if this version is not the present one, or the composition is sent, bound to an approval, or unknown. */
export async function saveComposition(
  query: Query,
  account: AccountKey,
  change: {
    readonly id: string;
    readonly version: number;
    readonly content: CompositionContent;
    readonly changedBy: string;
  },
  nowMs: number,
): Promise<number | null> {
  return (await save.find(query, { ...valuesOf(account), ...change, now: nowMs }))?.version ?? null;
}

/** No row refers to the recipients of these estimates any more (recipients/file-contents.ts). */
const leaveContents = (p: Readonly<Record<'bucket' | 'now', string>>) => `
  update contents t set is_kept = false, is_left = true, since = ${p.now} from estimate
  where t.bucket = ${p.bucket} and t.id = estimate.content_id and t.is_kept`;

const remove = statement('delete_composition', {
  params: { ...keyParams, now: instant },
  row: { content: json<CompositionContent>() },
  text: (p) => `
with estimate as (
  delete from estimates e
  where e.bucket = ${p.bucket} and e.account_id = ${p.accountId} and e.composition_id = ${p.id}
  returning e.content_id
), left_contents as (${leaveContents(p)}
)
delete from compositions c where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id = ${p.id}
returning c.content`,
});

/** The content of the deleted composition; null for an unknown one. */
export async function deleteComposition(
  query: Query,
  account: AccountKey,
  id: string,
  nowMs: number,
): Promise<CompositionContent | null> {
  return (await remove.find(query, { ...valuesOf(account), id, now: nowMs }))?.content ?? null;
}

const deleteOld = statement('delete_old_compositions', {
  params: { ...accountParams, before: instant, now: instant },
  text: (p) => `
with old as (
  delete from compositions c
  where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.changed_at < ${p.before} returning c.id
), estimate as (
  delete from estimates e using old
  where e.bucket = ${p.bucket} and e.account_id = ${p.accountId} and e.composition_id = old.id returning e.content_id
)${leaveContents(p)}`,
});

/** Deletes those of an account that nobody has changed or sent since an instant. */
export async function deleteOldCompositions(
  query: Query,
  account: AccountKey,
  { beforeMs, nowMs }: { readonly beforeMs: number; readonly nowMs: number },
): Promise<void> {
  await deleteOld.run(query, { ...valuesOf(account), before: beforeMs, now: nowMs });
}

const reserve = statement('reserve_campaign_of_composition', {
  params: { ...keyParams, campaignId: int8 },
  row: { campaignId: int8 },
  text: (p) => `
update compositions c set campaign_id = coalesce(c.campaign_id, ${p.campaignId})
where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id = ${p.id}
returning c.campaign_id as "campaignId"`,
});

/** The reserved id of the campaign: `newId` if there was none. Null for an unknown composition. */
export async function reserveCampaign(
  query: Query,
  account: AccountKey,
  id: string,
  newId: number,
): Promise<number | null> {
  return (await reserve.find(query, { ...valuesOf(account), id, campaignId: newId }))?.campaignId ?? null;
}

const finish = statement('finish_composition', {
  params: { ...keyParams, now: instant },
  text: (p) => `
with estimate as (
  select e.content_id from estimates e
  where e.bucket = ${p.bucket} and e.account_id = ${p.accountId} and e.composition_id = ${p.id}
), left_contents as (${leaveContents(p)}
)
update compositions c set sent_at = ${p.now}, changed_at = ${p.now},
  content = c.content || '{"typed": "", "text": "", "file": null}'::jsonb
where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id = ${p.id} and c.sent_at is null`,
});

/** Marks it as sent and removes its text and recipients, also those that an approval kept. */
export async function finishComposition(
  query: Query,
  account: AccountKey,
  id: string,
  nowMs: number,
): Promise<void> {
  await finish.run(query, { ...valuesOf(account), id, now: nowMs });
}

export interface Estimate {
  readonly id: string;
  readonly version: number;
  readonly submission: ListSubmission;
  readonly contentId: string;
  readonly sums: EstimateSums;
  readonly createdAtMs: number;
}

const insertRow = statement('insert_estimate', {
  params: {
    ...accountParams,
    compositionId: uuid,
    id: uuid,
    version: int4,
    submission: json<ListSubmission>(),
    contentId: uuid,
    sums: json<EstimateSums>(),
    now: instant,
  },
  text: (p) => `
insert into estimates (bucket, account_id, composition_id, id, version, submission, content_id, sums, created_at)
values (${p.bucket}, ${p.accountId}, ${p.compositionId}, ${p.id}, ${p.version}, ${p.submission}, ${p.contentId},
  ${p.sums}, ${p.now})`,
});

export async function insertEstimate(
  query: Query,
  account: AccountKey,
  compositionId: string,
  { createdAtMs, ...estimate }: Estimate,
): Promise<void> {
  await insertRow.run(query, { ...valuesOf(account), compositionId, ...estimate, now: createdAtMs });
}

const readRow = statement('read_estimate', {
  params: { ...accountParams, compositionId: uuid, id: uuid },
  row: {
    id: uuid,
    version: int4,
    submission: json<ListSubmission>(),
    contentId: uuid,
    sums: json<EstimateSums>(),
    createdAtMs: instant,
  },
  text: (p) => `
select e.id, e.version, e.submission, e.content_id as "contentId", e.sums, e.created_at as "createdAtMs"
from estimates e
where e.bucket = ${p.bucket} and e.account_id = ${p.accountId} and e.composition_id = ${p.compositionId}
  and e.id = ${p.id}`,
});

export function readEstimate(
  query: Query,
  account: AccountKey,
  compositionId: string,
  id: string,
): Promise<Estimate | null> {
  return readRow.find(query, { ...valuesOf(account), compositionId, id });
}

const deleteBefore = statement('delete_old_estimates', {
  params: { ...accountParams, compositionId: uuid, before: instant },
  text: (p) => `
delete from estimates e
where e.bucket = ${p.bucket} and e.account_id = ${p.accountId} and e.composition_id = ${p.compositionId}
  and e.created_at < ${p.before} and not exists (
    select from compositions c where c.bucket = ${p.bucket} and c.account_id = ${p.accountId}
      and c.id = ${p.compositionId} and c.approval ->> 'estimateId' = e.id::text)`,
});

/** Not that of an approval. */
export async function deleteOldEstimates(
  query: Query,
  account: AccountKey,
  compositionId: string,
  beforeMs: number,
): Promise<void> {
  await deleteBefore.run(query, { ...valuesOf(account), compositionId, before: beforeMs });
}
