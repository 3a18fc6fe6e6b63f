// Migrations: each file once, in order, and never another one under its name.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Shelf } from '../../../test/support/rows.ts';
import { migrate } from './migrate.ts';

test('migrating again changes nothing', async (t) => {
  const shelf = await Shelf.openFor(t);
  const report = await migrate(shelf.database);
  assert.ok(report.length >= 6);
  assert.ok(report.every(({ isNew }) => !isNew));
});

test('of two processes that migrate an empty database at once, one does it and the other finds it done', async (t) => {
  const shelf = await Shelf.openFor(t);
  await shelf.query('drop schema public cascade');
  await shelf.query('create schema public');
  const reports = await Promise.all([migrate(shelf.database), migrate(shelf.database)]);
  const news = reports.map((report) => report.filter(({ isNew }) => isNew).length).sort((a, b) => a - b);
  assert.deepEqual(news, [0, reports[0]!.length]);
});

test('a migration that was changed after it was applied stops the start', async (t) => {
  const shelf = await Shelf.openFor(t);
  await shelf.query("update schema_migrations set sha256 = 'other' where name = '0002-ledger.sql'");
  await assert.rejects(
    migrate(shelf.database),
    /0002-ledger\.sql was changed.*put the change into a new one/,
  );
});

test('a database of a newer version is refused', async (t) => {
  const shelf = await Shelf.openFor(t);
  await shelf.query("insert into schema_migrations (name, sha256) values ('9999-future.sql', 'x')");
  await assert.rejects(migrate(shelf.database), /newer version.*9999-future\.sql/);
});

test('a migration that fails leaves nothing behind', async (t) => {
  const shelf = await Shelf.openFor(t);
  await shelf.query("delete from schema_migrations where name = '0002-ledger.sql'");
  await assert.rejects(migrate(shelf.database), { code: '42P07' });
  const rows = await shelf.query("select 1 from schema_migrations where name = '0002-ledger.sql'");
  assert.equal(rows.length, 0);
});
