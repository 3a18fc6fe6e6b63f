// http2sms, from the address that a script calls to the phone and back: users, their addresses and quotas, what is told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mobile } from '../support/clients.ts';
import { ovhClient } from '../support/ovh.ts';
import { type House, openHouse, priceMicros, type TestAccount } from '../support/platform.ts';
import { until } from '../support/until.ts';

interface Answer {
  readonly status: number;
  readonly message?: string;
  readonly creditLeft?: string;
  readonly smsIds?: readonly string[];
}

type Fields = Readonly<Record<string, string>>;

async function call(
  house: House,
  account: TestAccount,
  fields: Fields = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const query = new URLSearchParams({
    account: account.serviceName,
    ...account.user,
    from: 'Chappe',
    to: `+${mobile(1)}`,
    message: 'Hello',
    noStop: '1',
    contentType: 'text/json',
    ...fields,
  });
  const answer = await fetch(`${house.url}/cgi-bin/sms/http2sms.cgi?&${query}`, { headers });
  assert.equal(answer.status, 200);
  return (await answer.json()) as Answer;
}

const clientOf = (house: House, account: TestAccount) =>
  ovhClient(house.url, account.ovh, () => house.clock.now());

test('an SMS leaves under the name of its user, and OVH’s API tells of it', async () => {
  await using house = await openHouse();
  const account = await house.anAccount({ creditMicros: 10n * priceMicros, callbackPath: null });
  const sent = await call(house, account, { to: `+${mobile(1)},00${mobile(2)}`, tag: 'alarm', class: '0' });
  assert.equal(sent.status, 100);
  assert.equal(sent.creditLeft, '8.00');
  assert.equal(sent.smsIds!.length, 2);
  await until('both are delivered', async () => (await house.statusOf(mobile(2))) === 'delivered');
  const client = clientOf(house, account);
  const users = `/sms/${account.serviceName}/users/${account.user.login}`;
  assert.deepEqual(
    new Set(await client.ok<number[]>('GET', `${users}/outgoing?tag=alarm`)),
    new Set(sent.smsIds!.map(Number)),
  );
});

test('a deferred one waits, and can be called off through OVH’s API', async () => {
  await using house = await openHouse();
  const account = await house.anAccount({ creditMicros: 10n * priceMicros, callbackPath: null });
  const { smsIds, creditLeft } = await call(house, account, { deferred: '183019112026' });
  assert.equal(creditLeft, '9.00');
  const client = clientOf(house, account);
  const jobs = `/sms/${account.serviceName}/jobs`;
  assert.deepEqual(await client.ok('GET', jobs), smsIds!.map(Number));
  await client.ok('DELETE', `${jobs}/${smsIds![0]}`);
  assert.equal((await house.credit(account)).availableMicros, 10n * priceMicros);
  await house.quiet();
});

test('advertising gets its clause and waits for its hours', async () => {
  await using house = await openHouse({ nowMs: Date.UTC(2026, 10, 18, 21) });
  const account = await house.anAccount({ callbackPath: null });
  const { smsIds } = await call(house, account, { noStop: '0' });
  const job = await clientOf(house, account).ok<{ message: string }>(
    'GET',
    `/sms/${account.serviceName}/jobs/${smsIds![0]}`,
  );
  assert.match(job.message, /^Hello\nSTOP 36180$/);
  await house.advance(12 * 3_600_000);
  await house.quiet();
});

test('a user spends his quota and no more, and comes from where he may', async () => {
  await using house = await openHouse();
  const account = await house.anAccount({ creditMicros: 10n * priceMicros, callbackPath: null });
  const client = clientOf(house, account);
  const user = `/sms/${account.serviceName}/users/${account.user.login}`;
  await client.ok('PUT', user, { quotaInformations: { quotaLeft: 2, quotaStatus: 'active' } });
  assert.equal((await call(house, account)).creditLeft, '1.00');
  assert.equal((await call(house, account, { to: `+${mobile(2)}` })).creditLeft, '0.00');
  const over = await call(house, account, { to: `+${mobile(3)}` });
  assert.equal(over.status, 202);
  assert.equal((await house.credit(account)).availableMicros, 8n * priceMicros);

  await client.ok('PUT', user, {
    ipRestrictions: ['192.0.2.1'],
    quotaInformations: { quotaStatus: 'inactive' },
  });
  assert.equal((await call(house, account, { to: `+${mobile(4)}` })).status, 401);
  await client.ok('PUT', user, { ipRestrictions: ['192.0.2.1', '127.0.0.1'] });
  assert.equal((await call(house, account, { to: `+${mobile(4)}` })).status, 100);
  await house.quiet();
});

test('a wrong password, a sender that is not there, no credit: a code and a sentence, and nothing leaves', async () => {
  await using house = await openHouse();
  const account = await house.anAccount({ creditMicros: 0n, callbackPath: null });
  const other = await house.anAccount();
  assert.equal((await call(house, account, { password: 'Wrong123' })).status, 202);
  assert.equal((await call(house, account, { account: other.serviceName })).status, 202);
  assert.equal((await call(house, account, { from: 'Nobody' })).status, 241);
  const poor = await call(house, account);
  assert.equal(poor.status, 202);
  assert.match(poor.message!, /credit/);
  await clientOf(house, account).ok('PUT', `/sms/${account.serviceName}/users/${account.user.login}`, {
    password: 'Changed1',
  });
  assert.match((await call(house, account)).message!, /password/);
  assert.equal(await house.count('messages'), 0);
});

test('receipts go to the address of the user', async () => {
  await using house = await openHouse({ config: { allowPrivateCallbacks: true } });
  const account = await house.anAccount({ callbackPath: '/of-account' });
  await clientOf(house, account).ok('PUT', `/sms/${account.serviceName}/users/${account.user.login}`, {
    callBack: house.customer.url('/of-user'),
  });
  const { smsIds } = await call(house, account);
  const [push] = await house.customer.whenTaken(1, '/of-user');
  assert.equal(push!.fields['id'], smsIds![0]);
});

test('what a proxy says of its client is believed where the operator names the proxy', async () => {
  const through = { 'x-forwarded-for': '192.0.2.1' };
  for (const [trustedProxies, status] of [
    [['127.0.0.0/8'], 100],
    [['10.0.0.0/8'], 401],
    [[], 401],
  ] as const) {
    await using house = await openHouse({ config: { trustedProxies } });
    const account = await house.anAccount({ callbackPath: null });
    const user = `/sms/${account.serviceName}/users/${account.user.login}`;
    await clientOf(house, account).ok('PUT', user, { ipRestrictions: ['192.0.2.1'] });
    assert.equal((await call(house, account, {}, through)).status, status);
  }
});
