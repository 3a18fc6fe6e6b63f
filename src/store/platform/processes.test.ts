// Processes on one database: the fence, batches that count once, binds that are shared.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '#lib/observability/log.ts';
import { openDatabase } from '#store/database/database.ts';
import { releaseCallbacksOfDeadProcesses } from '#store/pipeline/callbacks.ts';
import { releaseChunksOfDeadProcesses } from '#store/pipeline/chunks.ts';
import { finishMessages } from '#store/pipeline/messages.ts';
import { assertProcessLives } from '#store/pipeline/outcomes.ts';
import { nowMs, TestRows } from '../../../test/support/rows.ts';
import { until } from '../../../test/support/until.ts';
import {
  claimBinds,
  declareDead,
  endConnections,
  endProcess,
  listProcesses,
  registerProcess,
  releaseBinds,
  renewProcess,
} from './processes.ts';

function register(testRows: TestRows): Promise<number> {
  return registerProcess(testRows.query, 'host', 1, ['dispatch']);
}

test('a process renews its lease until it is declared dead', async (t) => {
  const testRows = await TestRows.openFor(t);
  const id = await register(testRows);
  assert.equal(await renewProcess(testRows.query, id), true);
  assert.deepEqual(
    (await listProcesses(testRows.query)).map((process) => [process.id, process.leaseRanOut]),
    [[id, false]],
  );
  await testRows.query("update processes set lease_until = now() - interval '1 second'");
  assert.equal((await listProcesses(testRows.query))[0]?.leaseRanOut, true);
  await testRows.database.transaction((query) => endProcess(query, id));
  assert.deepEqual(await listProcesses(testRows.query), []);
  assert.equal(await renewProcess(testRows.query, id), false);
});

test('the work of a process that was declared dead is refused', async (t) => {
  const testRows = await TestRows.openFor(t);
  const id = await register(testRows);
  await testRows.database.transaction((query) => assertProcessLives(query, id));
  await testRows.database.transaction((query) => endProcess(query, id));
  await assert.rejects(
    testRows.database.transaction((query) => assertProcessLives(query, id)),
    { code: 'CH001' },
  );
});

test('the declaration waits for work under way, which is still good', async (t) => {
  const testRows = await TestRows.openFor(t);
  const id = await register(testRows);
  let declared = false;
  let declaration: Promise<void> | undefined;
  await testRows.database.transaction(async (query) => {
    await assertProcessLives(query, id);
    declaration = testRows.database
      .transaction((other) => endProcess(other, id))
      .then(() => {
        declared = true;
      });
    await until('it waits', async () => {
      const rows = await testRows.query("select 1 from pg_locks where locktype = 'advisory' and not granted");
      return rows.length === 1;
    });
    await query("insert into platform_settings values ('work', '1')");
    assert.equal(declared, false);
  });
  await declaration;
  assert.equal((await testRows.query("select 1 from platform_settings where key = 'work'")).length, 1);
});

test('a transaction that does not come to its end holds a declaration up for a moment, and then its connection is ended', async (t) => {
  const testRows = await TestRows.openFor(t);
  const frozen = openDatabase(testRows.testDatabase.connection, silentLog, 2);
  t.after(() => frozen.close());
  const id = await registerProcess(frozen.query, 'host', 1, ['dispatch'], frozen.applicationName);
  const stopped = Promise.withResolvers<void>();
  const work = frozen.transaction(async (query) => {
    await assertProcessLives(query, id);
    await query("insert into platform_settings values ('work', '1')");
    stopped.resolve();
    // Longer than anybody waits: its machine sleeps.
    await query('select pg_sleep(60)');
  });
  const lost = assert.rejects(work);
  await stopped.promise;
  const declare = () => testRows.database.transaction((query) => declareDead(query, id));
  assert.equal(await declare(), false);
  assert.equal(await renewProcess(testRows.query, id), true, 'it is not declared dead');
  assert.ok((await endConnections(testRows.query, id)) > 0);
  assert.equal(await declare(), true);
  await lost;
  assert.deepEqual(await testRows.query("select 1 from platform_settings where key = 'work'"), []);
  assert.equal(await renewProcess(frozen.query, id), false, 'it wakes up, and is told');
});

test('only rows of fenced processes are released, not those of a process that has just started', async (t) => {
  const testRows = await TestRows.openFor(t);
  const account = await testRows.anAccount();
  const dead = await register(testRows);
  const [dying] = await testRows.aCampaign(account, 1, { processId: dead });
  const news = { messageId: dying!, deliveredSegments: 1, status: 'delivered' as const };
  const rest = { error: null, connectorId: 1, submittedAtMs: nowMs, atMs: nowMs };
  await finishMessages(testRows.query, 0, [{ ...news, ...rest }], dead, nowMs);
  await testRows.database.transaction((query) => endProcess(query, dead));
  const newborn = await register(testRows);
  const [live] = await testRows.aCampaign(account, 1, { processId: newborn });

  const freed = await releaseChunksOfDeadProcesses(testRows.query, 0);
  await releaseCallbacksOfDeadProcesses(testRows.query, 0);
  assert.deepEqual(
    freed.map(({ id }) => id),
    [dying],
  );
  assert.deepEqual(await testRows.query('select id, process_id from chunks order by id'), [
    { id: dying, process_id: null },
    { id: live, process_id: newborn },
  ]);
  assert.deepEqual(await testRows.query('select process_id from callbacks'), [{ process_id: null }]);
});

test('binds are shared between processes, reclaimed from fenced ones, and never claimed twice', async (t) => {
  const testRows = await TestRows.openFor(t);
  const { query } = testRows;
  const [one, two] = [await register(testRows), await register(testRows)];
  assert.deepEqual(await claimBinds(query, 7, 4, one, [one], 4), [0, 1, 2, 3], 'alone it takes them all');
  assert.deepEqual(await claimBinds(query, 7, 4, two, [one, two], 2), [], 'nothing is free yet');
  await releaseBinds(query, 7, one, [2, 3]);
  assert.deepEqual(await claimBinds(query, 7, 4, two, [one, two], 2), [2, 3]);
  assert.deepEqual(await claimBinds(query, 7, 4, one, [one, two], 2), [0, 1]);
  assert.deepEqual(await claimBinds(query, 7, 4, two, [two], 4), [0, 1, 2, 3], 'the dead own nothing');

  const crowd = await Promise.all(Array.from({ length: 5 }, () => register(testRows)));
  const claims = await Promise.all(crowd.map((id) => claimBinds(query, 8, 10, id, crowd, 2)));
  for (const [i, id] of crowd.entries()) {
    const owned = await claimBinds(query, 8, 10, id, crowd, 2);
    assert.equal(owned.length, 2, `${claims[i]}`);
  }
  const owners = await query<{ process_id: number }>(
    'select process_id from bind_leases where connector_id = 8',
  );
  assert.equal(owners.length, 10);
  assert.equal(new Set(owners.map(({ process_id }) => process_id)).size, 5);
});
