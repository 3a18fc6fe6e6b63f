// Each change by an operator leaves one audit entry; a refused change leaves none. On a real database.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSeal } from '#lib/security/sealing.ts';
import { operatorAccess } from '#operations/access/operator-access.ts';
import { insertTemplate } from '#store/campaigns/message-templates.ts';
import { nowMs, TestRows } from '../../../test/support/rows.ts';
import { createOperatorAccounts } from './accounts/service.ts';
import { createAuditTrail } from './audit.ts';
import { createCarriers } from './carriers/service.ts';
import { createLookupPrices } from './lookup-prices.ts';
import { createNews } from './news.ts';
import { createOperatorOptOuts } from './opt-outs.ts';
import { createRates } from './rates/service.ts';
import { createReplyNumbers } from './reply-numbers.ts';
import { createReviews } from './reviews.ts';

const alice = operatorAccess({ actor: 'cli:alice', address: null });
const link = {
  host: 'smsc.example',
  port: 2775,
  systemId: 'us',
  password: 'secret',
  systemType: '',
  tls: false,
  window: 100,
  tps: 0,
  binds: 1,
};
const route = {
  carrier: 'one',
  country: 'fr',
  tier: null,
  sender: null,
  position: 50,
  weight: 1,
  cost: '0.04',
};

async function open(t: Parameters<typeof TestRows.openFor>[0]) {
  const testRows = await TestRows.openFor(t);
  const id = await testRows.anAccount(1_000_000n);
  const seal = createSeal('a secret of the tests');
  const context = { database: testRows.database, clock: { now: () => nowMs }, seal };
  const name = 'account1@example.com';
  const everything = { account: undefined, action: undefined, fromMs: null, toMs: null, limit: 100 };
  const trail = createAuditTrail(context);
  const actions = async () => (await trail.list(alice, everything)).map(({ action }) => action);
  return { testRows, id, context, name, actions, trail, everything };
}

test('each change by an operator leaves one entry with the operator, in the order of the changes', async (t) => {
  const { testRows, id, context, name, trail, everything } = await open(t);
  const carriers = createCarriers({ ...context, links: {} as never });
  const numbers = createReplyNumbers(context);
  const reviews = createReviews(context);
  const prices = createLookupPrices(context);
  const news = createNews(context);
  const accounts = createOperatorAccounts(context);
  const template = {
    name: 't',
    activity: 'alerting',
    message: 'm',
    description: '',
    reason: '',
    status: 'waiting',
  };
  await insertTemplate(testRows.query, { bucket: 0, id }, template as never, nowMs);

  const changes: readonly (readonly [string, () => Promise<unknown>])[] = [
    [
      'carrier.added',
      () => carriers.add(alice, { kind: 'smpp', name: 'one', options: link, addsRoute: true }),
    ],
    ['carrier.disabled', () => carriers.setEnabled(alice, 'one', false)],
    ['carrier.enabled', () => carriers.setEnabled(alice, 'one', true)],
    ['route.added', () => carriers.addRoute(alice, route)],
    [
      'route.removed',
      async () => carriers.removeRoute(alice, String((await carriers.listRoutes(alice))[0]!.id)),
    ],
    ['carrier.removed', () => carriers.remove(alice, 'one')],
    ['number.added', () => numbers.add(alice, '+33757000001', ['FR'])],
    ['number.assigned', () => numbers.assign(alice, '33757000001', name)],
    ['number.removed', () => numbers.remove(alice, '33757000001')],
    ['rate.surcharge-set', () => numbers.setSurcharge(alice, '0.03')],
    ['rate.lookup-set', () => prices.set(alice, 'fr', '0.01')],
    ['rate.lookup-removed', () => prices.remove(alice, 'FR')],
    [
      'rate.set',
      () =>
        createRates(context).set(alice, {
          account: null,
          fromMs: null,
          country: 'FR',
          tier: 'premium',
          price: '0.05',
        }),
    ],
    ['sender.added', () => reviews.addSender(alice, name, 'Shop')],
    [
      'sender.refused',
      () => reviews.decideSender(alice, { account: name, name: 'Shop', status: 'refused', comment: 'no' }),
    ],
    [
      'template.approved',
      () => reviews.decideTemplate(alice, { account: name, name: 't', status: 'enabled', comment: null }),
    ],
    [
      'news.published',
      () => news.publish(alice, { lang: 'fr', channel: null, title: 't', text: 'x', author: 'a' }),
    ],
    ['news.removed', async () => news.remove(alice, String((await news.list(alice))[0]!.id))],
    ['opt-out.added', () => createOperatorOptOuts(context).add(alice, name, '+33601020304', 'by letter')],
    ['account.changed', () => accounts.set(alice, name, { status: 'blocked' })],
    [
      'account.created',
      () =>
        accounts.create(alice, {
          email: 'new@example.com',
          name: '',
          credit: '1',
          callbackUrl: null,
          parent: undefined,
        }),
    ],
  ];
  for (const [action, change] of changes) {
    const before = (await trail.list(alice, everything)).length;
    await change();
    const [entry, ...older] = await trail.list(alice, everything);
    assert.deepEqual([entry!.action, entry!.actor], [action, 'cli:alice']);
    assert.equal(older.length, before, `${action} leaves one entry`);
  }
  const text = JSON.stringify(await trail.list(alice, everything));
  assert.ok(!text.includes('secret') && !text.includes('33601020304'), 'no password and no whole number');
});

test('a refused change leaves no entry', async (t) => {
  const { context, name, actions } = await open(t);
  const carriers = createCarriers({ ...context, links: {} as never });
  const reviews = createReviews(context);
  await carriers.add(alice, { kind: 'smpp', name: 'one', options: link, addsRoute: false });
  const before = await actions();
  const refused: readonly (readonly [() => Promise<unknown>, RegExp])[] = [
    [() => carriers.add(alice, { kind: 'smpp', name: 'one', options: link, addsRoute: false }), /already/],
    [() => carriers.add(alice, { kind: 'smtp', name: 'two', options: link, addsRoute: false }), /not "smtp"/],
    [() => carriers.remove(alice, 'three'), /there is no carrier three; see chappe carrier list/],
    [() => carriers.addRoute(alice, { ...route, country: 'FRA' }), /"FRA" is not a country/],
    [() => carriers.addRoute(alice, { ...route, tier: 'gold' }), /"gold" is not a tier/],
    [() => carriers.addRoute(alice, { ...route, cost: '4 cents' }), /must be an amount in euro/],
    [() => carriers.removeRoute(alice, '99'), /there is no route 99/],
    [() => createReplyNumbers(context).add(alice, 'abc', []), /must be a short code or a number/],
    [() => createReplyNumbers(context).assign(alice, '38200', null), /there is no number 38200/],
    [() => createLookupPrices(context).remove(alice, 'BE'), /BE has no price of its own/],
    [() => reviews.addSender(alice, 'nobody@example.com', 'Shop'), /there is no account nobody@example.com/],
    [() => reviews.addSender(alice, name, 'far too long a name'), /at most 11 characters/],
    [
      () => reviews.decideSender(alice, { account: name, name: 'None', status: 'enabled', comment: null }),
      /has no sender None/,
    ],
    [() => createNews(context).remove(alice, '7'), /there are no news 7/],
  ];
  for (const [change, message] of refused) await assert.rejects(change, message);
  assert.deepEqual(await actions(), before);
});
