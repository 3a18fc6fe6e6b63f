// Every declared statement has the form that a cluster of PostgreSQL servers (Citus) runs as one task on one node. Checked
// on the texts; no cluster is needed. Exceptions are named with a reason, and the lists only shrink.
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { registeredStatements } from '#store/database/statement.ts';
import { clusterFaults, faultsOverAllBuckets } from '../../test/support/cluster-forms.ts';
import { TestRows } from '../../test/support/rows.ts';
import { distributedTables, localTables, referenceTables } from '../../test/support/table-kinds.ts';

const folder = import.meta.dirname;

/** Tables whose ids the server counts: on a cluster the coordinator must do it. Compared with the schema below. */
const identityTables = new Set([
  'automatic_top_ups',
  'callback_attempts',
  'callbacks',
  'contact_groups',
  'credit_alerts',
  'notifications',
  'history_exports',
  'ledger_entries',
  'lookups',
  'lookup_orders',
  'one_time_codes',
  'opt_out_removals',
  'orders',
  'phonebook_contacts',
  'phonebook_imports',
  'replies',
  'slot_cleanings',
  'users',
]);

/** Over all buckets by their nature: one task on every node. */
const overAllBuckets: Readonly<Record<string, string>> = {
  find_carrier_refs: 'a carrier reference does not tell the account',
  find_conversations: 'the phone of a reply does not tell the account',
  find_lowest_reserved_campaign: 'a partition holds the campaigns of all accounts',
  find_answerable_conversation: 'a partition holds the conversations of all accounts',
  list_replies: 'a list for the operator',
  list_orders: 'a list for the operator',
  list_paid_orders: 'the invoices of all accounts have one series',
  list_all_senders: 'a list for the operator',
  list_open_alerts: 'a list for the operator',
  find_messages: 'a list for the operator',
  list_newest_campaigns: 'a list for the operator',
  list_all_templates: 'a list for the operator',
  find_account_of_campaign: 'the operator knows the id only',
  find_account_of_message: 'the operator knows the id only',
  sum_contents: 'the limit of the platform counts the files of all accounts',
  count_messages_to: 'an estimate for the operator',
  find_order: 'the operator knows the id only',
  list_topped_up: 'the accounts of all buckets, every 15 seconds',
  list_unwanted_top_ups: 'the accounts of all buckets, every 15 seconds',
  list_watched_accounts: 'the accounts of all buckets, every 15 seconds',
  list_watched_users: 'the users of all buckets, every 15 seconds',
  list_unwatched_alerts: 'the accounts of all buckets, every 15 seconds',
  list_buckets_with_alert_mails: 'asks which buckets have work',
};

/** The audit reads every table in one transaction; its statements ran on a cluster as they are. */
const isAudit = (name: string) => name.startsWith('audit_rule_');

/** Of those over all buckets, the ones that a cluster refuses today. */
const notPlannable: Readonly<Record<string, string>> = {
  find_conversations: 'limit in a lateral for each question; one question at a time would work',
};

/** Not in cluster form yet. */
const known: Readonly<Record<string, string>> = {
  insert_sender_document: 'the bucket that is inserted must be the parameter',
  hold_content: 'a lease by the clock of the database',
  read_content_piece: 'a lease by the clock of the database',
};

before(async () => {
  for (const file of globSync('**/*.ts', { cwd: folder }))
    if (!file.endsWith('.test.ts')) await import(join(folder, file));
});

test('every statement names one bucket by a parameter, in the form that a cluster routes', () => {
  const faults: string[] = [];
  const fixed = new Set(Object.keys(known));
  for (const statement of registeredStatements()) {
    const { name } = statement;
    if (isAudit(name)) continue;
    const found =
      name in overAllBuckets ? faultsOverAllBuckets(statement) : clusterFaults(statement, identityTables);
    if (found.length === 0) continue;
    fixed.delete(name);
    if (!(name in known) && !(name in notPlannable))
      faults.push(...found.map((fault) => `${name}: ${fault}`));
  }
  assert.deepEqual(faults, []);
  assert.deepEqual([...fixed], [], 'these are in cluster form now: delete them from the list');
});

test('every exception is the name of a statement that needs it', () => {
  const statements = new Map(registeredStatements().map((statement) => [statement.name, statement]));
  for (const name of Object.keys(overAllBuckets)) {
    const statement = statements.get(name);
    assert.ok(statement, `${name} is declared`);
    assert.notDeepEqual(clusterFaults(statement, identityTables), [], `${name} names its bucket`);
  }
  for (const name of Object.keys(notPlannable))
    assert.notDeepEqual(faultsOverAllBuckets(statements.get(name)!), [], `${name} can be planned`);
});

const faultsOf = (text: string) => clusterFaults({ name: 'planted', text }, new Set(['callbacks']));

const rightForms: readonly string[] = [
  'select id from messages where bucket = $1::smallint and id = $2',
  'select m.id from messages as m where m.bucket = $1::smallint::float8 and m.id = any($2)',
  `with n as materialized (select $1::smallint as bucket, u.* from unnest($2::bigint[]) as u(id))
   update messages m set error = n.error from n where m.bucket = n.bucket and m.id = n.id and m.bucket = $1::smallint::float8`,
  'insert into lookups (account_id, bucket) values ($2, $1::smallint) on conflict do nothing',
  'insert into lookups (bucket, id) values ($1, $2) on conflict (bucket, id) do update set at = $3',
  'insert into secret_texts (bucket, id) select $1, c.id from campaigns c where c.bucket = $1',
  `with c as materialized (select id from campaigns where bucket = $1)
   insert into callbacks (bucket, campaign_id) select $1, c.id from c`,
  'insert into callbacks (bucket, account_id) select $1, u.id from unnest($2) u where u.id in (select id from accounts)',
  'select name from accounts where bucket = $1',
  'select 1 from chunks where bucket = $1 and process_id not in (select id from processes)',
];

const plantedFaults: readonly (readonly [text: string, fault: RegExp])[] = [
  ['select id from messages where id = $1', /messages messages names no bucket/],
  [
    'select 1 from chunks k, campaigns c where k.bucket = $1 and c.bucket = k.bucket',
    /campaigns c names no bucket/,
  ],
  [
    'select 1 from chunks k where k.bucket = $1 and exists (select 1 from messages m where m.bucket = k.bucket)',
    /messages m names/,
  ],
  [
    'select 1 from campaigns c cross join lateral (select 1 from messages where id = c.id) m where c.bucket = $1',
    /messages/,
  ],
  [
    'select 1 from campaigns c left join users u on u.bucket = c.bucket where c.bucket = $1',
    /users u names no bucket/,
  ],
  [
    'select 1 from chunks where bucket = $1 union all select 1 from messages where id = 3',
    /messages messages names/,
  ],
  [
    'select 1 from chunks k where k.bucket = $1 and k.id in (select id from messages where bucket = $2)',
    /several parameters/,
  ],
  [
    'with d as (select 1 from chunks where bucket = $1) update callbacks c set process_id = $2 from d where c.id = d.id',
    /callbacks c names/,
  ],
  ['delete from chunks k using unnest($2::int[]) u(id) where k.id = u.id', /chunks k names no bucket/],
  [
    'insert into lookups (bucket, id) select c.bucket, c.id from campaigns c where c.bucket = $1',
    /lookups lookups names/,
  ],
  ['insert into lookups (id, bucket) values ($1, 3)', /lookups lookups names no bucket/],
  [
    'insert into lookups (bucket, id) select $1, u.id from unnest($2) u on conflict (bucket, id) do update set at = $3',
    /behind "on conflict"/,
  ],
  [
    'insert into lookups (bucket, id) select $1, a.id from unnest($2) u join accounts a on a.id = u.id',
    /joins a reference table/,
  ],
  [
    'insert into callbacks (bucket, id) select $1, c.id from campaigns c where c.bucket = $1',
    /counts ids: its source/,
  ],
  [
    'insert into callbacks (bucket, id) select $1, c.id from (select id from campaigns where bucket = $1) c',
    /counts ids: its source/,
  ],
  [
    'with c as (select id from campaigns where bucket = $1) insert into callbacks (bucket, id) select $1, c.id from c',
    /c must be materialized/,
  ],
  ['update chunks set due_at = now() where bucket = $1', /now\(\) in an update/],
  ["update chunks set due_at = due_at + interval '1 hour' where bucket = $1", /interval arithmetic/],
  [
    'update callbacks c set ids = case when $2 then r.ids::bigint[] end from r where c.bucket = $1',
    /cast of the column ids/,
  ],
  [
    'select 1 from chunks k where k.bucket = $1 and k.id = (select max(id) from messages) for update',
    /for update: messages/,
  ],
];

test('right forms have no fault', () => {
  for (const text of rightForms) assert.deepEqual(faultsOf(text), [], text);
});

test('each planted fault is found', () => {
  for (const [text, fault] of plantedFaults) assert.match(faultsOf(text).join('; '), fault, text);
});

test('a statement over all buckets may not lock, nor limit in a lateral, nor join by anything but buckets', () => {
  const faults = (text: string) => faultsOverAllBuckets({ name: 'planted', text }).join('; ');
  assert.equal(faults('select 1 from drafts d join batches b on b.bucket = d.bucket and b.id = d.id'), '');
  assert.match(faults('select 1 from drafts for update'), /for update: drafts/);
  assert.match(
    faults('select 1 from drafts d cross join lateral (select 1 from batches b limit 1) b'),
    /limit or offset/,
  );
  assert.match(
    faults('insert into drafts (bucket) select b.bucket from batches b on conflict do nothing'),
    /on conflict/,
  );
  assert.match(
    faults(
      'select 1 from accounts a join drafts d on d.bucket = a.bucket join batches b on b.bucket = a.bucket',
    ),
    /b is not joined by the bucket/,
  );
});

test('every table is in one list, and the schema can be distributed', async (t) => {
  const rows = await TestRows.openFor(t);
  const tables = await rows.query<{ name: string; hasBucket: boolean; hasIdentity: boolean }>(
    `select c.relname as name,
       exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'bucket') as "hasBucket",
       exists (select from pg_attribute a where a.attrelid = c.oid and a.attidentity <> '') as "hasIdentity"
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition order by 1`,
  );
  const lists = [referenceTables, localTables, distributedTables];
  const listed = lists.flatMap((list) => [...list]).sort();
  assert.deepEqual(
    listed,
    tables.map(({ name }) => name),
  );
  for (const { name, hasBucket } of tables)
    if (name !== 'accounts')
      assert.equal(distributedTables.has(name), hasBucket, `${name} is distributed by its bucket`);
  const counted = tables.filter(({ name, hasIdentity }) => hasIdentity && distributedTables.has(name));
  assert.deepEqual(
    [...identityTables].sort(),
    counted.map(({ name }) => name),
  );

  const distributed = [...distributedTables];
  const unique = await rows.query(
    `select i.indexrelid::regclass::text as index from pg_index i join pg_class c on c.oid = i.indrelid
     where c.relname = any($1) and i.indisunique and not exists (
       select from pg_attribute a where a.attrelid = i.indrelid and a.attname = 'bucket' and a.attnum = any(i.indkey))`,
    [distributed],
  );
  assert.deepEqual(unique, [], 'a unique index of a distributed table has the bucket');
  const foreign = await rows.query<{ name: string; from: string; to: string; hasBucket: boolean }>(
    `select k.conname as name, c.relname as "from", r.relname as "to", exists (
       select from pg_attribute a where a.attrelid = k.conrelid and a.attname = 'bucket' and a.attnum = any(k.conkey)
     ) as "hasBucket"
     from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_class r on r.oid = k.confrelid
     where k.contype = 'f'`,
  );
  for (const { name, from, to, hasBucket } of foreign)
    if (distributedTables.has(from))
      assert.ok(distributedTables.has(to) && hasBucket, `${name} stays in one bucket`);
  const triggers = await rows.query(
    'select tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid where not tgisinternal and c.relname = any($1)',
    [distributed],
  );
  assert.deepEqual(triggers, [], 'a distributed table has no trigger');
});
