// Exports that stop, crash or do not fit. Needs a database.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '#lib/observability/log.ts';
import { readAccount } from '#store/accounts/accounts.ts';
import { releaseWorkOfDeadProcesses } from '#store/database/job-table.ts';
import { anotherProcess, declareDead } from '../../../../test/support/other-process.ts';
import { nowMs, TestRows } from '../../../../test/support/rows.ts';
import { createExports, type ExportOptions, type Exports } from './service.ts';

const hour = 3_600_000;

/** Stores the written content by the id of its document. */
class Fixture {
  readonly files = new Map<string, string>();
  readonly dropped: string[] = [];
  readonly testRows: TestRows;
  atMs = nowMs;

  constructor(testRows: TestRows) {
    this.testRows = testRows;
  }

  async account() {
    return (await readAccount(this.testRows.query, await this.testRows.anAccount()))!;
  }

  async open(render: ExportOptions['render'], maxBytes = 1_000): Promise<Exports> {
    return this.openIn(await anotherProcess(this.testRows.database), render, maxBytes);
  }

  openIn(processId: number, render: ExportOptions['render'], maxBytes = 1_000): Exports {
    const { database, query } = this.testRows;
    const context = { database, clock: { now: () => this.atMs }, log: silentLog };
    return createExports(context, {
      processId,
      render,
      write: async ({ id }, bytes) => {
        const parts: Uint8Array[] = [];
        for await (const part of bytes) parts.push(part);
        const file = Buffer.concat(parts).toString();
        if (file.length > maxBytes) return 'too-large';
        this.files.set(id, file);
        return file.length;
      },
      drop: async ({ id }) => this.dropped.push(id),
      accountOf: (id) => readAccount(query, id),
      buckets: () => [0],
    });
  }

  async left(): Promise<number> {
    return (await this.testRows.query('select from history_exports')).length;
  }
}

const documentId = 'a3bb189e-8bf9-4bc1-9f9e-0d0f4a0c4f4f';

async function* pages() {
  yield 'header\n';
  yield 'line é\n';
}

test('an export is written whole, of its account, kind and filter', async (t) => {
  const fixture = new Fixture(await TestRows.openFor(t));
  const account = await fixture.account();
  const asked: unknown[] = [];
  const exports = await fixture.open(({ id }, kind, filter) => {
    asked.push([id, kind, filter]);
    return pages();
  });
  const filter = { tag: 'été', fromMs: nowMs, userId: 7 };
  await exports.order(account, 'received', filter, { customer: account, id: documentId });
  await exports.work();
  assert.deepEqual(asked, [[account.id, 'received', filter]]);
  assert.equal(fixture.files.get(documentId), 'header\nline é\n');
  assert.equal(await fixture.left(), 0);
});

test('a stopped export is released to other processes immediately, a failed one is begun again later', async (t) => {
  const fixture = new Fixture(await TestRows.openFor(t));
  const account = await fixture.account();
  const another = await fixture.open(pages);
  const stopped = await fixture.open(async function* () {
    yield 'header\n';
    stopped.stop();
    yield 'line\n';
  });
  await stopped.order(account, 'sent', {}, { customer: account, id: documentId });
  await stopped.work();
  assert.equal(fixture.files.size, 0, 'nothing is written in parts');
  await stopped.work();
  assert.equal(await fixture.left(), 1, 'it claims no other export');

  const broken = await fixture.open(async function* () {
    yield 'header\n';
    throw new Error('the disk is full');
  });
  await assert.rejects(broken.work());
  await another.work();
  assert.equal(fixture.files.size, 0, 'it is not retried immediately');
  fixture.atMs += hour;
  await another.work();
  assert.equal(fixture.files.get(documentId), 'header\nline é\n');
});

test('an export of a fenced process is written by another one, and no longer by the first', async (t) => {
  const fixture = new Fixture(await TestRows.openFor(t));
  const { database } = fixture.testRows;
  const account = await fixture.account();
  const another = await fixture.open(pages);
  const dead = await anotherProcess(database);
  const frozen = fixture.openIn(dead, async function* () {
    yield 'header\n';
    await another.work();
    assert.equal(fixture.files.size, 0, 'it is in progress');
    await declareDead(database, dead);
    assert.deepEqual(await releaseWorkOfDeadProcesses(database.query, 0), { history_exports: 1 });
    await another.work();
    yield 'too late\n';
  });
  await frozen.order(account, 'sent', {}, { customer: account, id: documentId });
  await frozen.work();
  assert.equal(fixture.files.get(documentId), 'header\nline é\n');
  assert.equal(await fixture.left(), 0);
});

test('a long export stays with its process', async (t) => {
  const fixture = new Fixture(await TestRows.openFor(t));
  const account = await fixture.account();
  const another = await fixture.open(() => {
    throw new Error('it was taken by two');
  });
  const slow = await fixture.open(async function* () {
    for (let i = 0; i < 5; i++) {
      yield `${i}\n`;
      fixture.atMs += hour;
      await another.work();
    }
  });
  await slow.order(account, 'sent', {}, { customer: account, id: documentId });
  await slow.work();
  assert.equal(fixture.files.get(documentId), '0\n1\n2\n3\n4\n');
});

test('a lost claim of a process is found by the process itself', async (t) => {
  const fixture = new Fixture(await TestRows.openFor(t));
  const account = await fixture.account();
  const exports = await fixture.open(pages);
  const another = await fixture.open(pages);
  await exports.order(account, 'sent', {}, { customer: account, id: documentId });
  const [row] = await fixture.testRows.query<{ id: number }>('select min(id) as id from processes');
  await fixture.testRows.query('update history_exports set process_id = $1', [row!.id]);
  await another.work();
  assert.equal(await fixture.left(), 1);
  await exports.work();
  assert.equal(await fixture.left(), 0);
});

test('an export that does not fit deletes its document', async (t) => {
  const fixture = new Fixture(await TestRows.openFor(t));
  const account = await fixture.account();
  const exports = await fixture.open(pages, 5);
  await exports.order(account, 'sent', {}, { customer: account, id: documentId });
  await exports.work();
  assert.deepEqual(fixture.dropped, [documentId]);
  assert.equal(await fixture.left(), 0);
});
