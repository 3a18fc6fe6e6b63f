// A backup of a database in use, and its restoration: equal rows, a consistent ledger, and no partial work.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Frame, readArchive, writeArchive } from '#lib/archive.ts';
import { silentLog } from '#lib/observability/log.ts';
import { operatorAccess } from '#operations/access/operator-access.ts';
import { openDatabase, type Query } from '#store/database/database.ts';
import { migrate } from '#store/database/migrate.ts';
import { audit, insertTopUp } from '#store/money/ledger.ts';
import { listAuditEntries } from '#store/platform/audit-entries.ts';
import { openTestDatabase } from '../../../test/support/postgres.ts';
import { carriage, costMicros, nowMs, settle, TestRows } from '../../../test/support/rows.ts';
import { createBackupFiles, createBackups } from './backups.ts';

type Test = Parameters<typeof TestRows.openFor>[0];

const by = operatorAccess({ actor: 'cli:alice', address: null });
const clock = { now: () => nowMs };
const files = createBackupFiles();

async function folderFor(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'chappe-backup-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A database without a table. */
async function openEmpty(t: Test) {
  const empty = await openTestDatabase();
  const database = openDatabase(empty.connection, silentLog, 3);
  t.after(async () => {
    await database.close();
    await empty.drop();
  });
  await database.query('drop schema public cascade');
  await database.query('create schema public');
  return { database, backups: createBackups({ database, clock }) };
}

async function open(t: Test) {
  const rows = await TestRows.openFor(t);
  const folder = await folderFor(t);
  const backups = createBackups({ database: rows.database, clock });
  return { rows, folder, path: join(folder, 'one.backup'), backups };
}

/** A hash of the rows of each table. */
async function contentOf(query: Query): Promise<Record<string, unknown>> {
  const tables = await query<{ name: string }>(
    `select relname::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and relkind in ('r', 'p') and not relispartition order by 1`,
  );
  const content: Record<string, unknown> = {};
  for (const { name } of tables) {
    if (name === 'schema_migrations' || name === 'audit_entries') continue;
    const [row] = await query(
      `select count(*) as rows, md5(string_agg(md5(t::text), '' order by t::text)) as hash from ${name} t`,
    );
    content[name] = row;
  }
  return content;
}

test('a restored database has the same rows, partitions and next ids, and a consistent ledger', async (t) => {
  const { rows, path, backups, folder } = await open(t);
  const accountId = await rows.anAccount();
  const ids = await rows.aCampaign(accountId, 600);
  // Far ids, in a partition of their own, and a text with every kind of character that COPY escapes.
  await rows.ids.take('message', 1);
  await rows.query(`update campaigns set text = $1`, ['tab\t, line\r\n, back\\slash, \\N, \\., null, é, 😀']);
  await rows.query(`update campaigns set tag = '', sender = null`);
  await rows.query(
    `insert into content_pieces values (0, gen_random_uuid(), 0, decode(repeat('00ff0a5c', 300000), 'hex'))`,
  );
  const settlement = { accountId, costMicros, kind: 'charge', carriage } as const;
  await settle(
    rows.query,
    0,
    ids.slice(0, 300).map((messageId) => ({ ...settlement, messageId })),
    nowMs,
  );
  const before = await contentOf(rows.query);
  const made = await backups.write(by, path);
  assert.ok(made.rows > 600);
  assert.deepEqual(await readdir(folder), ['one.backup']);

  const target = await openEmpty(t);
  const restored = await target.backups.restore(by, await files.check(by, path));
  assert.deepEqual([restored.rows, restored.tables], [made.rows, made.tables]);
  assert.deepEqual(await contentOf(target.database.query), before);
  assert.deepEqual(await audit(target.database.query), []);
  const partitions = `select relname::text as name from pg_class where relispartition and relkind = 'r' order by 1`;
  assert.deepEqual(await target.database.query(partitions), await rows.query(partitions));
  assert.deepEqual(
    (await migrate(target.database)).filter(({ isNew }) => isNew),
    [],
    'the schema is that of this version',
  );
  const [entry] = await target.database.query<{ id: number }>(
    `insert into ledger_entries (bucket, account_id, kind, amount_micros, at) values (0, $1, 'adjustment', 0, now())
     returning id`,
    [accountId],
  );
  const [last] = await rows.query<{ id: number }>('select max(id) as id from ledger_entries');
  assert.ok(entry!.id > last!.id, 'a sequence continues');
  assert.deepEqual(
    (await listAuditEntries(rows.query, { limit: 1 })).map(({ action }) => action),
    ['backup.made'],
  );
  assert.deepEqual(
    (await listAuditEntries(target.database.query, { limit: 1 })).map(({ action }) => action),
    ['backup.restored'],
  );
});

test('a backup during traffic is one snapshot: the ledger of the restored database is consistent', async (t) => {
  const { rows, path, backups } = await open(t);
  const accountId = await rows.anAccount();
  await rows.aCampaign(accountId, 2_000);
  let isDone = false;
  let campaigns = 0;
  const traffic = (async () => {
    while (!isDone) {
      const ids = await rows.aCampaign(accountId, 20);
      const settlement = { accountId, costMicros, kind: 'charge', carriage } as const;
      await settle(
        rows.query,
        0,
        ids.map((messageId) => ({ ...settlement, messageId })),
        nowMs,
      );
      const account = { bucket: 0, id: accountId };
      await insertTopUp(rows.query, account, { kind: 'top_up', amountMicros: 1n, note: null }, nowMs);
      campaigns++;
    }
  })();
  await backups.write(by, path);
  const whileWritten = campaigns;
  isDone = true;
  await traffic;
  assert.ok(whileWritten > 0, 'traffic ran during the backup');
  const target = await openEmpty(t);
  await target.backups.restore(by, await files.check(by, path));
  assert.deepEqual(await audit(target.database.query), []);
});

async function framesOf(path: string): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const { type, content } of readArchive(path))
    frames.push({ type, content: Buffer.from(content) });
  return frames;
}

async function rewrite(path: string, frames: readonly Frame[]): Promise<void> {
  const writer = await writeArchive(path, 'test');
  for (const { type, content } of frames) await writer.write(type, content);
  await writer.finish();
}

test('a file that is cut, damaged, of another kind or of a newer version is refused before anything is created', async (t) => {
  const { rows, path, backups, folder } = await open(t);
  await rows.aCampaign(await rows.anAccount(), 500);
  await backups.write(by, path);
  const whole = await readFile(path);
  const bad = join(folder, 'bad');
  for (const share of [0.999, 0.7, 0.3, 0.05]) {
    await writeFile(bad, whole);
    await truncate(bad, Math.floor(whole.length * share));
    await assert.rejects(files.check(by, bad), /is cut off: its end is missing|is not a backup/, `${share}`);
  }
  for (const at of [0.9, 0.5, 0.2]) {
    const damaged = Buffer.from(whole);
    damaged[Math.floor(whole.length * at)]! ^= 0xff;
    await writeFile(bad, damaged);
    await assert.rejects(files.check(by, bad), /is damaged|is cut off|is not a backup/, `${at}`);
  }
  for (const content of ['', 'hello', 'PGDMP'.repeat(100)]) {
    await writeFile(bad, content);
    await assert.rejects(files.check(by, bad), /is not a backup of Chappe/);
  }
  await assert.rejects(files.check(by, join(folder, 'none')), /cannot be read: ENOENT/);

  const [head, ...rest] = await framesOf(path);
  const headOf = (change: object) => {
    const content = Buffer.from(JSON.stringify({ ...JSON.parse(head!.content.toString()), ...change }));
    return { type: 'H', content };
  };
  const migrations = JSON.parse(head!.content.toString()).migrations as { name: string; sha256: string }[];
  const changes: [object, RegExp][] = [
    [{ migrations: [...migrations, { name: '0099-new.sql', sha256: 'x' }] }, /newer version.*0099-new\.sql/],
    [{ migrations: migrations.map((one) => ({ ...one, sha256: 'x' })) }, /has another schema/],
    [{ formatVersion: 2 }, /newer version.*format 2/],
    [{ format: 'other' }, /is not a backup/],
  ];
  for (const [index, [change, reason]] of changes.entries()) {
    const changed = join(folder, `changed-${index}`);
    await rewrite(changed, [headOf(change), ...rest]);
    await assert.rejects(files.check(by, changed), reason);
  }
  const headOnly = join(folder, 'without-end');
  await rewrite(headOnly, [head!, ...rest.slice(0, -1)]);
  await assert.rejects(files.check(by, headOnly), /is cut off/);
});

test('a restoration that fails in the middle leaves an empty database, which can be restored afterwards', async (t) => {
  const { rows, path, backups, folder } = await open(t);
  await rows.aCampaign(await rows.anAccount(), 500);
  await backups.write(by, path);
  const frames = await framesOf(path);
  // The checksum is right, but the last table is missing.
  const lastTable = frames.findLastIndex(({ type }) => type === 'T');
  const missing = join(folder, 'missing');
  await rewrite(missing, [...frames.slice(0, lastTable), ...frames.filter(({ type }) => type === 'E')]);
  const unreadable = join(folder, 'unreadable');
  const firstRows = frames.findIndex(({ type }) => type === 'R');
  await rewrite(
    unreadable,
    frames.map((frame, i) => (i === firstRows ? { type: 'R', content: Buffer.from('x\ty\n') } : frame)),
  );
  const target = await openEmpty(t);
  for (const bad of [missing, unreadable]) {
    await assert.rejects(target.backups.restore(by, await files.check(by, bad)));
    const [tables] = await target.database.query<{ n: number }>(
      `select count(*) as n from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public'`,
    );
    assert.equal(tables!.n, 0);
  }
  await target.backups.restore(by, await files.check(by, path));
  assert.deepEqual(await audit(target.database.query), []);
  // A second time: the database is full.
  const content = await contentOf(target.database.query);
  await assert.rejects(target.backups.restore(by, await files.check(by, path)), /the database is not empty/);
  assert.deepEqual(await contentOf(target.database.query), content);
});

test('a backup never replaces a file, and leaves none when it fails', async (t) => {
  const { rows, folder, path, backups } = await open(t);
  await writeFile(path, 'precious');
  await assert.rejects(backups.write(by, path), /one\.backup exists already/);
  assert.equal(await readFile(path, 'utf8'), 'precious');
  await assert.rejects(backups.write(by, join(folder, 'none', 'x')), /cannot be written: ENOENT/);
  // It waits for a lock in the middle, and its connection is ended.
  const other = join(folder, 'other');
  await rows.database.transaction(async (query) => {
    await query('lock table users in access exclusive mode');
    const written = assert.rejects(backups.write(by, other));
    for (;;) {
      // On another connection: a transaction keeps its first reading of this view.
      const ended = await rows.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock' and query like 'copy (select%'`,
      );
      if (ended.length > 0) break;
    }
    await written;
  });
  assert.deepEqual(await readdir(folder), ['one.backup']);
});
