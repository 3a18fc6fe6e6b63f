// Receipts in every order that carriers send them: each counts once, none is lost.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mobile, sendRest } from '../support/clients.ts';
import { openHouse } from '../support/platform.ts';
import { until } from '../support/until.ts';

test('receipts that come twice, or before the answer, are told once', async () => {
  await using house = await openHouse();
  const account = await house.anAccount();
  const to = [
    ...Array.from({ length: 25 }, (_, i) => mobile(i, '96')),
    ...Array.from({ length: 25 }, (_, i) => mobile(i, '97')),
  ];
  await sendRest(house.url, account, { to });
  await house.customer.whenTaken(50);
  await house.quiet();
  await until('the carrier has word of all', () => house.carrier.simulator.counters.acknowledged === 75);
  assert.equal(house.customer.pushes.length, 50);
  assert.equal((await house.query('select 1 from orphan_receipts')).length, 0);
});

test('a receipt whose reference nobody knows is kept, and finds its message when the reference appears', async () => {
  await using house = await openHouse();
  const account = await house.anAccount();
  const number = mobile(1, '93');
  await sendRest(house.url, account, { to: [number] });
  await until('it is charged', async () => (await house.credit(account)).heldMicros === 0n);
  // As if another process had sent it and not yet recorded the answer.
  const [ref] = await house.query<{ reference: string }>(
    "update carrier_refs set reference = 'elsewhere ' || reference returning reference",
  );
  await house.query(
    `insert into orphan_receipts (connector_id, carrier_refs, state, at, received_at)
     select connector_id, array['late-reference'], 'delivered', now(), to_timestamp($1::float8 / 1000) from carrier_refs`,
    [house.clock.now()],
  );
  // Several rounds of looking for it find nothing, and keep it.
  const lock = async () =>
    (await house.query<{ lock: string }>('select xmax::text as lock from orphan_receipts'))[0]?.lock;
  const first = await lock();
  for (const look of ['once', 'and once more']) {
    const before = look === 'once' ? first : await lock();
    await until(`it was looked for ${look}`, async () => (await lock()) !== before);
  }
  await house.query("update carrier_refs set reference = 'late-reference'");
  assert.ok(ref);
  assert.equal((await house.customer.whenTold(number)).status, 'DELIVERED');
  assert.equal((await house.query('select 1 from orphan_receipts')).length, 0);
});

test('an orphan is given up after three days', async () => {
  await using house = await openHouse();
  const day = 86_400_000;
  await house.query(
    `insert into orphan_receipts (connector_id, carrier_refs, state, at, received_at)
     values (1, '{nobody}', 'delivered', now(), to_timestamp($1::float8 / 1000))`,
    [house.clock.now() - 4 * day],
  );
  const recorder = house.processes[0]!;
  assert.ok(recorder);
  await until('it is gone', async () => (await house.query('select 1 from orphan_receipts')).length === 0);
});
