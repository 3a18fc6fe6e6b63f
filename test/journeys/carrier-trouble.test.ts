// Carriers that are away, slow, or forget to answer: nothing is lost, nothing is charged twice.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mobile, sendLegacy, sendRest } from '../support/clients.ts';
import { openHouse, priceMicros } from '../support/platform.ts';
import { until } from '../support/until.ts';

test('with the carrier down messages are accepted and wait; they leave when it is back', async () => {
  await using house = await openHouse();
  const account = await house.anAccount();
  await house.carrier.down();
  await until('the platform has noticed', () => !house.processes[0]!.platform.carriers.isAnyUp);
  const to = Array.from({ length: 40 }, (_, i) => mobile(i));
  assert.ok((await sendRest(house.url, account, { to })).isAccepted);
  assert.ok((await sendLegacy(house.url, account, { to: [mobile(99)] })).isAccepted);
  assert.deepEqual(house.carrier.taken, []);
  const readiness = await fetch(`${house.url}/readyz`);
  assert.equal(readiness.status, 503);
  await readiness.body?.cancel();
  await house.carrier.up();
  await house.customer.whenTaken(41);
  await house.quiet();
  assert.deepEqual(house.carrier.duplicates, []);
});

test('a carrier that throttles gets everything in the end, once', async () => {
  await using house = await openHouse({
    carrier: { behaviour: { throttlePerSecond: 60 } },
    link: { throttlePauseMs: 20 },
  });
  const account = await house.anAccount();
  const to = Array.from({ length: 90 }, (_, i) => mobile(i));
  await sendRest(house.url, account, { to });
  await house.customer.whenTaken(90);
  await house.quiet();
  assert.ok(house.carrier.simulator.counters.refused > 0, 'it did throttle');
  assert.deepEqual(house.carrier.duplicates, []);
});

test('what the carrier refuses is told and given back', async () => {
  await using house = await openHouse();
  const account = await house.anAccount({ creditMicros: 1_000_000n });
  const to = [mobile(1), mobile(2, '91'), mobile(3, '91')];
  await sendLegacy(house.url, account, { to });
  await house.customer.whenTaken(3);
  assert.equal((await house.customer.whenTold(mobile(2, '91'))).status, 'INVALID_DESTINATION_ADDRESS');
  await house.quiet();
  assert.deepEqual(await house.credit(account), { availableMicros: 950_000n, heldMicros: 0n });
});

test('a connection lost before the answers leaves messages in doubt: they go again, are charged once and told once', async () => {
  await using house = await openHouse({
    carrier: { behaviour: { drop: { every: 40 } } },
    link: { window: 10, reconnectFirstMs: 20 },
  });
  const account = await house.anAccount();
  const to = Array.from({ length: 100 }, (_, i) => mobile(i));
  await sendRest(house.url, account, { to });
  await house.customer.whenTaken(100);
  await house.quiet();
  assert.equal(new Set(house.carrier.taken.map(({ to: number }) => number)).size, 100);
  assert.ok(house.carrier.duplicates.length > 0, 'some were in doubt');
  assert.equal(house.customer.pushes.length, 100);
  const { availableMicros } = await house.credit(account);
  assert.equal(availableMicros, 1_000_000_000n - 100n * priceMicros);
});

test('an answer that never comes puts its message in doubt after a while', async () => {
  await using house = await openHouse({
    carrier: { behaviour: { silent: { every: 3 } } },
    link: { responseMs: 300 },
  });
  const account = await house.anAccount();
  const to = Array.from({ length: 20 }, (_, i) => mobile(i));
  await sendRest(house.url, account, { to });
  await house.customer.whenTaken(20);
  await house.quiet();
  assert.equal(house.customer.pushes.length, 20);
});

test('garbled and malformed octets of the carrier cost a connection, not a message', async () => {
  await using house = await openHouse({
    carrier: { behaviour: { garbled: { every: 25 }, malformed: { every: 7 } } },
    link: { window: 10, reconnectFirstMs: 20 },
  });
  const account = await house.anAccount();
  await sendRest(house.url, account, { to: Array.from({ length: 60 }, (_, i) => mobile(i)) });
  await house.customer.whenTaken(60);
  await house.quiet();
  assert.equal(house.customer.pushes.length, 60);
});
