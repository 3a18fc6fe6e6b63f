// Deletion by age in ordinary tables, a batch at a time. Used by pipeline/retention/delete-rows.ts only.
import { instant, int2, int4 } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

interface OldRows {
  readonly table: string;
  /** Rises with time, within an account. */
  readonly id?: string;
  /** The column with the time of the row; null: its age does not matter. */
  readonly at: string | null;
  /** A condition on the row `o`: it must stay. */
  readonly unless?: (bucket: string) => string;
}

/** History: kept as long as messages are. */
const historyTables: readonly OldRows[] = [
  {
    table: 'replies',
    at: 'at',
    unless: (bucket) => `exists (select from callbacks k where k.bucket = ${bucket} and k.reply_id = o.id)`,
  },
  { table: 'callback_attempts', at: 'at' },
  // Messages that their customers have hidden: without meaning when the message is deleted.
  {
    table: 'hidden_messages',
    id: 'message_id',
    at: null,
    unless: (bucket) => `exists (select from messages m where m.bucket = ${bucket} and m.id = o.message_id)`,
  },
  { table: 'lookup_orders', at: 'ordered_at', unless: () => "o.status = 'waiting'" },
  { table: 'lookups', at: 'at' },
  { table: 'opt_out_removals', at: 'at' },
  { table: 'phonebook_imports', at: 'at' },
  { table: 'slot_cleanings', at: 'created_at', unless: () => "o.status in ('todo', 'doing')" },
  { table: 'credit_alerts', at: 'raised_at', unless: () => 'o.cleared_at is null' },
  { table: 'automatic_top_ups', at: 'raised_at', unless: () => 'o.cleared_at is null' },
];

/** Codes that have expired. Sending one deletes them too, but some accounts send no more. */
const codes: OldRows = { table: 'one_time_codes', at: 'expires_at' };

/** Deletes a batch of rows that are older; returns how many, `limit` at most. */
export type DeleteBatch = (query: Query, bucket: number, beforeMs: number, limit: number) => Promise<number>;

const params = { bucket: int2, before: instant, limit: int4 };
type ParameterMentions = Readonly<Record<keyof typeof params, string>>;

function deleterOf(name: string, text: (p: ParameterMentions) => string): DeleteBatch {
  const remove = statement(name, { params, row: { deleted: int4 }, text });
  return async (query, bucket, beforeMs, limit) =>
    (await remove.run(query, { bucket, before: beforeMs, limit })).length;
}

/**
 * From the oldest row of each account on, and only if that one is old: by the primary key, so that no table is read from end
 * to end. Account 0 has the replies that belong to no account.
 */
function rowsDeleter({ table, id = 'id', at, unless = () => 'false' }: OldRows): DeleteBatch {
  return deleterOf(`delete_old_${table}`, (p) => {
    const ofAccount = `from ${table} o where o.bucket = ${p.bucket} and o.account_id = a.id order by o.${id}`;
    const isOld = at === null ? `${p.before} is not null` : `o.${at} < ${p.before}`;
    return `
with oldest as materialized (
  select o.account_id, o.${id} as id
  from (select a.id from (select id from accounts where bucket = ${p.bucket} union all select 0) a
    where (select ${isOld} ${ofAccount} limit 1)) a
  cross join lateral (select * ${ofAccount} limit ${p.limit}) o
  where ${isOld} and not (${unless(p.bucket)})
  limit ${p.limit}
)
delete from ${table} t using oldest
where t.bucket = ${p.bucket} and t.account_id = oldest.account_id and t.${id} = oldest.id
returning 1 as deleted`;
  });
}

/** The begin of endpoints' answers in the delivery log: they can contain personal data. The attempts themselves stay. */
export const deleteExpiredAnswers = deleterOf(
  'delete_expired_callback_answers',
  // Index callback_attempts_answers.
  (p) => `
with old as materialized (
  select account_id, id from callback_attempts
  where bucket = ${p.bucket} and answer is not null and at < ${p.before} order by at limit ${p.limit}
)
update callback_attempts a set answer = null from old
where a.bucket = ${p.bucket} and a.account_id = old.account_id and a.id = old.id
returning 1 as deleted`,
);

/** Contact-list campaigns and their parts: drafts that nobody confirmed, and those whose campaigns were deleted. */
const deleteListCampaigns = deleterOf(
  'delete_old_contact_list_campaigns',
  (p) => `
with old as materialized (
  select l.account_id, l.id from contact_list_campaigns l
  where l.bucket = ${p.bucket} and l.created_at < ${p.before}
    and l.status in ('ready', 'failed', 'sent', 'cancelled')
    and not exists (
      select from campaigns c where c.bucket = ${p.bucket} and c.account_id = l.account_id and c.id = l.id)
    and not exists (
      select from contact_list_campaign_parts p
      join campaigns c on c.bucket = ${p.bucket} and c.account_id = p.account_id and c.id = p.campaign_id
      where p.bucket = ${p.bucket} and p.account_id = l.account_id and p.id = l.id)
  order by l.id limit ${p.limit}
), deleted as (
  -- Asked again: a row may have been confirmed concurrently.
  delete from contact_list_campaigns l using old
  where l.bucket = ${p.bucket} and l.account_id = old.account_id and l.id = old.id
    and l.status in ('ready', 'failed', 'sent', 'cancelled')
  returning l.account_id, l.id
), parts as (
  delete from contact_list_campaign_parts p using deleted
  where p.bucket = ${p.bucket} and p.account_id = deleted.account_id and p.id = deleted.id
)
select 1 as deleted from deleted`,
);

/** Batches that are finished and whose campaigns were deleted. */
const deleteBatches = deleterOf(
  'delete_old_batches',
  (p) => `
delete from batches b using (
  select b.account_id, b.id from batches b
  where b.bucket = ${p.bucket} and b.created_at < ${p.before}
    and b.status in ('completed', 'failed', 'canceled')
    and not exists (
      select from campaigns c where c.bucket = ${p.bucket} and c.account_id = b.account_id and c.batch_id = b.id)
  limit ${p.limit}
) old
where b.bucket = ${p.bucket} and b.account_id = old.account_id and b.id = old.id returning 1 as deleted`,
);

/** Index imported_messages_by_time, from the oldest of each account on. */
const deleteImported = deleterOf(
  'delete_old_imported_messages',
  (p) => `
delete from imported_messages i using (
  select o.account_id, o.source, o.foreign_id from imported_messages o
  where o.bucket = ${p.bucket} and o.sent_at < ${p.before} limit ${p.limit}
) old
where i.bucket = ${p.bucket} and i.account_id = old.account_id and i.source = old.source
  and i.foreign_id = old.foreign_id
returning 1 as deleted`,
);

export const historyDeleters: readonly DeleteBatch[] = [
  deleteImported,
  deleteListCampaigns,
  deleteBatches,
  ...historyTables.map(rowsDeleter),
];

/** Drafts that were never confirmed; an account that begins another has its own deleted then (campaigns/drafts.ts). */
export const deleteUnconfirmedDrafts = deleterOf(
  'delete_unconfirmed_drafts',
  (p) => `
with deleted as (
  delete from drafts d using (
    select d.account_id, d.name from drafts d
    where d.bucket = ${p.bucket} and d.created_at < ${p.before} and d.sent_at is null and not exists (
      select from idempotency_keys k where k.bucket = ${p.bucket} and k.account_id = d.account_id and k.scope = 2
        and k.key = d.campaign_id::text)
    limit ${p.limit}
  ) old
  where d.bucket = ${p.bucket} and d.account_id = old.account_id and d.name = old.name and d.sent_at is null
  returning d.campaign_id
), parts as (
  delete from draft_parts p using deleted where p.bucket = ${p.bucket} and p.campaign_id = deleted.campaign_id
)
select 1 as deleted from deleted`,
);

export const deleteSpentCodes = rowsDeleter(codes);

const deleteRequests = statement('delete_old_cancel_requests', {
  params: { bucket: int2, month: int4 },
  text: (p) => `delete from cancel_requests where bucket = ${p.bucket} and month < ${p.month}`,
});

/** Deletes the counts of cancel requests of months before this one (year * 12 + month). */
export async function deleteCancelRequests(query: Query, bucket: number, month: number): Promise<void> {
  await deleteRequests.run(query, { bucket, month });
}

const deleteEnded = statement('delete_ended_processes', {
  params: { before: instant },
  text: (p) => `delete from processes where ended_at < ${p.before}`,
});

/** Deletes processes that ended before then. */
export async function deleteEndedProcesses(query: Query, beforeMs: number): Promise<void> {
  await deleteEnded.run(query, { before: beforeMs });
}
