// Migrations: each file is applied once, in order, and never replaced by another one of its name.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestRows } from '../../../test/support/rows.ts';
import { migrate } from './migrate.ts';

test('a second migration changes nothing', async (t) => {
  const testRows = await TestRows.openFor(t);
  const report = await migrate(testRows.database);
  assert.equal(report.length, 12);
  assert.ok(report.every(({ isNew }) => !isNew));
});

test('of two concurrent migrations of an empty database, one applies the files and the other finds them applied', async (t) => {
  const testRows = await TestRows.openFor(t);
  await testRows.query('drop schema public cascade');
  await testRows.query('create schema public');
  const reports = await Promise.all([migrate(testRows.database), migrate(testRows.database)]);
  const applied = reports.map((report) => report.filter(({ isNew }) => isNew).length).sort((a, b) => a - b);
  assert.deepEqual(applied, [0, reports[0]!.length]);
});

test('a migration that was changed after it was applied stops the start', async (t) => {
  const testRows = await TestRows.openFor(t);
  await testRows.query("update schema_migrations set sha256 = 'other' where name = '0004-money.sql'");
  await assert.rejects(
    migrate(testRows.database),
    /0004-money\.sql was changed.*put the change into a new one/,
  );
});

test('a database of a newer version is refused', async (t) => {
  const testRows = await TestRows.openFor(t);
  await testRows.query("insert into schema_migrations (name, sha256) values ('9999-future.sql', 'x')");
  await assert.rejects(migrate(testRows.database), /newer version.*9999-future\.sql/);
});

test('a database of a development version before the first release is refused and not changed', async (t) => {
  const testRows = await TestRows.openFor(t);
  await testRows.query('drop schema public cascade');
  await testRows.query('create schema public');
  await testRows.query('create table schema_migrations (name text primary key, sha256 text not null)');
  await testRows.query(
    "insert into schema_migrations values ('0001-accounts.sql', 'x'), ('0002-ledger.sql', 'y')",
  );
  await assert.rejects(migrate(testRows.database), /never released.*CHAPPE_DATA_DIR/);
  const tables = await testRows.query("select from pg_tables where schemaname = 'public'");
  assert.equal(tables.length, 1);
});

test('a migration that fails leaves nothing behind', async (t) => {
  const testRows = await TestRows.openFor(t);
  await testRows.query("delete from schema_migrations where name = '0004-money.sql'");
  await assert.rejects(migrate(testRows.database), { code: '42P07' });
  const rows = await testRows.query("select 1 from schema_migrations where name = '0004-money.sql'");
  assert.equal(rows.length, 0);
});

test('every table of the schema has a comment', async (t) => {
  const testRows = await TestRows.openFor(t);
  const tables = await testRows.query<{ name: string }>(
    `select relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and relkind in ('r', 'p') and relname <> 'schema_migrations'
       and obj_description(c.oid, 'pg_class') is null`,
  );
  assert.deepEqual(tables, []);
});
