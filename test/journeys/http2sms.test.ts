// http2sms, from the address that a script calls to the phone and back: users, their addresses and quotas, callbacks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mobile } from '../support/clients.ts';
import { ovhClient } from '../support/ovh.ts';
import { openPlatform, priceMicros, type TestAccount, type TestPlatform } from '../support/platform.ts';
import { until } from '../support/until.ts';

interface Answer {
  readonly status: number;
  readonly message?: string;
  readonly creditLeft?: string;
  readonly smsIds?: readonly string[];
}

type Fields = Readonly<Record<string, string>>;

async function call(
  platform: TestPlatform,
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
  const answer = await fetch(`${platform.url}/cgi-bin/sms/http2sms.cgi?&${query}`, { headers });
  assert.equal(answer.status, 200);
  return (await answer.json()) as Answer;
}

const clientOf = (platform: TestPlatform, account: TestAccount) =>
  ovhClient(platform.url, account.ovh, () => platform.clock.now());

test('an SMS is sent for its user, and OVH’s API lists it', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ creditMicros: 10n * priceMicros, callbackPath: null });
  const sent = await call(platform, account, {
    to: `+${mobile(1)},00${mobile(2)}`,
    tag: 'alarm',
    class: '0',
  });
  assert.equal(sent.status, 100);
  assert.equal(sent.creditLeft, '8.00');
  assert.equal(sent.smsIds!.length, 2);
  await until('both are delivered', async () => (await platform.statusOf(mobile(2))) === 'delivered');
  const client = clientOf(platform, account);
  const users = `/sms/${account.serviceName}/users/${account.user.login}`;
  assert.deepEqual(
    new Set(await client.ok<number[]>('GET', `${users}/outgoing?tag=alarm`)),
    new Set(sent.smsIds!.map(Number)),
  );
});

test('a deferred SMS waits, and is cancelled through OVH’s API', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ creditMicros: 10n * priceMicros, callbackPath: null });
  const { smsIds, creditLeft } = await call(platform, account, { deferred: '183019112026' });
  assert.equal(creditLeft, '9.00');
  const client = clientOf(platform, account);
  const jobs = `/sms/${account.serviceName}/jobs`;
  assert.deepEqual(await client.ok('GET', jobs), smsIds!.map(Number));
  await client.ok('DELETE', `${jobs}/${smsIds![0]}`);
  assert.equal((await platform.credit(account)).availableMicros, 10n * priceMicros);
  await platform.quiet();
});

test('advertising gets its clause and waits for its hours', async () => {
  await using platform = await openPlatform({ nowMs: Date.UTC(2026, 10, 18, 21) });
  const account = await platform.anAccount({ callbackPath: null });
  const { smsIds } = await call(platform, account, { noStop: '0' });
  const job = await clientOf(platform, account).ok<{ message: string }>(
    'GET',
    `/sms/${account.serviceName}/jobs/${smsIds![0]}`,
  );
  assert.match(job.message, /^Hello\nSTOP 36180$/);
  await platform.advance(12 * 3_600_000);
  await platform.quiet();
});

test('a user spends at most the quota, and only from allowed addresses', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ creditMicros: 10n * priceMicros, callbackPath: null });
  const client = clientOf(platform, account);
  const user = `/sms/${account.serviceName}/users/${account.user.login}`;
  await client.ok('PUT', user, { quotaInformations: { quotaLeft: 2, quotaStatus: 'active' } });
  assert.equal((await call(platform, account)).creditLeft, '1.00');
  assert.equal((await call(platform, account, { to: `+${mobile(2)}` })).creditLeft, '0.00');
  const over = await call(platform, account, { to: `+${mobile(3)}` });
  assert.equal(over.status, 202);
  assert.equal((await platform.credit(account)).availableMicros, 8n * priceMicros);

  await client.ok('PUT', user, {
    ipRestrictions: ['192.0.2.1'],
    quotaInformations: { quotaStatus: 'inactive' },
  });
  assert.equal((await call(platform, account, { to: `+${mobile(4)}` })).status, 401);
  await client.ok('PUT', user, { ipRestrictions: ['192.0.2.1', '127.0.0.1'] });
  assert.equal((await call(platform, account, { to: `+${mobile(4)}` })).status, 100);
  await platform.quiet();
});

test('a wrong password, a sender that is not there, no credit: a code and a sentence, and nothing leaves', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ creditMicros: 0n, callbackPath: null });
  const other = await platform.anAccount();
  assert.equal((await call(platform, account, { password: 'Wrong123' })).status, 202);
  assert.equal((await call(platform, account, { account: other.serviceName })).status, 202);
  assert.equal((await call(platform, account, { from: 'Nobody' })).status, 241);
  const poor = await call(platform, account);
  assert.equal(poor.status, 202);
  assert.match(poor.message!, /credit/);
  await clientOf(platform, account).ok('PUT', `/sms/${account.serviceName}/users/${account.user.login}`, {
    password: 'Changed1',
  });
  assert.match((await call(platform, account)).message!, /password/);
  assert.equal(await platform.count('messages'), 0);
});

test('receipts go to the address of the user', async () => {
  await using platform = await openPlatform({ config: { allowPrivateCallbacks: true } });
  const account = await platform.anAccount({ callbackPath: '/of-account' });
  await clientOf(platform, account).ok('PUT', `/sms/${account.serviceName}/users/${account.user.login}`, {
    callBack: platform.customer.url('/of-user'),
  });
  const { smsIds } = await call(platform, account);
  const [push] = await platform.customer.whenTaken(1, '/of-user');
  assert.equal(push!.fields['id'], smsIds![0]);
});

test('the client address in a header is used only from a proxy that the operator names', async () => {
  const through = { 'x-forwarded-for': '192.0.2.1' };
  for (const [trustedProxies, status] of [
    [['127.0.0.0/8'], 100],
    [['10.0.0.0/8'], 401],
    [[], 401],
  ] as const) {
    await using platform = await openPlatform({ config: { trustedProxies } });
    const account = await platform.anAccount({ callbackPath: null });
    const user = `/sms/${account.serviceName}/users/${account.user.login}`;
    await clientOf(platform, account).ok('PUT', user, { ipRestrictions: ['192.0.2.1'] });
    assert.equal((await call(platform, account, {}, through)).status, status);
  }
});
