// Receipts in every order that carriers send them: each counts once, none is lost.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mobile, sendRest } from '../support/clients.ts';
import { openPlatform } from '../support/platform.ts';
import { until } from '../support/until.ts';

test('receipts that arrive twice, or before the response, are pushed once', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const to = [
    ...Array.from({ length: 25 }, (_, i) => mobile(i, '96')),
    ...Array.from({ length: 25 }, (_, i) => mobile(i, '97')),
  ];
  await sendRest(platform.url, account, { to });
  await platform.customer.whenTaken(50);
  await platform.quiet();
  await until('the carrier has word of all', () => platform.carrier.counters.acknowledged === 75);
  assert.equal(platform.customer.pushes.length, 50);
  assert.equal((await platform.query('select 1 from unmatched_receipts')).length, 0);
});

test('a receipt with an unknown reference is stored, and is matched when the reference is recorded', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const number = mobile(1, '93');
  await sendRest(platform.url, account, { to: [number] });
  await until('it is charged', async () => (await platform.credit(account)).heldMicros === 0n);
  // As if another process had sent it and not yet recorded the answer.
  const [ref] = await platform.query<{ reference: string }>(
    "update carrier_references set reference = 'elsewhere ' || reference returning reference",
  );
  await platform.query(
    `insert into unmatched_receipts (connector_id, carrier_references, state, at, received_at)
     select connector_id, array['late-reference'], 'delivered', now(), to_timestamp($1::float8 / 1000) from carrier_references`,
    [platform.clock.now()],
  );
  // Several rounds of looking for it find nothing, and keep it.
  const lock = async () =>
    (await platform.query<{ lock: string }>('select xmax::text as lock from unmatched_receipts'))[0]?.lock;
  const first = await lock();
  for (const look of ['once', 'and once more']) {
    const before = look === 'once' ? first : await lock();
    await until(`it was looked for ${look}`, async () => (await lock()) !== before);
  }
  await platform.query("update carrier_references set reference = 'late-reference'");
  assert.ok(ref);
  assert.equal((await platform.customer.whenTold(number)).status, 'DELIVERED');
  assert.equal((await platform.query('select 1 from unmatched_receipts')).length, 0);
});

test('an unmatched receipt is given up after three days', async () => {
  await using platform = await openPlatform();
  const day = 86_400_000;
  await platform.query(
    `insert into unmatched_receipts (connector_id, carrier_references, state, at, received_at)
     values (1, '{nobody}', 'delivered', now(), to_timestamp($1::float8 / 1000))`,
    [platform.clock.now() - 4 * day],
  );
  const recorder = platform.processes[0]!;
  assert.ok(recorder);
  await until(
    'it is gone',
    async () => (await platform.query('select 1 from unmatched_receipts')).length === 0,
  );
});
