// What stands in ordinary tables and is not kept for ever: deleted a batch at a time. For pipeline/retention/delete-rows.ts only.
import type { Query } from '#store/database/database.ts';

interface OldRows {
  readonly table: string;
  /** Rises with time, within an account. */
  readonly id?: string;
  /** When it was; null: what makes it old is something else. */
  readonly at: string | null;
  /** Of the row `o`: it is not to go yet. */
  readonly unless?: string;
}

/** History: kept as long as messages are. */
const historyTables: readonly OldRows[] = [
  {
    table: 'replies',
    at: 'at',
    unless: 'exists (select from callbacks k where k.bucket = o.bucket and k.reply_id = o.id)',
  },
  { table: 'callback_attempts', at: 'at' },
  // Put away by their customers; that says nothing any more when the message is gone.
  {
    table: 'hidden_messages',
    id: 'message_id',
    at: null,
    unless: 'exists (select from messages m where m.bucket = o.bucket and m.id = o.message_id)',
  },
  { table: 'number_lookups', at: 'ordered_at', unless: "o.status = 'waiting'" },
  { table: 'lookups', at: 'at' },
  { table: 'opt_out_removals', at: 'at' },
  { table: 'phonebook_imports', at: 'at' },
  { table: 'slot_cleanings', at: 'created_at', unless: "o.status in ('todo', 'doing')" },
  { table: 'credit_alerts', at: 'raised_at', unless: 'o.cleared_at is null' },
  { table: 'automatic_top_ups', at: 'raised_at', unless: 'o.cleared_at is null' },
];

/** Codes that are no good any more; sending one deletes them too, but some accounts send no more. */
const codes: OldRows = { table: 'one_time_codes', at: 'expires_at' };

/**
 * From the oldest row of each account on, and only where that one is old: by the primary key, nothing is read from end to
 * end. Account 0 has the replies that answer nobody.
 */
function deleteText({ table, id = 'id', at, unless = 'false' }: OldRows): string {
  const ofAccount = `from ${table} o where o.bucket = $1 and o.account_id = a.id order by o.${id}`;
  // $2 is the instant before which all is old.
  const isOld = at === null ? '$2::float8 is not null' : `o.${at} < to_timestamp($2::float8 / 1000)`;
  return `
with oldest as materialized (
  select o.account_id, o.${id} as id
  from (select a.id from (select id from accounts where bucket = $1 union all select 0) a
    where (select ${isOld} ${ofAccount} limit 1)) a
  cross join lateral (select * ${ofAccount} limit $3) o
  where ${isOld} and not (${unless})
  limit $3
)
delete from ${table} t using oldest
where t.bucket = $1 and t.account_id = oldest.account_id and t.${id} = oldest.id
returning 1`;
}

/** A batch of rows that go; answers how many went, `limit` at the most. */
export type DeleteBatch = (query: Query, bucket: number, beforeMs: number, limit: number) => Promise<number>;

const deleterOf =
  (text: string): DeleteBatch =>
  async (query, bucket, beforeMs, limit) =>
    (await query(text, [bucket, beforeMs, limit])).length;

/** Campaigns on lists and their parts: drafts that nobody confirmed, and what became campaigns that are gone. */
const deleteListCampaigns = `
with old as materialized (
  select l.account_id, l.id from list_campaigns l
  where l.bucket = $1 and l.created_at < to_timestamp($2::float8 / 1000)
    and l.status in ('ready', 'failed', 'sent', 'cancelled')
    and not exists (
      select from campaigns c where c.bucket = l.bucket and c.account_id = l.account_id and c.id = l.id)
    and not exists (
      select from list_campaign_parts p
      join campaigns c on c.bucket = p.bucket and c.account_id = p.account_id and c.id = p.campaign_id
      where p.bucket = l.bucket and p.account_id = l.account_id and p.id = l.id)
  order by l.id limit $3
), gone as (
  -- asked again of a row that was confirmed meanwhile
  delete from list_campaigns l using old
  where l.bucket = $1 and l.account_id = old.account_id and l.id = old.id
    and l.status in ('ready', 'failed', 'sent', 'cancelled')
  returning l.account_id, l.id
), parts as (
  delete from list_campaign_parts p using gone
  where p.bucket = $1 and p.account_id = gone.account_id and p.id = gone.id
)
select 1 from gone`;

/** Batches that have come to their end, and whose campaigns are gone. */
const deleteBatches = `
delete from batches b using (
  select b.account_id, b.id from batches b
  where b.bucket = $1 and b.created_at < to_timestamp($2::float8 / 1000)
    and b.status in ('completed', 'failed', 'canceled')
    and not exists (
      select from campaigns c where c.bucket = b.bucket and c.account_id = b.account_id and c.batch_id = b.id)
  limit $3
) old
where b.bucket = $1 and b.account_id = old.account_id and b.id = old.id returning 1`;

/** Campaigns in parts that were never confirmed; an account that begins another has its own deleted then (drafts.ts). */
const deleteDrafts = `
with gone as (
  delete from drafts d using (
    select d.account_id, d.name from drafts d
    where d.bucket = $1 and d.created_at < to_timestamp($2::float8 / 1000) and d.sent_at is null and not exists (
      select from idempotency_keys k where k.bucket = d.bucket and k.account_id = d.account_id and k.scope = 2
        and k.key = d.campaign_id::text)
    limit $3
  ) old
  where d.bucket = $1 and d.account_id = old.account_id and d.name = old.name and d.sent_at is null
  returning d.campaign_id
), parts as (
  delete from draft_parts p using gone where p.bucket = $1 and p.campaign_id = gone.campaign_id
)
select 1 from gone`;

export const historyDeleters: readonly DeleteBatch[] = [
  deleterOf(deleteListCampaigns),
  deleterOf(deleteBatches),
  ...historyTables.map((rows) => deleterOf(deleteText(rows))),
];

export const deleteUnconfirmedDrafts = deleterOf(deleteDrafts);
export const deleteSpentCodes = deleterOf(deleteText(codes));

/** How many cancellations were asked for in months before this one (year * 12 + month). */
export async function deleteCancelRequests(query: Query, bucket: number, month: number): Promise<void> {
  await query('delete from cancel_requests where bucket = $1 and month < $2', [bucket, month]);
}

/** Processes that ended before then. */
export async function deleteEndedProcesses(query: Query, beforeMs: number): Promise<void> {
  await query('delete from processes where ended_at < to_timestamp($1::float8 / 1000)', [beforeMs]);
}
