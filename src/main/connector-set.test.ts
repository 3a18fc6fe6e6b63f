// The links of two processes over one database: leases of polling, and the tables that are read again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Query } from '#store/database/database.ts';
import { deleteCosts, upsertCosts } from '#store/platform/carrier-costs.ts';
import { insertConnector, saveLearnt } from '#store/platform/carriers.ts';
import { registerProcess } from '#store/platform/processes.ts';
import { aCarrier } from '../../test/support/http-link.ts';
import { nowMs, TestRows } from '../../test/support/rows.ts';
import { until } from '../../test/support/until.ts';
import { silentLog } from '../lib/observability/log.ts';
import { createSeal } from '../lib/security/sealing.ts';
import { ConnectorSet } from './connector-set.ts';

/** A process, and the statements that its set has run. */
async function aProcess({ database, query }: TestRows) {
  const statements: string[] = [];
  const recording: Query = (statement, values) => {
    statements.push(typeof statement === 'string' ? statement : statement.name);
    return query(statement, values);
  };
  const processId = await registerProcess(query, 'host', 1, ['dispatch']);
  const set = new ConnectorSet({
    database: { ...database, query: recording },
    processId,
    events: { onReceipt: () => {}, onReply: () => {}, onChange: () => {} },
    clock: { now: () => nowMs },
    log: silentLog,
    random: () => 0.5,
    seal: createSeal('a secret'),
    baseUrl: 'https://sms.example',
    mayBeSimulated: false,
  });
  const statementsOf = async (work: () => Promise<void>) => {
    statements.length = 0;
    await work();
    return [...statements];
  };
  return { processId, set, statementsOf };
}

const cost = { country: 'FR', prefix: '', validFromMs: nowMs, costMicros: 30_000n };

test('one of two processes polls; the other one reads little, and continues at the stored place', async (t) => {
  const carrier = await aCarrier(t, (response) => response.end('{"items":[]}'));
  const rows = await TestRows.openFor(t);
  const id = await insertConnector(
    rows.query,
    {
      name: 'north',
      kind: 'http',
      options: {
        preset: 'generic-json',
        url: `${carrier.url}/send`,
        pollReceipts: `${carrier.url}/receipts?after={{cursor}}`,
        pollSeconds: 86_400,
        pollCursor: '/next',
        receiptList: '/items',
      },
    },
    nowMs,
  );
  const first = await aProcess(rows);
  const second = await aProcess(rows);
  const both = [first.processId, second.processId];
  await first.set.refresh(both);
  await second.set.refresh(both);
  await until('one polls', () => carrier.heard.length === 1);
  assert.deepEqual(await first.statementsOf(() => first.set.refresh(both)), []);
  assert.deepEqual(await second.statementsOf(() => second.set.refresh(both)), [
    'insert_bind_leases',
    'claim_binds',
    'list_binds',
  ]);
  await saveLearnt(rows.query, id, { polledReceipts: { cursor: '77', sinceMs: nowMs, seen: [] } });
  await first.set.stop();
  await second.set.refresh(both);
  await until('the other one polls', () => carrier.heard.length === 2);
  assert.deepEqual(
    carrier.heard.map(({ url }) => url),
    ['/receipts', '/receipts?after=77'],
  );
  await second.set.stop();
});

test('costs are read when they have changed, and not with each reading of the carriers', async (t) => {
  const rows = await TestRows.openFor(t);
  const id = await insertConnector(rows.query, { name: 'north', options: {} }, nowMs);
  const { set, processId, statementsOf } = await aProcess(rows);
  const readsCosts = async () => {
    set.forget();
    return (await statementsOf(() => set.refresh([processId]))).includes('list_carrier_costs');
  };
  assert.equal(await readsCosts(), true);
  assert.equal(await readsCosts(), false);
  await rows.database.transaction((query) => upsertCosts(query, id, [cost]));
  assert.equal(await readsCosts(), true);
  assert.equal(await readsCosts(), false);
  await rows.database.transaction((query) => deleteCosts(query, id));
  assert.equal(await readsCosts(), true);
  await set.stop();
});
