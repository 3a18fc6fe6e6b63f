// The way into OVH's API: keys, signatures, what they open.
import assert from 'node:assert/strict';
import test from 'node:test';
import { openHouse } from '../support/house.ts';
import { ovhClient } from '../support/ovh.ts';

test('the keys of an account list its own service, and that of its sub-accounts', async () => {
  await using house = await openHouse();
  const account = await house.anAccount();
  const child = await house.anAccount({ parent: account });
  const now = () => house.clock.now();
  const client = ovhClient(house.url, account.ovh, now);
  assert.deepEqual(await client.ok('GET', '/sms'), [account.serviceName, child.serviceName]);
  assert.deepEqual(await ovhClient(house.url, child.ovh, now).ok('GET', '/sms/'), [child.serviceName]);
});

test('the clock is open to everybody and is a bare number', async () => {
  await using house = await openHouse();
  const response = await fetch(`${house.url}/1.0/auth/time`);
  assert.equal(await response.text(), String(Math.floor(house.clock.now() / 1000)));
});
