// Parts of long texts that customers cut themselves: stored one by one, joined when all are there. Used by
// pipeline/join-submitted-parts.ts, which holds the lock of the text, so that two processes never join the same one.
import type { StoredSubmittedPart, SubmittedPart } from '#domain/acceptance/submitted-part.ts';
import type { AccountKey } from '#domain/account/account.ts';
import type { ReturnPath } from '#domain/base/return-path.ts';
import type { Submission } from '#domain/base/submission.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import {
  boolean,
  instant,
  instantOf,
  int2,
  int4,
  int8,
  json,
  list,
  nothing,
  nullable,
  text,
} from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { inBucket, of, rows, statement } from '#store/database/statement.ts';

/** The text that a part belongs to. */
export interface TextKey {
  readonly accountId: number;
  readonly source: string;
  readonly recipient: string;
  readonly reference: number;
  readonly total: number;
}

export type NewSubmittedPart = SubmittedPart & TextKey & { readonly receivedAtMs: number };

const lock = statement('lock_submitted_texts', {
  params: { keys: list(text) },
  row: { locked: nothing },
  text: (p) => `
select pg_advisory_xact_lock(k.key) as locked from (
  select distinct hashtextextended('text ' || t.key, 0) as key from unnest(${p.keys}) as t(key) order by 1
) k`,
});

/** Until the end of the transaction, in all processes. Locked in one order, so that two transactions cannot wait for each other. */
export async function lockTexts(query: Query, keys: readonly string[]): Promise<void> {
  await lock.run(query, { keys });
}

const keyColumns = {
  account_id: of(int4, (k: TextKey) => k.accountId),
  source: of(text, (k: TextKey) => k.source),
  recipient: of(text, (k: TextKey) => k.recipient),
  reference: of(int4, (k: TextKey) => k.reference),
  total: of(int4, (k: TextKey) => k.total),
};

const insert = statement('insert_submitted_parts', {
  params: {
    bucket: int2,
    parts: rows<NewSubmittedPart>({
      ...keyColumns,
      id: of(int8, (p) => p.id),
      part: of(int4, (p) => p.part),
      text_hash: of(text, (p) => p.textHash),
      submission: of(json<Submission>(), (p) => p.submission),
      received: of(instant, (p) => p.receivedAtMs),
    }),
  },
  text: (p) => `
insert into submitted_parts (bucket, account_id, id, source, recipient, reference, total, part, text_sha256, submission,
  received_at)
select ${p.bucket}, p.account_id, p.id, p.source, p.recipient, p.reference, p.total, p.part, decode(p.text_hash, 'hex'),
  p.submission::jsonb, ${instantOf('p.received')}
from ${p.parts.as('p')}`,
});

export async function insertSubmittedParts(
  query: Query,
  bucket: number,
  parts: readonly NewSubmittedPart[],
): Promise<void> {
  await insert.run(query, { bucket, parts });
}

const partRow = {
  id: int8,
  accountId: int4,
  source: text,
  recipient: text,
  reference: int4,
  total: int2,
  part: int2,
  textHash: text,
  submission: json<Submission>(),
  receivedAtMs: instant,
  isJoined: boolean,
};
const columns = `p.id, p.account_id as "accountId", p.source, p.recipient, p.reference, p.total, p.part,
  encode(p.text_sha256, 'hex') as "textHash", p.submission, p.received_at as "receivedAtMs",
  p.campaign_id is not null as "isJoined"`;

const listOfTexts = statement('list_submitted_parts', {
  params: { bucket: int2, keys: rows<TextKey>(keyColumns), since: instant },
  row: partRow,
  // Index submitted_parts_by_key.
  text: (p) => `
select ${columns}
from (select distinct * from ${p.keys.as('q')}) q
cross join lateral (
  select * from submitted_parts p
  where p.bucket = ${p.bucket} and p.account_id = q.account_id and p.recipient = q.recipient
    and p.reference = q.reference and p.source = q.source and p.total = q.total
    and (p.campaign_id is null or p.received_at > ${p.since})
  offset 0
) p order by p.id`,
});

export type ListedPart = StoredSubmittedPart & TextKey & { readonly receivedAtMs: number };

/** Parts of these texts that wait, and those that arrived since then, oldest first. */
export function listSubmittedParts(
  query: Query,
  bucket: number,
  keys: readonly TextKey[],
  sinceMs: number,
): Promise<ListedPart[]> {
  return listOfTexts.run(query, { bucket, keys, since: sinceMs });
}

const findOverdue = statement('find_overdue_submitted_parts', {
  params: { bucket: int2, before: instant, limit: int4 },
  row: { accountId: int4, source: text, recipient: text, reference: int4, total: int2 },
  // Index submitted_parts_waiting.
  text: (p) => `
select account_id as "accountId", source, recipient, reference, total
from submitted_parts where bucket = ${p.bucket} and campaign_id is null
group by account_id, source, recipient, reference, total
having max(received_at) <= ${p.before} limit ${p.limit}`,
});

/** Texts that wait for a part and received the last one before then. */
export function findOverdueTexts(
  query: Query,
  bucket: number,
  beforeMs: number,
  limit: number,
): Promise<TextKey[]> {
  return findOverdue.run(query, { bucket, before: beforeMs, limit });
}

const markJoinedParts = statement('mark_submitted_parts_joined', {
  params: { ...accountParams, ids: list(int8), campaignId: int8 },
  text: (p) => `
update submitted_parts set campaign_id = ${p.campaignId}, submission = submission - 'text'
where bucket = ${p.bucket} and account_id = ${p.accountId} and id = any(${p.ids})`,
});

/** The parts belong to this campaign, accepted or refused. Their texts are deleted. */
export async function markSubmittedPartsJoined(
  query: Query,
  account: AccountKey,
  ids: readonly number[],
  campaignId: number,
): Promise<void> {
  await markJoinedParts.run(query, { ...valuesOf(account), ids, campaignId });
}

const findPart = statement('find_submitted_part', {
  params: { ...accountParams, id: int8 },
  row: { campaignId: nullable(int8), returnPath: nullable(json<ReturnPath>()), receivedAtMs: instant },
  text: (p) => `
select campaign_id as "campaignId", submission -> 'returnPath' as "returnPath", received_at as "receivedAtMs"
from submitted_parts where bucket = ${p.bucket} and account_id = ${p.accountId} and id = ${p.id}`,
});

export interface KnownPart {
  /** Null: it waits for the other parts. */
  readonly campaignId: number | null;
  readonly returnPath: ReturnPath | null;
  readonly receivedAtMs: number;
}

export function findSubmittedPart(query: Query, account: AccountKey, id: number): Promise<KnownPart | null> {
  return findPart.find(query, { ...valuesOf(account), id });
}

const deleteOld = statement('delete_submitted_parts', {
  params: { bucket: int2, before: instant, limit: int4 },
  row: { deleted: int4 },
  text: (p) => `
delete from submitted_parts t using (
  select account_id, id from submitted_parts
  where bucket = ${p.bucket} and campaign_id is not null and received_at < ${p.before} limit ${p.limit}
) old
where t.bucket = ${p.bucket} and t.account_id = old.account_id and t.id = old.id and ${inBucket('t', p.bucket)}
returning 1 as deleted`,
});

/** Deletes at most `limit` joined parts that arrived before then; returns how many. */
export async function deleteSubmittedParts(
  query: Query,
  bucket: number,
  beforeMs: number,
  limit: number,
): Promise<number> {
  return (await deleteOld.run(query, { bucket, before: beforeMs, limit })).length;
}
