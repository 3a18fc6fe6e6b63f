// Claims of look-ups while a carrier is queried. Needs a database.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LookupConnector, LookupOutcome } from '#domain/delivery/lookup.ts';
import { readAccount } from '#store/accounts/accounts.ts';
import { releaseWorkOfDeadProcesses } from '#store/database/job-table.ts';
import { readBalance } from '#store/money/ledger.ts';
import { setLookupPrice } from '#store/money/lookup-prices.ts';
import { anotherProcess, declareDead } from '../../../../test/support/other-process.ts';
import { nowMs, TestRows } from '../../../../test/support/rows.ts';
import { until } from '../../../../test/support/until.ts';
import { createLookupJob } from './job.ts';
import { createLookupOrder } from './lookup-orders.ts';

const hour = 3_600_000;
const failed = { kind: 'failed', reason: 'no answer' } as const;

async function open(t: Parameters<typeof TestRows.openFor>[0]) {
  const testRows = await TestRows.openFor(t);
  const account = (await readAccount(testRows.query, await testRows.anAccount(1_000_000n)))!;
  await setLookupPrice(testRows.query, '*', 10_000n);
  const state = { atMs: nowMs };
  const context = { database: testRows.database, clock: { now: () => state.atMs } };
  const work = (processId: number, look: LookupConnector['look']) =>
    createLookupJob(context, { processId, connector: { name: 'carrier', look } }).runOnce(0);
  await createLookupOrder(context, account, ['+33600000001', '+33600000002'], {
    name: 'carrier',
    look: async () => failed,
  });
  const balance = async () => (await readBalance(testRows.query, account)).balanceMicros;
  const statuses = async () =>
    (await testRows.query<{ status: string }>('select status from lookup_orders order by id')).map(
      (r) => r.status,
    );
  return { testRows, state, work, balance, statuses };
}

test('a slow carrier is queried by one process until that process is fenced', async (t) => {
  const { testRows, state, work, balance, statuses } = await open(t);
  assert.equal(await balance(), 980_000n);
  const [dead, heir] = [await anotherProcess(testRows.database), await anotherProcess(testRows.database)];
  const gate = Promise.withResolvers<LookupOutcome>();
  let asked = 0;
  const dying = work(dead, () => {
    asked++;
    return gate.promise;
  });
  await until('the carrier is asked', () => asked === 2);
  state.atMs += hour;
  await work(heir, async () => assert.fail('it is asked twice'));
  await declareDead(testRows.database, dead);
  assert.deepEqual(await releaseWorkOfDeadProcesses(testRows.query, 0), { lookup_orders: 2 });
  const facts = { isValid: true, networkName: null, mcc: null, mnc: null, isReachable: null, isPorted: null };
  await work(heir, async () => ({
    kind: 'found',
    facts: { ...facts, portedAtMs: null, originalNetwork: null },
  }));
  assert.deepEqual(await statuses(), ['done', 'done']);
  gate.resolve(failed);
  await dying;
  assert.deepEqual([await statuses(), await balance()], [['done', 'done'], 980_000n]);
});

test('a carrier that does not answer is queried three times by any process, and then not paid', async (t) => {
  const { testRows, state, work, balance, statuses } = await open(t);
  const processes = await Promise.all([1, 2, 3].map(() => anotherProcess(testRows.database)));
  let asked = 0;
  for (const [i, id] of processes.entries()) {
    await work(id, async () => {
      asked++;
      return failed;
    });
    await work(id, async () => assert.fail('not at once'));
    assert.equal(asked, 2 * (i + 1));
    state.atMs += 60_000;
  }
  assert.deepEqual([await statuses(), await balance()], [['failed', 'failed'], 1_000_000n]);
  assert.deepEqual(await testRows.query('select from lookup_orders where process_id is not null'), []);
});

test('an exception of a connector fails its own look-up only', async (t) => {
  const { testRows, state, work, statuses } = await open(t);
  const id = await anotherProcess(testRows.database);
  const facts = { isValid: true, networkName: null, mcc: null, mnc: null, isReachable: null, isPorted: null };
  const found = { kind: 'found', facts: { ...facts, portedAtMs: null, originalNetwork: null } } as const;
  const working = work(id, async (msisdn) => {
    if (msisdn === 33600000001) throw new Error('a bug');
    return found;
  });
  await assert.rejects(working, /a bug/);
  assert.deepEqual(await statuses(), ['waiting', 'done']);
  await work(id, async () => assert.fail('not at once'));
  state.atMs += 60_000;
  await work(id, async () => found);
  assert.deepEqual(await statuses(), ['done', 'done']);
});
