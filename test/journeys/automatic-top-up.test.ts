// Credit that is bought by itself: once for each fall to the threshold, at once on account, or by an order that is mailed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rateCardOf } from '../../src/domain/money/rate-card.ts';
import { silentLog } from '../../src/lib/observability/log.ts';
import { buyAutomatically } from '../../src/operations/money/automatic-top-ups.ts';
import { issueInvoice } from '../../src/operations/money/invoices/issue.ts';
import { createNotificationJob } from '../../src/operations/operator/notifications/job.ts';
import { updateSettings } from '../../src/store/accounts/accounts.ts';
import { cancelOrder, listOrders, payOrder } from '../../src/store/money/orders.ts';
import { mobile, sendLegacy } from '../support/clients.ts';
import { anotherProcess } from '../support/other-process.ts';
import { openPlatform, priceMicros, type TestAccount, type TestPlatform } from '../support/platform.ts';

const rates = rateCardOf([{ country: 'FR', tier: 'premium', priceMicros }]);

/** The watch as a loop would run it, and what it mailed. */
function watchOf(platform: TestPlatform) {
  const mails: { to: string; subject: string; text: string }[] = [];
  const state = { problem: null as string | null };
  const once = async () => {
    await buyAutomatically(platform, {
      rates: () => rates,
      priceList: { vatPercent: 20, discounts: [] },
      formAddress: (token) => `https://sms.example.com/orders/${token}`,
      issueInvoice,
    });
    await createNotificationJob(
      { database: platform.database, clock: platform.clock, log: silentLog },
      {
        processId: await anotherProcess(platform),
        submit: async () => assert.fail('no SMS is sent'),
        async mail(to, subject, text) {
          mails.push({ to, subject, text });
          return state.problem;
        },
      },
    ).runOnce(0);
  };
  const crowd = () => Promise.all([once(), once(), once(), once()]);
  return { mails, state, once, crowd };
}

const ordersOf = (platform: TestPlatform) => listOrders(platform.query, { status: null, limit: 100 });

const want = (
  platform: TestPlatform,
  account: TestAccount,
  isOnAccount: boolean,
  quantity: number | null = 100,
) =>
  updateSettings(platform.query, account.id, {
    automaticTopUp: { quantity, threshold: 8 },
    buysOnAccount: isOnAccount,
  });

const spend = (platform: TestPlatform, account: TestAccount, count: number) =>
  sendLegacy(platform.url, account, { to: Array.from({ length: count }, (_, i) => mobile(i)) });

const oneProcess = { processes: [['listeners', 'jobs', 'maintenance', 'dispatch']] } as const;

test('on account the credit is there at once, once for each fall, however many processes watch', async () => {
  await using platform = await openPlatform(oneProcess);
  const account = await platform.anAccount({ creditMicros: 10n * priceMicros, callbackPath: null });
  const { crowd, mails } = watchOf(platform);
  await crowd();
  await want(platform, account, true);
  await crowd();
  assert.deepEqual(await ordersOf(platform), [], '10 are above 8');

  await spend(platform, account, 2);
  await Promise.all([crowd(), crowd()]);
  assert.equal((await platform.credit(account)).availableMicros, 108n * priceMicros);
  const [order] = await ordersOf(platform);
  assert.partialDeepStrictEqual(order, {
    quantity: 100,
    isAutomatic: true,
    isOnAccount: true,
    status: 'paid',
  });
  assert.equal(mails.length, 1);
  assert.equal(mails[0]!.to, account.login);
  assert.match(mails[0]!.text, /6\.00 EUR\n.*https:\/\/sms\.example\.com\/orders\/0-\w{43}\n/);
  await crowd();
  assert.equal((await ordersOf(platform)).length, 1);

  await spend(platform, account, 100);
  await crowd();
  await crowd();
  assert.equal((await ordersOf(platform)).length, 2);
  assert.equal((await platform.credit(account)).availableMicros, 108n * priceMicros);
  await platform.quiet();
});

test('without the operator’s leave an order is made and mailed, and nothing is added before it is paid', async () => {
  await using platform = await openPlatform(oneProcess);
  const account = await platform.anAccount({ creditMicros: 8n * priceMicros, callbackPath: null });
  const { crowd, mails, state } = watchOf(platform);
  await want(platform, account, false);
  state.problem = 'the relay is away';
  await crowd();
  await crowd();
  assert.equal(mails.length, 1, 'a mail that failed is not repeated at once');
  const [order] = await ordersOf(platform);
  assert.partialDeepStrictEqual(order, { status: 'open', isOnAccount: false });
  assert.equal((await platform.credit(account)).availableMicros, 8n * priceMicros);
  state.problem = null;
  await platform.advance(11 * 60_000);
  await crowd();
  assert.equal(mails.length, 2);
  await platform.advance(11 * 60_000);
  await crowd();
  assert.equal(mails.length, 2);

  await payOrder(platform.query, order!, platform.clock.now());
  await crowd();
  assert.equal((await ordersOf(platform)).length, 1);
  await spend(platform, account, 100);
  await crowd();
  assert.equal((await ordersOf(platform)).length, 2, 'it fell again');
  await platform.quiet();
});

test('an order that was cancelled is not made again before the credit has risen', async () => {
  await using platform = await openPlatform(oneProcess);
  const account = await platform.anAccount({ creditMicros: 5n * priceMicros, callbackPath: null });
  const { crowd } = watchOf(platform);
  await want(platform, account, false);
  await crowd();
  const [order] = await ordersOf(platform);
  await cancelOrder(platform.query, order!, platform.clock.now());
  await crowd();
  assert.equal((await ordersOf(platform)).length, 1);
  // Switched off and on again, it is asked for anew.
  await want(platform, account, false, null);
  await crowd();
  await want(platform, account, false);
  await crowd();
  assert.equal((await ordersOf(platform)).length, 2);
});

test('a blocked account buys nothing', async () => {
  await using platform = await openPlatform(oneProcess);
  const account = await platform.anAccount({ creditMicros: 0n, callbackPath: null });
  await want(platform, account, true);
  await platform.query("update accounts set status = 'blocked' where id = $1", [account.id]);
  await watchOf(platform).crowd();
  assert.deepEqual(await ordersOf(platform), []);
});
