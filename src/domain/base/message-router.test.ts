import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Connector } from '#domain/delivery/connector.ts';
import { CountryHealth } from '#domain/routing/country-health.ts';
import { MessageRouter, type RoutedMessage } from '#domain/routing/message-router.ts';

const route = (connectorId: number, position: number) => ({
  connectorId,
  country: null,
  tier: null,
  sender: null,
  position,
  weight: 1,
});

function routerOf(up: readonly number[]): MessageRouter {
  const connectors = new Map(up.map((id) => [id, { id, isUp: true } as Connector]));
  return new MessageRouter({
    connectors,
    routes: () => [route(1, 1), route(2, 2), route(3, 3)],
    random: () => 0,
    clock: { now: () => 0 },
  });
}

const message = (): RoutedMessage => ({
  country: 'FR',
  msisdn: 33_612_345_678,
  tier: 'premium',
  sender: null,
  accountId: 1,
  encoding: 'gsm7',
  purpose: 'transactional',
  tag: null,
  segments: 1,
  costMicros: 50_000n,
});

test('a message that a carrier cannot take goes to the next available carrier, and to no carrier twice', () => {
  const router = routerOf([1, 3]);
  const sent = message();
  assert.equal(router.choose(sent), 1);
  assert.equal(router.avoid(sent, 1), true);
  assert.equal(router.choose(sent), 3);
  assert.equal(router.avoid(sent, 3), false);
  assert.equal(router.choose(sent), null);
  assert.equal(router.choose(message()), 1);
});

test('with one carrier, a message that it cannot take has no other route', () => {
  assert.equal(routerOf([1]).avoid(message(), 1), false);
});

test('after the fourth "later" in a row another carrier is tried, and the first stays a candidate', () => {
  const router = routerOf([1, 2]);
  const sent = message();
  assert.deepEqual(
    [1, 2, 3, 4, 5].map(() => router.afterDelay(sent, 1)),
    [null, null, null, 2, null],
  );
  assert.equal(router.choose(sent), 1);
  const alone = message();
  assert.deepEqual(
    [1, 2, 3, 4].map(() => routerOf([1]).afterDelay(alone, 1)),
    [null, null, null, null],
  );
});

test('a connector that lately failed for a country is the last choice there, and one message in a hundred tries it', () => {
  const connectors = new Map([1, 2].map((id) => [id, { id, isUp: true } as Connector]));
  const draws: number[] = [];
  const router = new MessageRouter({
    connectors,
    routes: () => [route(1, 1), route(2, 2)],
    health: new CountryHealth(),
    clock: { now: () => 0 },
    random: () => draws.shift() ?? 0.5,
  });
  for (let i = 0; i < 20; i++) router.note(message(), 1, false);
  assert.equal(router.choose(message()), 2);
  assert.equal(router.choose({ ...message(), country: 'BE' }), 1);
  draws.push(0.5, 0.009);
  assert.equal(router.choose(message()), 1, 'a message that tries it');
  for (let i = 0; i < 5; i++) router.note(message(), 1, true);
  assert.equal(router.choose(message()), 1);
});

test('the route that was chosen stays with the message, also beside another one to the same carrier and after a change', () => {
  const dear = { ...route(1, 1), id: 1, choice: 'cheapest', costMicros: 40_000n } as const;
  const cheap = { ...dear, id: 2, prefix: '336', costMicros: 30_000n, newSender: '36111' } as const;
  let routes = [dear, cheap];
  const connectors = new Map([[1, { id: 1, isUp: true } as Connector]]);
  const router = new MessageRouter({
    connectors,
    routes: () => routes,
    random: () => 0,
    clock: { now: () => 0 },
  });
  const sent = message();
  assert.equal(router.choose(sent), 1);
  const taken = { routeId: 2, segmentCostMicros: 30_000n, newSender: '36111', patienceMs: null };
  assert.deepEqual(sent.taken, taken);
  routes = [dear];
  assert.equal(router.avoid(sent, 1), false);
  assert.deepEqual(sent.taken, taken, 'nothing else was chosen');
});

test('a message waits for the patience of its route, then another carrier is tried', () => {
  let nowMs = 0;
  const connectors = new Map([1, 2].map((id) => [id, { id, isUp: true } as Connector]));
  const routes = [{ ...route(1, 1), patienceS: 30 }, route(2, 2)];
  const router = new MessageRouter({
    ...{ connectors, routes: () => routes, random: () => 0 },
    clock: { now: () => nowMs },
  });
  const sent = message();
  assert.equal(router.choose(sent), 1);
  assert.deepEqual(
    [0, 10_000, 29_999, 30_000, 30_001].map((atMs) => {
      nowMs = atMs;
      return router.afterDelay(sent, 1);
    }),
    [null, null, null, 2, null],
    'however often the carrier asks for later; the second route has no patience of its own',
  );
  const patient = message();
  assert.equal(router.choose(patient, 1), 2);
  nowMs = 1_000_000;
  assert.equal(router.afterWait(patient, 2), null, 'a queue alone moves no message without a patience');
});
