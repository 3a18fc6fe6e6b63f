// Users of an OVH account: created, changed, deleted; their quotas.
import assert from 'node:assert/strict';
import test from 'node:test';
import { createPasswordJudge } from '../../src/operations/account/credentials/password-trials.ts';
import { createUserCache } from '../../src/operations/account/credentials/user-passwords.ts';
import { readAccount } from '../../src/store/accounts/accounts.ts';
import { ovhClient } from '../support/ovh.ts';
import { assertModel } from '../support/ovh-contract.ts';
import { openPlatform } from '../support/platform.ts';

interface User {
  login: string;
  callBack: string | null;
  stopCallBack: string | null;
  ipRestrictions: string[];
  quotaInformations: { quotaLeft: number; quotaStatus: string };
  alertThresholdInformations: { alertThreshold: number; alertEmail: string; support: string };
}

test('a user is made, changed in parts, and dropped', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const client = ovhClient(platform.url, account.ovh, () => platform.clock.now());
  const users = `/sms/${account.serviceName}/users`;
  const { login: first } = account.user;
  assert.deepEqual(await client.ok('GET', users), [first]);
  assert.equal(await client.ok('POST', users, { login: 'desk', password: 'Secret12' }), null);
  const again = await client.call('POST', users, { login: 'DESK', password: 'Secret12' });
  assert.equal(again.status, 409);
  assert.deepEqual(await client.ok('GET', users), [first, 'desk']);

  const fresh = await client.ok<User>('GET', `${users}/desk`);
  assertModel('sms.User', fresh);
  assert.deepEqual(fresh.quotaInformations, { quotaLeft: 0, quotaStatus: 'inactive' });
  assert.equal(fresh.alertThresholdInformations.alertThreshold, -1);

  await client.ok('PUT', `${users}/desk`, { callBack: 'https://8.8.8.8/of-desk' });
  await client.ok('PUT', `${users}/desk`, { ipRestrictions: ['192.0.2.1', '192.0.2.2'] });
  await client.ok('PUT', `${users}/desk`, { alertThresholdInformations: { alertThreshold: 5 } });
  await client.ok('PUT', `${users}/desk`, { alertThresholdInformations: { alertEmail: 'a@example.com' } });
  const changed = await client.ok<User>('GET', `${users}/desk`);
  assert.equal(changed.callBack, 'https://8.8.8.8/of-desk');
  assert.deepEqual(changed.ipRestrictions, ['192.0.2.1', '192.0.2.2']);
  assert.deepEqual(changed.alertThresholdInformations, {
    alertThreshold: 5,
    alertEmail: 'a@example.com',
    alertNumber: '',
    support: 'mail',
  });
  // What was read, sent back whole, changes nothing.
  await client.ok('PUT', `${users}/desk`, changed);
  assert.deepEqual(await client.ok('GET', `${users}/desk`), changed);
  await client.ok('PUT', `${users}/desk`, { callBack: '' });
  assert.equal((await client.ok<User>('GET', `${users}/desk`)).callBack, null);

  assert.equal(await client.ok('DELETE', `${users}/desk`), null);
  assert.equal((await client.call('GET', `${users}/desk`)).status, 404);
  assert.equal((await client.call('DELETE', `${users}/desk`)).status, 404);
});

test('an invalid user is refused with the name of the field', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const client = ovhClient(platform.url, account.ovh, () => platform.clock.now());
  const users = `/sms/${account.serviceName}/users`;
  await client.ok('POST', users, { login: 'desk', password: 'Secret12' });
  const wrong: [string, string, object][] = [
    ['POST', users, { login: 'two words', password: 'Secret12' }],
    ['POST', users, { login: 'other', password: 'short' }],
    [
      'PUT',
      `${users}/desk`,
      { ipRestrictions: ['1.1.1.1', '1.1.1.2', '1.1.1.3', '1.1.1.4', '1.1.1.5', '1.1.1.6'] },
    ],
    ['PUT', `${users}/desk`, { ipRestrictions: ['::1'] }],
    ['PUT', `${users}/desk`, { ipRestrictions: ['1.1.1.256'] }],
    ['PUT', `${users}/desk`, { callBack: 'ftp://8.8.8.8/' }],
    ['PUT', `${users}/desk`, { callBack: 'http://127.0.0.1/' }],
    ['PUT', `${users}/desk`, { alertThresholdInformations: { alertThreshold: 0 } }],
    ['PUT', `${users}/desk`, { quotaInformations: { quotaLeft: -1, quotaStatus: 'active' } }],
  ];
  for (const [method, path, body] of wrong)
    assert.equal((await client.call(method, path, body)).status, 400, JSON.stringify(body));
});

test('a user is known by account, login and password, and by nothing less', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const other = await platform.anAccount();
  const client = ovhClient(platform.url, account.ovh, () => platform.clock.now());
  const users = `/sms/${account.serviceName}/users`;
  await client.ok('POST', users, { login: 'desk', password: 'Secret12' });
  const cache = createUserCache(platform, createPasswordJudge(platform), (id) =>
    readAccount(platform.query, id),
  );
  const loginOf = async (service: string, login: string, password: string) =>
    known(await cache.authenticate(service, login, password, '192.0.2.1'))?.user.login ?? null;
  const known = (found: Awaited<ReturnType<typeof cache.authenticate>>) =>
    found === 'too-many' ? null : found;
  assert.equal(await loginOf(account.serviceName, 'desk', 'Secret12'), 'desk');
  assert.equal(await loginOf(account.serviceName, 'Desk', 'Secret12'), 'desk');
  assert.equal(await loginOf(account.serviceName, 'desk', 'secret12'), null);
  assert.equal(await loginOf(account.serviceName, 'desk', ''), null);
  assert.equal(await loginOf(other.serviceName, 'desk', 'Secret12'), null);
  assert.equal(await loginOf('sms-none-1', 'desk', 'Secret12'), null);

  await client.ok('PUT', `${users}/desk`, { password: 'Another34' });
  assert.equal(await loginOf(account.serviceName, 'desk', 'Secret12'), null);
  assert.equal(await loginOf(account.serviceName, 'desk', 'Another34'), 'desk');
});

test('many wrong passwords lock a user for a quarter of an hour, except where the right one was known before', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const client = ovhClient(platform.url, account.ovh, () => platform.clock.now());
  await client.ok('POST', `/sms/${account.serviceName}/users`, { login: 'desk', password: 'Secret12' });
  const newCache = () =>
    createUserCache(platform, createPasswordJudge(platform), (id) => readAccount(platform.query, id));
  const [known, other] = [newCache(), newCache()];
  let calls = 0;
  // Each from an address of its own: what is counted here is the login.
  const isKnown = async (cache: typeof known, password: string) =>
    typeof (await cache.authenticate(account.serviceName, 'desk', password, `192.0.2.${++calls}`)) ===
      'object' &&
    (await cache.authenticate(account.serviceName, 'desk', password, `192.0.2.${calls}`)) !== null;
  assert.equal(await isKnown(known, 'Secret12'), true);
  await Promise.all(Array.from({ length: 101 }, (_, i) => isKnown(known, `Guess ${i}`)));
  assert.equal(await isKnown(other, 'Secret12'), false);
  assert.equal(await isKnown(known, 'Secret12'), true);
  platform.clock.advance(16 * 60_000);
  assert.equal(await isKnown(other, 'Secret12'), true);
});

test('a quota is reserved from the credit of the account, and returned', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({
    creditMicros: 5_000_000n,
    settings: { creditPriceMicros: 50_000 },
  });
  const client = ovhClient(platform.url, account.ovh, () => platform.clock.now());
  const users = `/sms/${account.serviceName}/users`;
  const quota = (quotaLeft: number, quotaStatus = 'active') =>
    client.call<{ message: string }>('PUT', `${users}/desk`, {
      quotaInformations: { quotaLeft, quotaStatus },
    });
  await client.ok('POST', users, { login: 'desk', password: 'Secret12' });
  assert.equal((await quota(101)).status, 403);
  assert.equal((await quota(60)).status, 200);
  assert.deepEqual(await platform.credit(account), { availableMicros: 2_000_000n, heldMicros: 3_000_000n });
  assert.equal((await quota(100.5)).status, 403);
  assert.equal((await quota(100)).status, 200);
  assert.equal((await quota(10)).status, 200);
  assert.deepEqual(await platform.credit(account), { availableMicros: 4_500_000n, heldMicros: 500_000n });
  const read = await client.ok<User>('GET', `${users}/desk`);
  assert.deepEqual(read.quotaInformations, { quotaLeft: 10, quotaStatus: 'active' });
  await quota(0, 'inactive');
  assert.deepEqual(await platform.credit(account), { availableMicros: 5_000_000n, heldMicros: 0n });
  await quota(7);
  await client.ok('DELETE', `${users}/desk`);
  assert.deepEqual(await platform.credit(account), { availableMicros: 5_000_000n, heldMicros: 0n });
});
