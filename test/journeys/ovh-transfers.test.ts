// Transfers between the accounts of one customer: exact, concurrent, never above the available credit, without facts of other
// customers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mobile, sendLegacy } from '../support/clients.ts';
import { type OvhClient, ovhClient } from '../support/ovh.ts';
import { openPlatform, priceMicros, type TestAccount, type TestPlatform } from '../support/platform.ts';

const clientOf = (platform: TestPlatform, account: TestAccount) =>
  ovhClient(platform.url, account.ovh, () => platform.clock.now());

function transfer(client: OvhClient, from: TestAccount, to: string, credits: unknown) {
  return client.call('POST', `/sms/${from.serviceName}/transferCredits`, {
    smsAccountTarget: to,
    credits,
  });
}

test('credits go both ways between an account and its sub-accounts, to the micro', async () => {
  await using platform = await openPlatform();
  const parent = await platform.anAccount({ creditMicros: 1_000_000n });
  const child = await platform.anAccount({ creditMicros: 0n, parent });
  const other = await platform.anAccount({ creditMicros: 0n, parent });
  const client = clientOf(platform, parent);
  const done = await transfer(client, parent, child.serviceName, 12.5);
  assert.deepEqual([done.status, done.body], [200, null]);
  assert.equal((await platform.credit(parent)).availableMicros, 375_000n);
  assert.equal((await platform.credit(child)).availableMicros, 625_000n);
  assert.equal((await transfer(client, child, other.serviceName, '0.0001')).status, 200);
  assert.equal((await transfer(client, child, parent.serviceName, 2)).status, 200);
  assert.equal((await platform.credit(parent)).availableMicros, 475_000n);
  assert.equal((await platform.credit(child)).availableMicros, 524_995n);
  assert.equal((await platform.credit(other)).availableMicros, 5n);
});

test('an impossible transfer is refused, and no balance changes', async () => {
  await using platform = await openPlatform();
  const parent = await platform.anAccount({ creditMicros: 1_000_000n });
  const child = await platform.anAccount({ creditMicros: 0n, parent });
  const client = clientOf(platform, parent);
  for (const credits of [0, -1, 0.000_01, 'many', null])
    assert.equal((await transfer(client, parent, child.serviceName, credits)).status, 400, `${credits}`);
  assert.equal((await transfer(client, parent, parent.serviceName, 1)).status, 400);
  assert.equal((await transfer(client, parent, child.serviceName, 1e300)).status, 403);
  const poor = await transfer(client, parent, child.serviceName, 20.0001);
  assert.equal(poor.status, 403);
  assert.match((poor.body as { message: string }).message, /Not enough credits/);
  await platform.query("update accounts set status = 'blocked' where id = $1", [child.id]);
  await platform.advance(11_000);
  assert.equal((await transfer(client, parent, child.serviceName, 1)).status, 403);
  assert.equal((await transfer(client, child, parent.serviceName, 1)).status, 403);
  assert.equal((await platform.credit(parent)).availableMicros, 1_000_000n);
});

test('a foreign account and one that does not exist are the same to the caller', async () => {
  await using platform = await openPlatform();
  const parent = await platform.anAccount();
  const child = await platform.anAccount({ parent });
  const stranger = await platform.anAccount();
  const ofChild = clientOf(platform, child);
  const answers = [
    await transfer(clientOf(platform, parent), parent, stranger.serviceName, 1),
    await transfer(clientOf(platform, parent), parent, 'sms-nobody-1', 1),
    await transfer(clientOf(platform, parent), stranger, parent.serviceName, 1),
    // The keys of a sub-account open that one only.
    await transfer(ofChild, child, parent.serviceName, 1),
  ];
  for (const { status, body } of answers) {
    assert.equal(status, 404);
    assert.deepEqual(body, answers[0]!.body);
  }
});

test('a key for one account cannot transfer to another, and the answer reveals nothing about it', async () => {
  await using platform = await openPlatform();
  const parent = await platform.anAccount();
  const child = await platform.anAccount({ parent });
  await platform.query('update consumer_keys set rules = $1::jsonb where account_id = $2', [
    JSON.stringify([{ method: 'POST', path: `/sms/${parent.serviceName}/*` }]),
    parent.id,
  ]);
  await platform.advance(11_000);
  const client = clientOf(platform, parent);
  const known = await transfer(client, parent, child.serviceName, 1);
  const unknown = await transfer(client, parent, 'sms-nobody-1', 1);
  assert.equal(known.status, 404);
  assert.deepEqual(known.body, unknown.body);
});

test('50 concurrent transfers in both directions, sends and jobs never overdraw, and the ledger is consistent', async () => {
  await using platform = await openPlatform();
  const parent = await platform.anAccount({ creditMicros: 40n * priceMicros, callbackPath: null });
  const child = await platform.anAccount({ creditMicros: 10n * priceMicros, callbackPath: null, parent });
  const client = clientOf(platform, parent);
  const statuses = await Promise.all(
    Array.from({ length: 50 }, async (_, i) => {
      const [from, to] = i % 2 === 0 ? [parent, child] : [child, parent];
      const job = {
        message: 'x',
        sender: 'Chappe',
        receivers: [`+${mobile(100 + i)}`],
        noStopClause: true,
      };
      const [moved, sent, ordered] = await Promise.all([
        transfer(client, from, to.serviceName, 1 + (i % 7)),
        sendLegacy(platform.url, from, { to: [mobile(i)] }),
        client.call('POST', `/sms/${from.serviceName}/jobs`, job),
      ]);
      assert.ok([200, 403].includes(moved.status), `${moved.status}`);
      assert.ok(['000', '104'].includes(sent.code), sent.code);
      assert.ok([200, 403].includes(ordered.status), `${ordered.status}`);
      return Number(sent.code === '000') + Number(ordered.status === 200);
    }),
  );
  await platform.quiet();
  const spent = BigInt(statuses.reduce((sum, count) => sum + count, 0)) * priceMicros;
  const [mine, its] = [await platform.credit(parent), await platform.credit(child)];
  assert.equal(mine.availableMicros + its.availableMicros + spent, 50n * priceMicros);
  assert.ok(mine.availableMicros >= 0n && its.availableMicros >= 0n);
});
