// Exports that stop, crash or do not fit. Needs a database.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Account } from '#domain/account/account.ts';
import type { HistoryFilter } from '#domain/delivery/history.ts';
import { silentLog } from '#lib/observability/log.ts';
import { readAccount } from '#store/accounts/accounts.ts';
import { type HistoryKind, insertExport } from '#store/campaigns/history-exports.ts';
import { releaseWorkOfDeadProcesses } from '#store/database/job-table.ts';
import { anotherProcess, declareDead } from '../../../../test/support/other-process.ts';
import { nowMs, TestRows } from '../../../../test/support/rows.ts';
import { createExportJob, type ExportJobNeeds } from './job.ts';

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

  async open(render: ExportJobNeeds['render'], maxBytes = 1_000) {
    return this.openIn(await anotherProcess(this.testRows.database), render, maxBytes);
  }

  openIn(processId: number, render: ExportJobNeeds['render'], maxBytes = 1_000) {
    const { database, query } = this.testRows;
    const context = { database, clock: { now: () => this.atMs }, log: silentLog };
    const job = createExportJob(context, {
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
      deleteDocument: async ({ id }) => this.dropped.push(id),
      accountOf: (id) => readAccount(query, id),
    });
    return { runOnce: () => job.runOnce(0), stop: () => job.stop() };
  }

  async order({ bucket, id: accountId }: Account, kind: HistoryKind, filter: HistoryFilter): Promise<void> {
    const document = { customer: { bucket, id: accountId }, id: documentId };
    await insertExport(this.testRows.query, { bucket, accountId, kind, filter, document }, this.atMs);
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
  await fixture.order(account, 'received', filter);
  await exports.runOnce();
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
  await fixture.order(account, 'sent', {});
  await stopped.runOnce();
  assert.equal(fixture.files.size, 0, 'nothing is written in parts');
  await stopped.runOnce();
  assert.equal(await fixture.left(), 1, 'it claims no other export');

  const broken = await fixture.open(async function* () {
    yield 'header\n';
    throw new Error('the disk is full');
  });
  await assert.rejects(broken.runOnce());
  await another.runOnce();
  assert.equal(fixture.files.size, 0, 'it is not retried immediately');
  fixture.atMs += hour;
  await another.runOnce();
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
    await another.runOnce();
    assert.equal(fixture.files.size, 0, 'it is in progress');
    await declareDead(database, dead);
    assert.deepEqual(await releaseWorkOfDeadProcesses(database.query, 0), { history_exports: 1 });
    await another.runOnce();
    yield 'too late\n';
  });
  await fixture.order(account, 'sent', {});
  await frozen.runOnce();
  assert.equal(fixture.files.get(documentId), 'header\nline é\n');
  assert.equal(await fixture.left(), 0);
});

test('a long export stays with its process', async (t) => {
  const fixture = new Fixture(await TestRows.openFor(t));
  const account = await fixture.account();
  const another = await fixture.open(() => {
    throw new Error('two processes write it');
  });
  const slow = await fixture.open(async function* () {
    for (let i = 0; i < 5; i++) {
      yield `${i}\n`;
      fixture.atMs += hour;
      await another.runOnce();
    }
  });
  await fixture.order(account, 'sent', {});
  await slow.runOnce();
  assert.equal(fixture.files.get(documentId), '0\n1\n2\n3\n4\n');
});

test('a lost claim of a process is found by the process itself', async (t) => {
  const fixture = new Fixture(await TestRows.openFor(t));
  const account = await fixture.account();
  const exports = await fixture.open(pages);
  const another = await fixture.open(pages);
  await fixture.order(account, 'sent', {});
  const [row] = await fixture.testRows.query<{ id: number }>('select min(id) as id from processes');
  await fixture.testRows.query('update history_exports set process_id = $1', [row!.id]);
  await another.runOnce();
  assert.equal(await fixture.left(), 1);
  await exports.runOnce();
  assert.equal(await fixture.left(), 0);
});

test('an export that does not fit deletes its document', async (t) => {
  const fixture = new Fixture(await TestRows.openFor(t));
  const account = await fixture.account();
  const exports = await fixture.open(pages, 5);
  await fixture.order(account, 'sent', {});
  await exports.runOnce();
  assert.deepEqual(fixture.dropped, [documentId]);
  assert.equal(await fixture.left(), 0);
});
