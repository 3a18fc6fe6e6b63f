// Credit is ordered, paid outside, and added once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packQuantities } from '../../src/domain/money/orders.ts';
import { audit } from '../../src/store/money/ledger.ts';
import { cancelOrder, findOrder, payOrder, type StoredOrder } from '../../src/store/money/orders.ts';
import { ovhClient } from '../support/ovh.ts';
import { assertAnswer } from '../support/ovh-contract.ts';
import { openPlatform, type TestAccount, type TestPlatform } from '../support/platform.ts';

interface Order {
  readonly orderId: number | null;
  readonly url: string | null;
  readonly prices: Record<'withTax' | 'withoutTax' | 'tax', { value: number; text: string }>;
  readonly contracts: readonly { content: string; url: string }[];
}

const clientOf = (platform: TestPlatform, account: TestAccount) =>
  ovhClient(platform.url, account.ovh, () => platform.clock.now());

async function anOrder(platform: TestPlatform, account: TestAccount, quantity = 1000): Promise<StoredOrder> {
  const { orderId } = await clientOf(platform, account).ok<Order>(
    'POST',
    `/order/sms/${account.serviceName}/credits`,
    { quantity },
  );
  return (await findOrder(platform.query, orderId!))!;
}

test('a pack is quoted with its tax, and nothing is stored', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const client = clientOf(platform, account);
  const path = `/order/sms/${account.serviceName}`;
  assert.deepEqual(await client.ok('GET', '/order/sms'), [account.serviceName]);
  assert.deepEqual(await client.ok('GET', path), ['credits']);
  for (const quantity of packQuantities) {
    const quote = await client.ok<Order>('GET', `${path}/credits?quantity=${quantity}`);
    assertAnswer('GET /order/sms/{serviceName}/credits', quote);
    assert.equal(quote.orderId, null);
    assert.equal(quote.url, null);
    assert.equal(quote.prices.withoutTax.value, quantity * 0.05);
    assert.equal(quote.prices.tax.value, quantity * 0.01);
    assert.equal(quote.prices.withTax.text, `${(quantity * 0.06).toFixed(2)} €`);
  }
  for (const quantity of [0, -100, 99, 101, 'x'])
    assert.equal((await client.call('GET', `${path}/credits?quantity=${quantity}`)).status, 400);
  assert.equal((await client.call('POST', `${path}/credits`, {})).status, 400);
  assert.deepEqual(await platform.query('select from orders'), []);
});

test('an order has a form that can be printed, at an address that cannot be guessed', async () => {
  await using platform = await openPlatform({
    config: {
      vatPercent: 5.5,
      packDiscounts: [{ fromQuantity: 1000, percent: 10 }],
      seller: ['Télégraphe & fils <SARL>', '1 rue des Signaux'],
      payment: ['IBAN FR76 0000'],
    },
  });
  const account = await platform.anAccount();
  const client = clientOf(platform, account);
  const path = `/order/sms/${account.serviceName}/credits`;
  const order = await client.ok<Order>('POST', path, { quantity: 1000 });
  assertAnswer('POST /order/sms/{serviceName}/credits', order);
  assert.equal(order.prices.withoutTax.value, 45);
  assert.equal(order.prices.tax.value, 2.48);
  assert.match(order.url!, /^http:\/\/127\.0\.0\.1:\d+\/orders\/0-\w{43}$/);
  const form = await fetch(order.url!);
  assert.equal(form.headers.get('content-type'), 'text/html; charset=utf-8');
  assert.match(form.headers.get('content-security-policy')!, /default-src 'none'/);
  const page = await form.text();
  for (const shown of [
    `Order ${order.orderId}`,
    'Télégraphe &amp; fils &lt;SARL&gt;',
    'IBAN FR76 0000',
    account.serviceName,
    '1 000 SMS credits',
    'Discount of 10 %',
    'VAT 5.5 %',
    '47.48 €',
    'waiting for payment',
  ])
    assert.ok(page.includes(shown), `${shown} in ${page}`);
  const terms = await fetch(order.contracts[0]!.url);
  assert.equal(terms.status, 200);
  assert.ok((await terms.text()).includes(order.contracts[0]!.content.split('\n')[0]!));
  const unknown = await fetch(order.url!.replace(/.$/, '-'));
  assert.equal(unknown.status, 404);
  assert.match(await unknown.text(), /This order does not exist/);

  const stored = (await findOrder(platform.query, order.orderId!))!;
  assert.ok((await payOrder(platform.query, stored, platform.clock.now())) !== null);
  assert.match(await (await fetch(order.url!)).text(), /paid, credit added on 18 November 2026/);
});

test('an order is paid once, however many confirm it at once', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ creditMicros: 0n });
  const order = await anOrder(platform, account);
  const now = platform.clock.now();
  const paid = await Promise.all(Array.from({ length: 12 }, () => payOrder(platform.query, order, now)));
  assert.deepEqual(
    paid.filter((available) => available !== null),
    [50_000_000n],
  );
  assert.equal(await payOrder(platform.query, order, now), null);
  assert.equal(await cancelOrder(platform.query, order, now), false);
  assert.equal((await platform.credit(account)).availableMicros, 50_000_000n);
  assert.equal((await findOrder(platform.query, order.id))!.status, 'paid');
});

test('an order is either paid or cancelled, under concurrent requests', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ creditMicros: 0n });
  let expected = 0n;
  for (let i = 0; i < 10; i++) {
    const order = await anOrder(platform, account, 100);
    const [paid, isCancelled] = await Promise.all([
      payOrder(platform.query, order, 0),
      cancelOrder(platform.query, order, 0),
    ]);
    assert.equal(paid !== null, !isCancelled);
    if (paid !== null) expected += 5_000_000n;
  }
  assert.equal((await platform.credit(account)).availableMicros, expected);
});

test('a payment that is cut off in the middle adds nothing, and can be confirmed again', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ creditMicros: 0n });
  const order = await anOrder(platform, account, 100);
  await assert.rejects(
    platform.database.transaction(async (query) => {
      assert.equal(await payOrder(query, order, 0), 5_000_000n);
      throw new Error('cut off');
    }),
    /cut off/,
  );
  assert.equal((await platform.credit(account)).availableMicros, 0n);
  assert.equal(await payOrder(platform.query, order, 0), 5_000_000n);
});

test('the audit sees an order that was paid with another amount', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ creditMicros: 0n });
  const order = await anOrder(platform, account, 100);
  await payOrder(platform.query, order, 0);
  assert.deepEqual(await audit(platform.query), []);
  await platform.query('update orders set credit_micros = credit_micros + 1');
  assert.match((await audit(platform.query))[0]!.rule, /an order that is paid/);
  await platform.query('update orders set credit_micros = credit_micros - 1');
});

test('orders of another customer do not exist, and their number is limited', async () => {
  await using platform = await openPlatform();
  const [account, other] = [await platform.anAccount(), await platform.anAccount()];
  const client = clientOf(platform, account);
  for (const method of ['GET', 'POST'])
    assert.equal(
      (
        await client.call(
          method,
          `/order/sms/${other.serviceName}/credits${method === 'GET' ? '?quantity=100' : ''}`,
          method === 'GET' ? undefined : { quantity: 100 },
        )
      ).status,
      404,
    );
  for (let i = 0; i < 100; i++) await anOrder(platform, account, 100);
  const refused = await client.call('POST', `/order/sms/${account.serviceName}/credits`, { quantity: 100 });
  assert.equal(refused.status, 403);
});
