// Carriers that are away, slow, or forget to answer: nothing is lost, nothing is charged twice.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mobile, sendLegacy, sendRest } from '../support/clients.ts';
import { openPlatform, priceMicros } from '../support/platform.ts';
import { until } from '../support/until.ts';

test('with the carrier down messages are accepted and wait; they leave when it is back', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  await platform.carrier.down();
  await until('the platform has noticed', () => !platform.processes[0]!.running.connectors.isAnyAvailable);
  const to = Array.from({ length: 40 }, (_, i) => mobile(i));
  assert.ok((await sendRest(platform.url, account, { to })).isAccepted);
  assert.ok((await sendLegacy(platform.url, account, { to: [mobile(99)] })).isAccepted);
  assert.deepEqual(platform.carrier.taken, []);
  const readiness = await fetch(`${platform.url}/readyz`);
  assert.equal(readiness.status, 503);
  await readiness.body?.cancel();
  await platform.carrier.up();
  await platform.customer.whenTaken(41);
  await platform.quiet();
  assert.deepEqual(platform.carrier.duplicates, []);
});

test('a carrier that throttles gets everything in the end, once', async () => {
  await using platform = await openPlatform({
    carrier: { behaviour: { throttlePerSecond: 60 } },
    link: { throttlePauseMs: 20 },
  });
  const account = await platform.anAccount();
  const to = Array.from({ length: 90 }, (_, i) => mobile(i));
  await sendRest(platform.url, account, { to });
  await platform.customer.whenTaken(90);
  await platform.quiet();
  assert.ok(platform.carrier.counters.refused > 0, 'it did throttle');
  assert.deepEqual(platform.carrier.duplicates, []);
});

test('a message that the carrier refuses is reported and released', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ creditMicros: 1_000_000n });
  const to = [mobile(1), mobile(2, '91'), mobile(3, '91')];
  await sendLegacy(platform.url, account, { to });
  await platform.customer.whenTaken(3);
  assert.equal((await platform.customer.whenTold(mobile(2, '91'))).status, 'INVALID_DESTINATION_ADDRESS');
  await platform.quiet();
  assert.deepEqual(await platform.credit(account), { availableMicros: 950_000n, heldMicros: 0n });
});

test('a connection lost before the responses leaves messages in doubt: they are sent again, charged once and reported once', async () => {
  await using platform = await openPlatform({
    carrier: { behaviour: { drop: { every: 40 } } },
    link: { window: 10, reconnectFirstMs: 20 },
  });
  const account = await platform.anAccount();
  const to = Array.from({ length: 100 }, (_, i) => mobile(i));
  await sendRest(platform.url, account, { to });
  await platform.customer.whenTaken(100);
  await platform.quiet();
  assert.equal(new Set(platform.carrier.taken.map(({ to: number }) => number)).size, 100);
  assert.ok(platform.carrier.duplicates.length > 0, 'some were in doubt');
  assert.equal(platform.customer.pushes.length, 100);
  const { availableMicros } = await platform.credit(account);
  assert.equal(availableMicros, 1_000_000_000n - 100n * priceMicros);
});

test('an answer that never comes puts its message in doubt after a while', async () => {
  await using platform = await openPlatform({
    carrier: { behaviour: { silent: { every: 3 } } },
    link: { responseMs: 300 },
  });
  const account = await platform.anAccount();
  const to = Array.from({ length: 20 }, (_, i) => mobile(i));
  await sendRest(platform.url, account, { to });
  await platform.customer.whenTaken(20);
  await platform.quiet();
  assert.equal(platform.customer.pushes.length, 20);
});

test('garbled and malformed octets of the carrier cost a connection, not a message', async () => {
  await using platform = await openPlatform({
    carrier: { behaviour: { garbled: { every: 25 }, malformed: { every: 7 } } },
    link: { window: 10, reconnectFirstMs: 20 },
  });
  const account = await platform.anAccount();
  await sendRest(platform.url, account, { to: Array.from({ length: 60 }, (_, i) => mobile(i)) });
  await platform.customer.whenTaken(60);
  await platform.quiet();
  assert.equal(platform.customer.pushes.length, 60);
});
