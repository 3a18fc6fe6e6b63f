// Prices on a real database, without a running process.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operatorAccess } from '#operations/access/operator-access.ts';
import { readAccount } from '#store/accounts/accounts.ts';
import { replaceRates } from '#store/money/rates.ts';
import { listAuditEntries } from '#store/platform/audit-entries.ts';
import { insertConnector, insertRoute } from '#store/platform/carriers.ts';
import { nowMs, TestRows } from '../../../../test/support/rows.ts';
import type { RateScope } from './change-rates.ts';
import { createRates } from './service.ts';

const by = operatorAccess({ actor: 'cli:alice', address: null });
const card = { account: null, fromMs: null };
const hour = 3_600_000;
const anyLink = { host: '127.0.0.1', port: 1 };

async function open(t: Parameters<typeof TestRows.openFor>[0]) {
  const testRows = await TestRows.openFor(t);
  await replaceRates(testRows.query, [
    { country: 'FR', tier: 'premium', priceMicros: 50_000n },
    { country: 'BE', tier: 'premium', priceMicros: 70_000n },
  ]);
  const state = { atMs: nowMs };
  const rates = createRates({ database: testRows.database, clock: { now: () => state.atMs } });
  const prices = async (scope: RateScope = { account: null }) =>
    (await rates.list(by, scope)).rates.map(
      (r) => `${r.country} ${r.tier} ${r.priceMicros}${r.isOwn ? ' own' : ''}`,
    );
  const entries = () => listAuditEntries(testRows.query, { limit: 10 });
  return { testRows, state, rates, prices, entries };
}

test('a price is set immediately, another from an instant on, and both are in the audit trail', async (t) => {
  const { state, rates, prices, entries } = await open(t);
  await rates.set(by, { ...card, country: 'fr', tier: 'premium', price: '0.06' });
  const later = { ...card, fromMs: nowMs + hour, country: 'FR', tier: 'premium', price: '0.065' };
  const { preview } = await rates.set(by, later);
  assert.deepEqual(preview.changed, [
    { country: 'FR', tier: 'premium', priceMicros: 65_000n, beforeMicros: 60_000n },
  ]);
  assert.deepEqual(await prices(), ['BE premium 70000', 'FR premium 60000']);
  state.atMs = nowMs + hour;
  assert.deepEqual(await prices(), ['BE premium 70000', 'FR premium 65000']);
  const [second, first] = await entries();
  assert.deepEqual(
    [first!.action, first!.actor, first!.target, first!.before, first!.after!['price']],
    ['rate.set', 'cli:alice', 'FR premium', { price: '0.050000' }, '0.060000'],
  );
  assert.equal(second!.after!['from'], new Date(nowMs + hour).toISOString());
});

test('an import is the whole card from its instant on; the dry run changes nothing; any version can be restored', async (t) => {
  const { rates, prices } = await open(t);
  const csv = 'country,tier,price_eur\nFR,premium,0.055\nDE,world,0.09\n';
  const preview = await rates.preview(by, { ...card, csv });
  assert.deepEqual(
    [preview.added.length, preview.changed.length, preview.removed.length, preview.prices],
    [1, 1, 1, 2],
  );
  assert.deepEqual(await prices(), ['BE premium 70000', 'FR premium 50000']);
  await rates.import(by, { ...card, csv });
  assert.deepEqual(await prices(), ['DE world 90000', 'FR premium 55000']);
  assert.equal(
    await rates.export(by, { account: null }),
    'country,tier,price_eur\nDE,world,0.0900\nFR,premium,0.0550\n',
  );
  const [imported, shipped] = await rates.history(by, { account: null }, 10);
  assert.deepEqual([imported!.kind, imported!.prices, shipped!.kind], ['import', 3, 'shipped']);
  await rates.restore(by, shipped!.id, null);
  assert.deepEqual(await prices(), ['BE premium 70000', 'FR premium 50000']);
  await rates.restore(by, imported!.id, null);
  assert.deepEqual(await prices(), ['DE world 90000', 'FR premium 55000']);
});

test('an import replaces an earlier change that is still to come', async (t) => {
  const { state, rates, prices } = await open(t);
  const later = { account: null, fromMs: nowMs + 2 * hour };
  await rates.set(by, { ...card, fromMs: nowMs + hour, country: 'FR', tier: 'premium', price: '0.99' });
  await rates.set(by, { ...card, fromMs: nowMs + hour, country: 'IT', tier: 'premium', price: '0.99' });
  await rates.import(by, { ...later, csv: 'country,tier,price_eur\nFR,premium,0.05\n' });
  assert.deepEqual(await prices(), ['BE premium 70000', 'FR premium 50000']);
  state.atMs = nowMs + 2 * hour;
  assert.deepEqual(await prices(), ['FR premium 50000']);
});

test('a price of one account precedes the card until it is removed', async (t) => {
  const { testRows, rates, prices, entries } = await open(t);
  const { id, serviceName } = (await readAccount(testRows.query, await testRows.anAccount(0n)))!;
  const own = { account: serviceName, fromMs: null, country: 'FR', tier: 'premium' };
  await rates.set(by, { ...own, price: '0.04' });
  assert.deepEqual(await prices({ account: serviceName }), ['FR premium 40000 own', 'BE premium 70000']);
  assert.deepEqual(await prices(), ['BE premium 70000', 'FR premium 50000']);
  assert.equal((await entries())[0]!.account, serviceName);
  assert.equal((await rates.history(by, { account: serviceName }, 10))[0]!.accountId, id);
  await rates.set(by, { ...own, price: null });
  assert.deepEqual(await prices({ account: serviceName }), ['BE premium 70000', 'FR premium 50000']);
});

test('costs of carriers and used destinations are reported before a card loses money or destinations', async (t) => {
  const { testRows, rates } = await open(t);
  await testRows.aCampaign(await testRows.anAccount(), 3);
  const connector = await insertConnector(testRows.query, { name: 'carrier', options: anyLink }, nowMs);
  const everything = { country: null, tier: null, sender: null, position: 100, weight: 1 };
  await insertRoute(testRows.query, { connectorId: connector, ...everything, costMicros: 60_000n }, nowMs);
  const csv = 'country,tier,price_eur\nBE,premium,0.055\nDE,premium,0.06\n';
  const preview = await rates.preview(by, { ...card, csv });
  assert.deepEqual(preview.belowCost, [
    { country: 'BE', tier: 'premium', priceMicros: 55_000n, beforeMicros: 70_000n, costMicros: 60_000n },
  ]);
  assert.deepEqual(preview.unserved, [{ country: 'FR', tier: 'premium', messages: 3 }]);
});

const refused: readonly (readonly [what: string, order: object, told: RegExp])[] = [
  ['a negative price', { price: '-0.05' }, /"-0.05" is negative/],
  ['a decimal comma', { price: '0,05' }, /decimal comma; write 0\.05/],
  ['no price', { price: '' }, /not a price in euro/],
  ['no country', { country: '' }, /the country is missing/],
  ['a country that does not exist', { country: 'ZZ' }, /"ZZ" is not the code of a country/],
  ['an unknown tier', { tier: 'gold' }, /"gold" is not a tier/],
  ['an instant in the past', { fromMs: nowMs - 1 }, /is in the past/],
  ['an unknown account', { account: 'sms-nobody-1' }, /no account sms-nobody-1/],
  [
    'the removal of a price that there is not',
    { country: 'IT', price: null },
    /no price for IT premium to remove/,
  ],
];

for (const [what, order, told] of refused)
  test(`${what} is refused, and nothing changes`, async (t) => {
    const { rates, prices, entries } = await open(t);
    await assert.rejects(
      rates.set(by, { ...card, country: 'FR', tier: 'premium', price: '0.05', ...order }),
      { message: told },
    );
    assert.deepEqual(await prices(), ['BE premium 70000', 'FR premium 50000']);
    assert.deepEqual(await entries(), []);
  });

test('a card with mistakes is refused as a whole', async (t) => {
  const { rates, prices } = await open(t);
  const csv = 'country,tier,price_eur\nFR,premium,0.01\n,premium,0.05\nFR,premium,0.02\nBE,world,-1\n';
  await assert.rejects(rates.import(by, { ...card, csv }), {
    mistakes: [
      'line 3: the country is missing',
      'line 4: a second price for FR premium; line 2 has one',
      'line 5: "-1" is negative; a price is 0 or more',
    ],
  });
  assert.deepEqual(await prices(), ['BE premium 70000', 'FR premium 50000']);
});

test('an entry of the audit trail cannot be changed or removed', async (t) => {
  const { testRows, rates } = await open(t);
  await rates.set(by, { ...card, country: 'FR', tier: 'premium', price: '0.06' });
  for (const statement of ["update audit_entries set actor = 'nobody'", 'delete from audit_entries'])
    await assert.rejects(testRows.query(statement), /audit_entries is insert only/);
});
