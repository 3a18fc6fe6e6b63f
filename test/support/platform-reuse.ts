// Decides whether the next test can use the platform of the last one, and deletes the rows of the last test. A platform costs
// ten connections to PostgreSQL, about 1.5 s of processor time with the server's; a journey often costs less. Used by
// platform.ts. Never reuses a platform with unfinished work, other settings, or another clock.
import type { Database, Query } from '../../src/store/database/database.ts';

/** Rows of the installation and of its processes. All other tables hold rows of accounts and of the audit trail. */
const keptTables = [
  'bind_leases',
  'carrier_costs',
  'connectors',
  'id_sequences',
  'lookup_prices',
  'platform_settings',
  'processes',
  'rate_changes',
  'rate_prices',
  'receipt_windows',
  'routes',
  'schema_migrations',
];

/** Settings that a test can change, except `connectors.learnt`, and the objects of the schema. The process adds partitions. */
const fingerprintOfSettings = `
select md5(concat(
  (select jsonb_agg(to_jsonb(c) - 'learnt' order by c.id) from connectors c),
  (select jsonb_agg(r order by r.id) from routes r),
  (select jsonb_agg(c) from carrier_costs c),
  (select jsonb_agg(r order by r.id) from rate_changes r),
  (select jsonb_agg(l) from lookup_prices l),
  (select jsonb_agg(s order by s.key) from platform_settings s),
  (select jsonb_agg(n) from reply_numbers n),
  (select count(*) from processes),
  (select count(*) from pg_class where relnamespace = 'public'::regnamespace and not relispartition),
  (select count(*) from pg_trigger))) as fingerprint`;

/** Work that is due within this time is waited for. */
const soonMs = 60_000;

const claimingTables = [
  'batches',
  'callbacks',
  'chunks',
  'contact_list_campaigns',
  'credit_alerts',
  'drafts',
  'history_exports',
  'lookup_orders',
  'notifications',
  'slot_cleanings',
];

/** A row that no process has claimed and that is not due can be deleted: nothing in memory refers to it. */
const work = `
select exists (select from chunks where due_at <= $1) or exists (select from callbacks where due_at <= $1)
  or exists (select from messages m where status in (0, 1, 8)
    and exists (select from carrier_references r where r.message_id = m.id))
  or exists (select from unmatched_receipts)
  or ${claimingTables.map((table) => `exists (select from ${table} where process_id is not null)`).join(' or ')} as "isBusy"`;

export async function readFingerprint(query: Query): Promise<string> {
  const [row] = await query<{ fingerprint: string }>(fingerprintOfSettings);
  return row!.fingerprint;
}

/** Whether the process works on a row, will soon, or expects a receipt. */
export async function isBusy(query: Query, nowMs: number): Promise<boolean> {
  const [row] = await query<{ isBusy: boolean }>(work, [new Date(nowMs + soonMs)]);
  return row!.isBusy;
}

/** Deletes all rows of accounts. Sequences go on, so caches of the process never take a new row for an old one. */
export async function deleteAccountRows(database: Database): Promise<void> {
  const tables = await database.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and pg_relation_size(c.oid) > 0
       and c.relname <> all ($1)`,
    [keptTables],
  );
  await database.transaction(async (query) => {
    // Without the checks of foreign keys, the order of the tables does not matter. \`truncate\` would create 200 files.
    await query('set local session_replication_role = replica');
    for (const { name } of tables) await query(`delete from ${name}`);
  });
}
