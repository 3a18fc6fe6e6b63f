// Claims of cleanings: a cleaning stays with its process for any duration, and another process continues after that one is
// fenced. The list changes once and is reported once. Needs a database.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newUuid } from '#lib/security/secrets.ts';
import { readAccount } from '#store/accounts/accounts.ts';
import type { Query } from '#store/database/database.ts';
import { releaseWorkOfDeadProcesses } from '#store/database/job-table.ts';
import { readContent, writeContent } from '#store/recipients/file-contents.ts';
import { fillSlot, readSlot } from '#store/recipients/recipient-slots.ts';
import { anotherProcess, declareDead } from '../../../../test/support/other-process.ts';
import { nowMs, TestRows } from '../../../../test/support/rows.ts';
import { until } from '../../../../test/support/until.ts';
import { createCleaningJob } from './job.ts';
import { orderCleaning } from './service.ts';

const hour = 3_600_000;

/** A slot with a list whose cleaning is ordered, and processes that clean. */
async function open(t: Parameters<typeof TestRows.openFor>[0]) {
  const testRows = await TestRows.openFor(t);
  const { database, query } = testRows;
  const account = (await readAccount(query, await testRows.anAccount()))!;
  const content = { bucket: 0, id: newUuid(), accountId: account.id };
  const list = (async function* () {
    yield Buffer.from('number\n+33600000001\n+33600000001\n0123456789\n');
  })();
  await writeContent(query, content, list, { maxBytes: 1_000 }, nowMs);
  const key = { bucket: 0, accountId: account.id, userId: null, slot: 1 };
  const filled = { description: '', url: null, isUpdated: false, contentId: content.id, records: 3 };
  await database.transaction((inside) => fillSlot(inside, key, filled, nowMs));
  const state = { atMs: nowMs };
  const clock = { now: () => state.atMs };
  await orderCleaning({ database, clock }, account, key, { looksUp: false, isQuote: false }, false);
  /** Delays writes outside transactions. */
  const clean = (processId: number, writing: Query = query) =>
    createCleaningJob(
      { database: { ...database, query: writing }, clock },
      { processId, sendsReports: true },
    ).runOnce(0);
  const row = async () =>
    (
      await query<{ status: string; processId: number | null }>(
        `select status, process_id as "processId" from slot_cleanings`,
      )
    )[0]!;
  const told = async () => (await query('select from notifications')).length;
  const read = async () => {
    const slot = (await readSlot(query, key))!;
    let text = '';
    for await (const piece of readContent(query, { bucket: 0, id: slot.contentId })) text += piece.toString();
    return text;
  };
  return { testRows, state, clean, row, told, read };
}

test('a cleaning stays with its process, and another one does it once after that process is fenced', async (t) => {
  const { testRows, state, clean, row, told, read } = await open(t);
  const [dead, heir] = [await anotherProcess(testRows.database), await anotherProcess(testRows.database)];
  const gate = Promise.withResolvers<void>();
  const frozen = clean(dead, (async (statement, values) => {
    if (typeof statement !== 'string' && statement.name === 'insert_content') await gate.promise;
    return testRows.query(statement, values);
  }) as Query);
  await until('it is in hand', async () => (await row()).processId === dead);
  state.atMs += hour;
  await clean(heir);
  assert.deepEqual(await row(), { status: 'doing', processId: dead });
  await declareDead(testRows.database, dead);
  assert.deepEqual(await releaseWorkOfDeadProcesses(testRows.query, 0), { slot_cleanings: 1 });
  await clean(heir);
  assert.deepEqual(await row(), { status: 'done', processId: null });
  gate.resolve();
  await frozen;
  assert.deepEqual(await row(), { status: 'done', processId: null });
  assert.equal(await told(), 1);
  assert.equal(await read(), 'number\n+33600000001\n');
});

test('a cleaning that fails is released, and done later by any process', async (t) => {
  const { testRows, state, clean, row, read } = await open(t);
  const [first, second] = [await anotherProcess(testRows.database), await anotherProcess(testRows.database)];
  const broken = clean(first, (async (statement, values) => {
    if (typeof statement !== 'string' && statement.name === 'insert_content')
      throw new Error('the disk is full');
    return testRows.query(statement, values);
  }) as Query);
  await assert.rejects(broken, /full/);
  await clean(second);
  assert.deepEqual(await row(), { status: 'doing', processId: null }, 'not at once');
  state.atMs += 60_000;
  await clean(second);
  assert.equal((await row()).status, 'done');
  assert.equal(await read(), 'number\n+33600000001\n');
});
