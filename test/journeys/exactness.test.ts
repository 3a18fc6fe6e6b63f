// One campaign for each idempotency key and never more than the credit allows, under any concurrency.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, mobile, type SendOptions, sendLegacy, sendRest } from '../support/clients.ts';
import { openPlatform, priceMicros, type TestAccount, type TestPlatform } from '../support/platform.ts';
import { until } from '../support/until.ts';

const dialects = [
  ['octopush-legacy', sendLegacy, '120'],
  ['octopush-rest', sendRest, '182'],
] as const;

function urls(platform: TestPlatform): string[] {
  return platform.processes.flatMap(({ running }) => (running.httpUrl === null ? [] : [running.httpUrl]));
}

for (const [dialect, send, seenCode] of dialects) {
  for (const count of [1, 2]) {
    const where = count === 1 ? 'one process' : 'two processes on one database';
    test(`${dialect}: a hundred simultaneous requests with one request_id to ${where} make one campaign`, async () => {
      const all = ['listeners', 'jobs', 'maintenance', 'dispatch', 'callbacks'] as const;
      await using platform = await openPlatform({ processes: Array.from({ length: count }, () => all) });
      const account = await platform.anAccount({ creditMicros: 10_000_000n });
      const addresses = urls(platform);
      assert.equal(addresses.length, count);
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, i) =>
          send(addresses[i % count]!, account, { to: [mobile(1)], requestId: 'order-4711' }),
        ),
      );
      assert.equal(answers.filter(({ isAccepted }) => isAccepted).length, 1);
      assert.equal(answers.filter(({ code }) => code === seenCode).length, 99);
      await platform.customer.whenTold(mobile(1));
      await platform.quiet();
      assert.equal(await platform.count('campaigns'), 1);
      assert.equal(platform.carrier.taken.length, 1);
      assert.deepEqual(await platform.credit(account), { availableMicros: 9_950_000n, heldMicros: 0n });
    });
  }
}

test('a request_id of REST is free again after a day, one of legacy never', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const first = { to: [mobile(1)], requestId: 'monthly' };
  assert.ok((await sendRest(platform.url, account, first)).isAccepted);
  assert.ok((await sendLegacy(platform.url, account, first)).isAccepted, 'the two dialects do not meet');
  await platform.customer.whenTaken(2);
  await platform.advance(24 * 3_600_000 - 60_000);
  assert.equal((await sendRest(platform.url, account, first)).code, '182');
  await platform.advance(120_000);
  assert.ok((await sendRest(platform.url, account, first)).isAccepted);
  assert.equal((await sendLegacy(platform.url, account, first)).code, '120');
  await platform.customer.whenTaken(3);
  await platform.advance(24 * 3_600_000 + 60_000);
  await until('only what is remembered for ever is kept', async () => {
    const keys = await platform.query<{ scope: number }>('select scope from idempotency_keys');
    return keys.length === 1 && keys[0]!.scope === 0;
  });
  await platform.quiet();
});

test('a key of a request that was refused for want of credit is free for the next try', async () => {
  await using platform = await openPlatform();
  const poor = await platform.anAccount({ creditMicros: 40_000n });
  const order = { to: [mobile(1)], requestId: 'retry-me' };
  assert.equal((await sendRest(platform.url, poor, order)).code, '104');
  await platform.query(
    `with entry as (insert into ledger_entries (bucket, account_id, kind, amount_micros, at)
       values (0, $1, 'top_up', 60000, now()))
     update balances set balance_micros = balance_micros + 60000 where account_id = $1`,
    [poor.id],
  );
  assert.ok((await sendRest(platform.url, poor, order)).isAccepted);
  await platform.customer.whenTold(mobile(1));
});

test('credit for three of five recipients refuses the whole request and leaves no trace', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ creditMicros: 3n * priceMicros });
  const to = Array.from({ length: 5 }, (_, i) => mobile(i));
  assert.equal((await sendRest(platform.url, account, { to, requestId: 'five' })).code, '104');
  assert.equal((await sendLegacy(platform.url, account, { to, requestId: 'five' })).code, '104');
  for (const table of ['campaigns', 'messages', 'chunks', 'idempotency_keys'] as const)
    assert.equal(await platform.count(table), 0, table);
  assert.equal(await platform.count('ledger_entries'), 1, 'the first credit alone');
  assert.deepEqual(await platform.credit(account), { availableMicros: 150_000n, heldMicros: 0n });
  assert.deepEqual(platform.carrier.taken, []);
});

async function race(
  platform: TestPlatform,
  account: TestAccount,
  options: (i: number) => SendOptions,
): Promise<Answer[]> {
  const addresses = urls(platform);
  return Promise.all(
    Array.from({ length: 50 }, (_, i) =>
      (i % 2 === 0 ? sendRest : sendLegacy)(addresses[i % addresses.length]!, account, options(i)),
    ),
  );
}

for (const count of [1, 2]) {
  test(`fifty concurrent requests against credit for ten: ten are accepted by ${count} process(es), never overdrawn`, async () => {
    const all = ['listeners', 'jobs', 'maintenance', 'dispatch', 'callbacks'] as const;
    await using platform = await openPlatform({ processes: Array.from({ length: count }, () => all) });
    const account = await platform.anAccount({ creditMicros: 10n * priceMicros + 1n });
    const answers = await race(platform, account, (i) => ({ to: [mobile(i)] }));
    assert.equal(answers.filter(({ isAccepted }) => isAccepted).length, 10);
    assert.equal(answers.filter(({ code }) => code === '104').length, 40);
    await platform.customer.whenTaken(10);
    await platform.quiet();
    assert.deepEqual(await platform.credit(account), { availableMicros: 1n, heldMicros: 0n });
    assert.equal(platform.carrier.taken.length, 10);
  });
}

test('the poor account in a batch with a rich one is refused alone', async () => {
  await using platform = await openPlatform();
  const rich = await platform.anAccount();
  const poor = await platform.anAccount({ creditMicros: 2n * priceMicros });
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, i) =>
      sendRest(platform.url, i % 2 === 0 ? rich : poor, { to: [mobile(i)], requestId: `r${i}` }),
    ),
  );
  const accepted = answers.flatMap(({ isAccepted }, i) => (isAccepted ? [i] : []));
  assert.equal(accepted.filter((i) => i % 2 === 0).length, 20);
  assert.equal(accepted.filter((i) => i % 2 === 1).length, 2);
  await platform.customer.whenTaken(22);
  await platform.quiet();
  assert.equal(await platform.count('idempotency_keys'), 22);
});

test('of two concurrent accounts, each pays for its messages and receives their callbacks', async () => {
  await using platform = await openPlatform();
  const one = await platform.anAccount({ creditMicros: 10_000_000n });
  const two = await platform.anAccount({ creditMicros: 10_000_000n });
  await Promise.all(
    Array.from({ length: 60 }, (_, i) => {
      const send = i % 3 === 0 ? sendRest : sendLegacy;
      return send(platform.url, i % 2 === 0 ? one : two, { to: [mobile(i), mobile(500 + i)] });
    }),
  );
  await platform.customer.whenTaken(120);
  await platform.quiet();
  for (const [account, parity] of [
    [one, 0],
    [two, 1],
  ] as const) {
    const told = platform.customer.taken.filter(({ path }) => path === account.path);
    assert.equal(told.length, 60);
    assert.ok(told.every(({ number }) => Number(number.slice(3, 9)) % 2 === parity));
    assert.deepEqual(await platform.credit(account), { availableMicros: 7_000_000n, heldMicros: 0n });
  }
});

test('a single message does not wait behind the flood of another account', async () => {
  await using platform = await openPlatform({ link: { tps: 200 } });
  const flooder = await platform.anAccount({ callbackPath: null });
  const single = await platform.anAccount();
  const to = Array.from({ length: 500 }, (_, i) => mobile(1000 + i));
  await Promise.all([
    sendRest(platform.url, flooder, { to }),
    sendRest(platform.url, flooder, { to: to.map((number) => number.replace('336', '337')) }),
  ]);
  await until('the flood has begun to leave', () => platform.carrier.taken.length > 0);
  await sendRest(platform.url, single, { to: [mobile(1)] });
  await platform.customer.whenTold(mobile(1));
  const before = platform.carrier.taken.findIndex(({ to: number }) => number === mobile(1));
  assert.ok(before < 600, `${before} messages of the flood went before it`);
  await platform.quiet();
});
