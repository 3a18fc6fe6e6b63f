// Processes on one database: the fence around the dead, batches that count once, binds that are shared.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '#lib/observability/log.ts';
import { openDatabase } from '#store/database/database.ts';
import { releaseCallbacksOfDeadProcesses } from '#store/pipeline/callbacks.ts';
import { releaseChunksOfDeadProcesses } from '#store/pipeline/chunks.ts';
import { finishMessages } from '#store/pipeline/messages.ts';
import { assertProcessLives } from '#store/pipeline/outcomes.ts';
import { nowMs, Shelf } from '../../../test/support/rows.ts';
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

function register(shelf: Shelf): Promise<number> {
  return registerProcess(shelf.query, 'host', 1, ['dispatch']);
}

test('a process lives until it is declared dead, and then renews no more', async (t) => {
  const shelf = await Shelf.openFor(t);
  const id = await register(shelf);
  assert.equal(await renewProcess(shelf.query, id), true);
  assert.deepEqual(
    (await listProcesses(shelf.query)).map((process) => [process.id, process.leaseRanOut]),
    [[id, false]],
  );
  await shelf.query("update processes set lease_until = now() - interval '1 second'");
  assert.equal((await listProcesses(shelf.query))[0]?.leaseRanOut, true);
  await shelf.database.transaction((query) => endProcess(query, id));
  assert.deepEqual(await listProcesses(shelf.query), []);
  assert.equal(await renewProcess(shelf.query, id), false);
});

test('the work of a process that was declared dead is refused', async (t) => {
  const shelf = await Shelf.openFor(t);
  const id = await register(shelf);
  await shelf.database.transaction((query) => assertProcessLives(query, id));
  await shelf.database.transaction((query) => endProcess(query, id));
  await assert.rejects(
    shelf.database.transaction((query) => assertProcessLives(query, id)),
    { code: 'CH001' },
  );
});

test('the declaration waits for work under way, which is still good', async (t) => {
  const shelf = await Shelf.openFor(t);
  const id = await register(shelf);
  let declared = false;
  let declaration: Promise<void> | undefined;
  await shelf.database.transaction(async (query) => {
    await assertProcessLives(query, id);
    declaration = shelf.database
      .transaction((other) => endProcess(other, id))
      .then(() => {
        declared = true;
      });
    await until('it waits', async () => {
      const rows = await shelf.query("select 1 from pg_locks where locktype = 'advisory' and not granted");
      return rows.length === 1;
    });
    await query("insert into platform_settings values ('work', '1')");
    assert.equal(declared, false);
  });
  await declaration;
  assert.equal((await shelf.query("select 1 from platform_settings where key = 'work'")).length, 1);
});

test('a transaction that does not come to its end holds a declaration up for a moment, and then its connection is ended', async (t) => {
  const shelf = await Shelf.openFor(t);
  const frozen = openDatabase(shelf.testDatabase.connection, silentLog, 2);
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
  const declare = () => shelf.database.transaction((query) => declareDead(query, id));
  assert.equal(await declare(), false);
  assert.equal(await renewProcess(shelf.query, id), true, 'it is not declared dead');
  assert.ok((await endConnections(shelf.query, id)) > 0);
  assert.equal(await declare(), true);
  await lost;
  assert.deepEqual(await shelf.query("select 1 from platform_settings where key = 'work'"), []);
  assert.equal(await renewProcess(frozen.query, id), false, 'it wakes up, and is told');
});

test('only what belongs to the dead is freed, a process that began a moment ago included', async (t) => {
  const shelf = await Shelf.openFor(t);
  const account = await shelf.anAccount();
  const dead = await register(shelf);
  const [dying] = await shelf.aCampaign(account, 1, { processId: dead });
  const news = { messageId: dying!, deliveredSegments: 1, status: 'delivered' as const };
  const rest = { error: null, connectorId: 1, submittedAtMs: nowMs, atMs: nowMs };
  await finishMessages(shelf.query, 0, [{ ...news, ...rest }], dead, nowMs);
  await shelf.database.transaction((query) => endProcess(query, dead));
  const newborn = await register(shelf);
  const [living] = await shelf.aCampaign(account, 1, { processId: newborn });

  const freed = await releaseChunksOfDeadProcesses(shelf.query, 0);
  await releaseCallbacksOfDeadProcesses(shelf.query, 0);
  assert.deepEqual(
    freed.map(({ id }) => id),
    [dying],
  );
  assert.deepEqual(await shelf.query('select id, process_id from chunks order by id'), [
    { id: dying, process_id: null },
    { id: living, process_id: newborn },
  ]);
  assert.deepEqual(await shelf.query('select process_id from callbacks'), [{ process_id: null }]);
});

test('binds are shared, taken over from the dead, and never owned twice', async (t) => {
  const shelf = await Shelf.openFor(t);
  const { query } = shelf;
  const [one, two] = [await register(shelf), await register(shelf)];
  assert.deepEqual(await claimBinds(query, 7, 4, one, [one], 4), [0, 1, 2, 3], 'alone it takes them all');
  assert.deepEqual(await claimBinds(query, 7, 4, two, [one, two], 2), [], 'nothing is free yet');
  await releaseBinds(query, 7, one, [2, 3]);
  assert.deepEqual(await claimBinds(query, 7, 4, two, [one, two], 2), [2, 3]);
  assert.deepEqual(await claimBinds(query, 7, 4, one, [one, two], 2), [0, 1]);
  assert.deepEqual(await claimBinds(query, 7, 4, two, [two], 4), [0, 1, 2, 3], 'the dead own nothing');

  const crowd = await Promise.all(Array.from({ length: 5 }, () => register(shelf)));
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
