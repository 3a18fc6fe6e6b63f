// Credit that is bought by itself: once for each fall to the threshold, at once on account, or by an order that is mailed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rateCardOf } from '../../src/domain/money/rate-card.ts';
import { silentLog } from '../../src/lib/observability/log.ts';
import { buyAutomatically } from '../../src/operations/money/automatic-top-ups.ts';
import { runErrands } from '../../src/operations/operator/notifications.ts';
import { updateSettings } from '../../src/store/accounts/accounts.ts';
import { cancelOrder, listOrders, payOrder } from '../../src/store/money/orders.ts';
import { mobile, sendLegacy } from '../support/clients.ts';
import { anotherProcess } from '../support/other-process.ts';
import { type House, openHouse, priceMicros, type TestAccount } from '../support/platform.ts';

const rates = rateCardOf([{ country: 'FR', tier: 'premium', priceMicros }]);

/** The watch as a loop would run it, and what it mailed. */
function watchOf(house: House) {
  const mails: { to: string; subject: string; text: string }[] = [];
  const state = { problem: null as string | null };
  const once = async () => {
    await buyAutomatically(house, {
      rates: () => rates,
      priceList: { vatPercent: 20, discounts: [] },
      formAddress: (token) => `https://sms.example.com/orders/${token}`,
    });
    await runErrands(
      { database: house.database, clock: house.clock, log: silentLog },
      {
        processId: await anotherProcess(house),
        buckets: () => [0],
        submit: async () => assert.fail('no SMS is sent'),
        async mail(to, subject, text) {
          mails.push({ to, subject, text });
          return state.problem;
        },
      },
    );
  };
  const crowd = () => Promise.all([once(), once(), once(), once()]);
  return { mails, state, once, crowd };
}

const ordersOf = (house: House) => listOrders(house.query, { status: null, limit: 100 });

const want = (house: House, account: TestAccount, isOnAccount: boolean, quantity: number | null = 100) =>
  updateSettings(house.query, account.id, {
    automaticTopUp: { quantity, threshold: 8 },
    buysOnAccount: isOnAccount,
  });

const spend = (house: House, account: TestAccount, count: number) =>
  sendLegacy(house.url, account, { to: Array.from({ length: count }, (_, i) => mobile(i)) });

const oneDoor = { processes: [['doors', 'dispatch']] } as const;

test('on account the credit is there at once, once for each fall, however many processes watch', async () => {
  await using house = await openHouse(oneDoor);
  const account = await house.anAccount({ creditMicros: 10n * priceMicros, callbackPath: null });
  const { crowd, mails } = watchOf(house);
  await crowd();
  await want(house, account, true);
  await crowd();
  assert.deepEqual(await ordersOf(house), [], '10 are above 8');

  await spend(house, account, 2);
  await Promise.all([crowd(), crowd()]);
  assert.equal((await house.credit(account)).availableMicros, 108n * priceMicros);
  const [order] = await ordersOf(house);
  assert.partialDeepStrictEqual(order, {
    quantity: 100,
    isAutomatic: true,
    isOnAccount: true,
    status: 'paid',
  });
  assert.equal(mails.length, 1);
  assert.equal(mails[0]!.to, account.login);
  assert.match(mails[0]!.text, /6\.00 EUR\n.*https:\/\/sms\.example\.com\/orders\/\w{43}\n/);
  await crowd();
  assert.equal((await ordersOf(house)).length, 1);

  await spend(house, account, 100);
  await crowd();
  await crowd();
  assert.equal((await ordersOf(house)).length, 2);
  assert.equal((await house.credit(account)).availableMicros, 108n * priceMicros);
  await house.quiet();
});

test('without the operator’s leave an order is made and mailed, and nothing is added before it is paid', async () => {
  await using house = await openHouse(oneDoor);
  const account = await house.anAccount({ creditMicros: 8n * priceMicros, callbackPath: null });
  const { crowd, mails, state } = watchOf(house);
  await want(house, account, false);
  state.problem = 'the relay is away';
  await crowd();
  await crowd();
  assert.equal(mails.length, 1, 'a mail that failed is not repeated at once');
  const [order] = await ordersOf(house);
  assert.partialDeepStrictEqual(order, { status: 'open', isOnAccount: false });
  assert.equal((await house.credit(account)).availableMicros, 8n * priceMicros);
  state.problem = null;
  await house.advance(11 * 60_000);
  await crowd();
  assert.equal(mails.length, 2);
  await house.advance(11 * 60_000);
  await crowd();
  assert.equal(mails.length, 2);

  await payOrder(house.query, order!, house.clock.now());
  await crowd();
  assert.equal((await ordersOf(house)).length, 1);
  await spend(house, account, 100);
  await crowd();
  assert.equal((await ordersOf(house)).length, 2, 'it fell again');
  await house.quiet();
});

test('an order that was cancelled is not made again before the credit has risen', async () => {
  await using house = await openHouse(oneDoor);
  const account = await house.anAccount({ creditMicros: 5n * priceMicros, callbackPath: null });
  const { crowd } = watchOf(house);
  await want(house, account, false);
  await crowd();
  const [order] = await ordersOf(house);
  await cancelOrder(house.query, order!, house.clock.now());
  await crowd();
  assert.equal((await ordersOf(house)).length, 1);
  // Switched off and on again, it is asked for anew.
  await want(house, account, false, null);
  await crowd();
  await want(house, account, false);
  await crowd();
  assert.equal((await ordersOf(house)).length, 2);
});

test('a blocked account buys nothing', async () => {
  await using house = await openHouse(oneDoor);
  const account = await house.anAccount({ creditMicros: 0n, callbackPath: null });
  await want(house, account, true);
  await house.query("update accounts set status = 'blocked' where id = $1", [account.id]);
  await watchOf(house).crowd();
  assert.deepEqual(await ordersOf(house), []);
});
