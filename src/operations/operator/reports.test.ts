// The monthly report on a real database: it agrees with the ledger, and names the parts that it does not know.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operatorAccess } from '#operations/access/operator-access.ts';
import { readAccount } from '#store/accounts/accounts.ts';
import { finishMessages } from '#store/pipeline/messages.ts';
import type { Carriage } from '#store/pipeline/outcomes.ts';
import { insertConnector } from '#store/platform/carriers.ts';
import { costMicros, nowMs, settle, TestRows } from '../../../test/support/rows.ts';
import { createReports } from './reports.ts';

const by = operatorAccess({ actor: 'cli:alice', address: null });
const november = { month: '2026-11', account: undefined };
const october = { month: '2026-10', account: undefined };
const beginOfNovember = Date.UTC(2026, 10, 1);

const link = { host: '127.0.0.1', port: 2775, systemId: 'x', password: 'y', binds: 1 } as never;

async function open(t: Parameters<typeof TestRows.openFor>[0]) {
  const rows = await TestRows.openFor(t);
  const { query } = rows;
  const carrier = await insertConnector(query, { name: 'carrier one', options: link }, nowMs);
  const reports = createReports({ database: rows.database, clock: { now: () => nowMs } });

  /** Charges messages of a new campaign. */
  async function charge(accountId: number, count: number, part: Partial<Carriage>, atMs = nowMs) {
    const ids = await rows.aCampaign(accountId, count);
    const carriage = {
      connectorId: carrier,
      country: 'FR',
      segments: 1,
      tier: 'premium' as const,
      segmentCostMicros: 30_000n,
      ...part,
    };
    const settlements = ids.map((messageId) => ({
      messageId,
      accountId,
      kind: 'charge' as const,
      costMicros,
      carriage,
    }));
    await settle(query, 0, settlements, atMs);
    return ids;
  }

  async function deliver(ids: readonly number[]) {
    const news = { deliveredSegments: 1, status: 'delivered', error: null, connectorId: carrier } as const;
    const updates = ids.map((messageId) => ({ ...news, messageId, submittedAtMs: nowMs, atMs: nowMs }));
    await finishMessages(query, 0, updates, null, nowMs);
  }

  const nameOf = async (id: number) => (await readAccount(query, id))!.serviceName;
  return { rows, query, carrier, reports, charge, deliver, nameOf };
}

const shown = ({ account, country, carrier, messages, delivered, ...rest }: Record<string, unknown>) => [
  account,
  country,
  carrier,
  messages,
  delivered,
  rest['priceMicros'],
  rest['costMicros'],
  rest['marginMicros'],
  rest['withoutCost'],
];

test('charges are summed by account, country and carrier, with receipts, cost and margin', async (t) => {
  const { reports, charge, deliver, rows, nameOf } = await open(t);
  const [one, two] = [await rows.anAccount(), await rows.anAccount()];
  const french = await charge(one, 3, {});
  await charge(one, 2, { country: 'BE', segments: 2, segmentCostMicros: 40_000n });
  await charge(two, 1, { connectorId: 0, segmentCostMicros: null });
  await deliver(french.slice(0, 2));
  const report = await reports.read(by, november);
  const [first, second] = [await nameOf(one), await nameOf(two)];
  assert.deepEqual(report.rows.map(shown as never), [
    [first, 'BE', 'carrier one', 2, 0, 100_000n, 160_000n, -60_000n, 0],
    [first, 'FR', 'carrier one', 3, 2, 150_000n, 90_000n, 60_000n, 0],
    [second, 'FR', 'simulator', 1, 0, 50_000n, 0n, null, 1],
  ]);
  assert.deepEqual(report.total, {
    messages: 6,
    segments: 8,
    delivered: 2,
    priceMicros: 300_000n,
    costMicros: 250_000n,
    marginMicros: 0n,
    withoutCost: 1,
    deleted: 0,
  });
  const ofSecond = await reports.read(by, { ...november, account: second });
  assert.deepEqual(
    ofSecond.rows.map(({ account }) => account),
    [second],
  );
});

test('messages of one transaction with and without a known cost are counted separately', async (t) => {
  const { reports, query, carrier, rows } = await open(t);
  const accountId = await rows.anAccount();
  const [first, second, refused] = await rows.aCampaign(accountId, 3);
  const carriage = {
    connectorId: carrier,
    country: 'FR',
    segments: 1,
    tier: 'premium',
    segmentCostMicros: 30_000n,
  } as const;
  const settlement = { accountId, costMicros, kind: 'charge' } as const;
  await settle(
    query,
    0,
    [
      { ...settlement, messageId: first!, carriage },
      { ...settlement, messageId: second!, carriage: { ...carriage, segmentCostMicros: null } },
      { ...settlement, messageId: refused!, kind: 'release', carriage: null },
    ],
    nowMs,
  );
  const { total } = await reports.read(by, november);
  assert.deepEqual(
    [total.messages, total.withoutCost, total.priceMicros, total.costMicros, total.marginMicros],
    [2, 1, 100_000n, 30_000n, 20_000n],
  );
});

test('a month is that of the hand-over, in UTC: its first instant belongs to it', async (t) => {
  const { reports, charge, rows } = await open(t);
  const accountId = await rows.anAccount();
  await charge(accountId, 1, {}, beginOfNovember - 1);
  await charge(accountId, 2, {}, beginOfNovember);
  assert.equal((await reports.read(by, october)).total.messages, 1);
  assert.equal((await reports.read(by, november)).total.messages, 2);
  assert.equal((await reports.read(by, { ...october, month: '2026-09' })).rows.length, 0);
});

test('a month stays complete after retention has deleted its messages', async (t) => {
  const { reports, charge, deliver, query, rows } = await open(t);
  const ids = await charge(await rows.anAccount(), 3, {});
  await deliver(ids);
  await query('delete from messages where id = $1', [ids[0]]);
  const { total } = await reports.read(by, november);
  assert.deepEqual([total.messages, total.delivered, total.deleted], [3, 2, 1]);
  assert.equal(total.priceMicros, 150_000n);
});

test('a month that does not exist or has not begun, and an unknown account, are refused', async (t) => {
  const { reports } = await open(t);
  for (const month of ['2026-13', '2026-00', '2026-1', '26-11', '0099-01', 'November', ''])
    await assert.rejects(reports.read(by, { ...november, month }), /is not a month; write the year/);
  await assert.rejects(reports.read(by, { ...november, month: '2026-12' }), /2026-12 has not begun/);
  await assert.rejects(reports.read(by, { ...november, account: 'sms-none' }), /no account sms-none/);
});
