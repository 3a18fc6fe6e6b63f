// An account with an alert of low credit is alerted once for each fall, by mail or, without a relay, in the operator's list.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rateCardOf } from '../../src/domain/money/rate-card.ts';
import { editOptions } from '../../src/operations/account/accounts/options.ts';
import { watchCredit } from '../../src/operations/money/credit-alerts.ts';
import { findAccount } from '../../src/store/accounts/accounts.ts';
import { listOpenAlerts } from '../../src/store/money/credit-alerts.ts';
import { insertTopUp } from '../../src/store/money/ledger.ts';
import { cancelOrder, insertOrder } from '../../src/store/money/orders.ts';
import { mobile, sendLegacy, sendRest } from '../support/clients.ts';
import { anotherProcess, declareDead } from '../support/other-process.ts';
import { openPlatform, priceMicros } from '../support/platform.ts';
import { until } from '../support/until.ts';

test('an account is alerted once when its credit falls, and again after the next fall', async () => {
  await using platform = await openPlatform({
    processes: [['listeners', 'jobs', 'maintenance', 'dispatch']],
  });
  const customer = await platform.anAccount({ creditMicros: 10n * priceMicros, callbackPath: null });
  const account = (await findAccount(platform.query, customer.login))!;
  const mails: string[] = [];
  let problem: string | null = null;
  const rates = rateCardOf([{ country: 'FR', tier: 'premium', priceMicros }]);
  const watch = async () =>
    watchCredit(platform, {
      processId: await anotherProcess(platform),
      rates: () => rates,
      async mail(to, subject) {
        mails.push(`${to}: ${subject}`);
        return problem;
      },
    });
  await watch();
  await editOptions(platform, account, { alertBound: 10 });
  await Promise.all([watch(), watch()]);
  assert.deepEqual(mails, [], 'ten are not below ten');

  const send = (i: number) => sendLegacy(platform.url, customer, { to: [mobile(i)] });
  assert.equal((await send(1)).code, '000');
  await Promise.all([watch(), watch(), watch()]);
  assert.deepEqual(mails, [`${customer.login}: Low SMS credit: 0.45 EUR`]);
  await send(2);
  await watch();
  assert.equal(mails.length, 1, 'it was told');

  await insertTopUp(
    platform.query,
    account,
    { kind: 'top_up', amountMicros: 2n * priceMicros, note: null },
    0,
  );
  await watch();
  assert.deepEqual(await listOpenAlerts(platform.query), []);
  problem = 'the relay is away';
  await send(3);
  await watch();
  await watch();
  assert.equal(mails.length, 2, 'a mail that failed is not repeated at once');
  assert.partialDeepStrictEqual(await listOpenAlerts(platform.query), [
    { error: problem, mailedAtMs: null, availableMicros: 9n * priceMicros },
  ]);
  problem = null;
  await platform.advance(11 * 60_000);
  await watch();
  assert.equal(mails.length, 3);
  assert.equal((await listOpenAlerts(platform.query)).length, 1);
  await editOptions(platform, account, { alertBound: 0 });
  await watch();
  assert.deepEqual(await listOpenAlerts(platform.query), []);
  await platform.quiet();
});

test('an alert is mailed by one process for any duration of the relay, and by another after that process is fenced', async () => {
  await using platform = await openPlatform({
    processes: [['listeners', 'jobs', 'maintenance', 'dispatch']],
  });
  const customer = await platform.anAccount({ creditMicros: 5n * priceMicros, callbackPath: null });
  const account = (await findAccount(platform.query, customer.login))!;
  await editOptions(platform, account, { alertBound: 10 });
  const rates = rateCardOf([{ country: 'FR', tier: 'premium', priceMicros }]);
  const [dead, heir] = [await anotherProcess(platform), await anotherProcess(platform)];
  const gate = Promise.withResolvers<string | null>();
  const mails: number[] = [];
  const watch = (processId: number, answer: () => Promise<string | null>) =>
    watchCredit(platform, {
      processId,
      rates: () => rates,
      mail() {
        mails.push(processId);
        return answer();
      },
    });
  const slow = watch(dead, () => gate.promise);
  await until('it is being mailed', () => mails.length === 1);
  await platform.advance(60 * 60_000);
  await watch(heir, async () => null);
  assert.deepEqual(mails, [dead]);
  await declareDead(platform.database, dead);
  await until('another mails it', async () => {
    await watch(heir, async () => null);
    return mails.length === 2;
  });
  gate.resolve('the relay is away');
  await slow;
  assert.partialDeepStrictEqual(await listOpenAlerts(platform.query), [{ error: null }]);
  await watch(heir, async () => assert.fail('it was mailed'));
});

test('a number that is set for alerts gets an SMS for each fall, which the account pays', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({
    creditMicros: 5n * priceMicros,
    callbackPath: null,
    settings: {
      creditAlert: { bound: 10, tier: 'premium', email: null },
      campaign: { premiumSender: null, voiceSender: null, testNumber: null, alertNumber: `+${mobile(7)}` },
    },
  });
  const rates = rateCardOf([{ country: 'FR', tier: 'premium', priceMicros }]);
  const watch = async () => {
    const processId = await anotherProcess(platform);
    await watchCredit(platform, { processId, rates: () => rates, mail: async () => null });
  };
  await Promise.all([watch(), watch(), watch()]);
  await watch();
  await until('the alert is delivered', async () => (await platform.statusOf(mobile(7))) === 'delivered');
  await platform.quiet();
  assert.equal((await platform.credit(account)).availableMicros, 4n * priceMicros);
});

test('a refusal for credit has another detail while an order waits for its payment', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ creditMicros: 0n });
  const send = (send: typeof sendLegacy) => send(platform.url, account, { to: [mobile(1)] });
  assert.equal((await send(sendLegacy)).code, '104');
  const amounts = { quantity: 100, creditMicros: 5_000_000n, originalMicros: 5_000_000n };
  const taxes = { discountPercent: 0, withoutTaxMicros: 5_000_000n, vatPercent: 20, taxMicros: 1_000_000n };
  const order = await insertOrder(
    platform.query,
    { bucket: 0, id: account.id },
    {
      token: 'token',
      isAutomatic: false,
      isOnAccount: false,
      prices: { ...amounts, ...taxes },
    },
    platform.clock.now(),
  );
  assert.equal((await send(sendLegacy)).code, '105');
  assert.equal((await send(sendRest)).code, '104');
  await cancelOrder(platform.query, order, platform.clock.now());
  assert.equal((await send(sendLegacy)).code, '104');
});
