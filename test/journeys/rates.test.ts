// Prices changed at the command line while a process runs: they apply to the next request, and not to waiting messages.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { operatorAccess } from '../../src/operations/access/operator-access.ts';
import { createRates } from '../../src/operations/operator/rates/service.ts';
import { chappe, chappeJson, temporaryFolder } from '../support/black-box.ts';
import { mobile, sendRest } from '../support/clients.ts';
import { openPlatform, type TestAccount } from '../support/platform.ts';
import { until } from '../support/until.ts';

const by = operatorAccess({ actor: 'test', address: null });
const minute = 60_000;

test('a rate card that is imported while a process runs applies to the next message within a second', async (t) => {
  await using platform = await openPlatform({ nowMs: Date.now() });
  const { user, password, host, port, database } = platform.testDatabase.connection;
  const url = `postgres://${user}:${encodeURIComponent(password)}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`;
  const here = { dataDir: 'unused', env: { DATABASE_URL: url, CHAPPE_LOG_LEVEL: 'silent' } };
  const folder = temporaryFolder();
  t.after(() => folder.remove());
  const file = `${folder.path}/card.csv`;
  const account = await platform.anAccount();
  const pays = async (to: number, from: TestAccount = account) => {
    const before = await platform.credit(from);
    assert.ok((await sendRest(platform.url, from, { to: [mobile(to)] })).isAccepted);
    const after = await platform.credit(from);
    return before.availableMicros - after.availableMicros;
  };

  assert.equal(await pays(1), 50_000n);
  writeFileSync(file, 'country,tier,price_eur\nFR,premium,0.061\n');
  const dry = await chappeJson<{ changed: unknown[]; removed: unknown[] }>(
    ['rate', 'import', file, '--dry-run'],
    here,
  );
  assert.deepEqual(dry.changed, [{ country: 'FR', tier: 'premium', price: '0.061000', before: '0.050000' }]);
  assert.equal(await pays(2), 50_000n);
  await chappeJson(['rate', 'import', file], here);
  await until('the next message pays the new price', async () => (await pays(3)) === 61_000n);

  await chappeJson(['rate', 'set', 'FR', 'premium', '0.04', '--account', account.serviceName], here);
  await until('the account pays its own price', async () => (await pays(4)) === 40_000n);
  assert.equal(await pays(5, await platform.anAccount()), 61_000n);

  writeFileSync(file, 'country,tier,price_eur\nFR,premium,0,05\n');
  const bad = await chappe(['rate', 'import', file], here);
  assert.equal(bad.status, 2);
  assert.match(bad.stderr, /^chappe: line 2: "0,05" has a decimal comma/);
  const exported = await chappe(['rate', 'export'], here);
  assert.equal(exported.stdout, 'country,tier,price_eur\nFR,premium,0.0610\n');
  await platform.quiet();
});

test('a price applies from its instant on, and messages accepted before keep their price', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const rates = createRates({ database: platform.database, clock: platform.clock });
  const held = async () => (await platform.credit(account)).heldMicros;
  const at = platform.clock.now();
  await rates.set(by, { account: null, fromMs: at + minute, country: 'FR', tier: 'premium', price: '0.08' });

  await sendRest(platform.url, account, { to: [mobile(1)], sendAtMs: at + 60 * minute });
  assert.equal(await held(), 50_000n);
  platform.clock.advance(minute / 2);
  await sendRest(platform.url, account, { to: [mobile(2)], sendAtMs: at + 60 * minute });
  assert.equal(await held(), 100_000n);
  platform.clock.advance(minute / 2);
  await sendRest(platform.url, account, { to: [mobile(3)], sendAtMs: at + 60 * minute });
  assert.equal(await held(), 180_000n);

  await platform.advance(60 * minute);
  await platform.quiet();
  assert.equal((await platform.credit(account)).availableMicros, 1_000_000_000n - 180_000n);
});
