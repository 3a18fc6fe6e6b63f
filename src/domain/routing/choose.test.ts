import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseRoute, isSameRoute, type Routable, type Route, segmentCost } from './choose.ts';
import { CostTable, noCosts } from './costs.ts';

const message: Routable = {
  country: 'FR',
  msisdn: 33_612_345_678,
  tier: 'premium',
  sender: 'Chappe',
  accountId: 7,
  encoding: 'gsm7',
  purpose: 'transactional',
  tag: 'shop',
  segments: 2,
  costMicros: 100_000n,
};
const all: Route = { connectorId: 1, country: null, tier: null, sender: null, position: 100, weight: 1 };

interface State {
  readonly isUp?: (id: number) => boolean;
  readonly isTroubled?: (id: number) => boolean;
  readonly random?: number;
  readonly costs?: CostTable;
  readonly nowMs?: number;
}

function choose(routes: readonly Route[], state: State = {}, changes: Partial<Routable> = {}): number | null {
  const usual = { isUp: () => true, random: 0, costs: noCosts, nowMs: 1_000 };
  return chooseRoute(routes, { ...message, ...changes }, { ...usual, ...state })?.connectorId ?? null;
}

test('the first matching position is chosen, whatever the weights of later ones', () => {
  const routes = [
    { ...all, connectorId: 2, country: 'FR', position: 50 },
    { ...all, weight: 1000 },
  ];
  assert.equal(choose(routes, { random: 0.99 }), 2);
  assert.equal(choose(routes, { random: 0.99 }, { country: 'BE' }), 1);
});

const conditions: readonly [Partial<Route>, Partial<Routable>][] = [
  [{ country: 'FR' }, { country: 'BE' }],
  [{ prefix: '33612' }, { msisdn: 33_622_345_678 }],
  [{ tier: 'premium' }, { tier: 'low_cost' }],
  [{ sender: 'Chappe' }, { sender: null }],
  [{ accountId: 7 }, { accountId: 8 }],
  [{ encoding: 'gsm7' }, { encoding: 'ucs2' }],
  [{ purpose: 'transactional' }, { purpose: 'marketing' }],
  [{ tag: 'shop' }, { tag: null }],
];

test('every condition of a route must hold', () => {
  const route = Object.assign({}, all, ...conditions.map(([condition]) => condition)) as Route;
  assert.equal(choose([route]), 1);
  for (const [condition, other] of conditions) {
    assert.equal(choose([route], {}, other), null, JSON.stringify(condition));
    assert.equal(choose([{ ...all, ...condition }], {}, other), null);
    assert.equal(choose([{ ...all, ...condition }]), 1);
  }
});

test('a route takes messages within its hours, and others of another day are another route', () => {
  const routes = [{ ...all, connectorId: 2, position: 1, hours: 'fri 00:00-01:00 UTC' }, all];
  const friday = 24 * 3_600_000;
  assert.equal(choose(routes, { nowMs: friday }), 2);
  assert.equal(choose(routes, { nowMs: friday + 3_600_000 }), 1);
  assert.ok(!isSameRoute(routes[0]!, { ...routes[0]!, hours: 'thu UTC' }));
});

test('routes of one position share traffic by weight', () => {
  const routes = [
    { ...all, weight: 3 },
    { ...all, connectorId: 2 },
  ];
  const chosen = [0, 0.2, 0.5, 0.74, 0.75, 0.99].map((random) => choose(routes, { random }));
  assert.deepEqual(chosen, [1, 1, 1, 1, 2, 2]);
});

test('an unavailable connector gets no message: its share goes to the others, then to the next position', () => {
  const routes = [
    { ...all, position: 1 },
    { ...all, connectorId: 2, position: 1 },
    { ...all, connectorId: 3, position: 2 },
  ];
  assert.equal(choose(routes, { isUp: (id) => id !== 1 }), 2);
  assert.equal(choose(routes, { isUp: (id) => id === 3, random: 0.5 }), 3);
  assert.equal(choose(routes, { isUp: () => false, random: 0.5 }), null);
});

test('a connector in trouble is the last choice, whatever its position', () => {
  const routes = [
    { ...all, position: 1 },
    { ...all, connectorId: 2, position: 2 },
  ];
  const troubled = (...ids: number[]) => ({ isTroubled: (id: number) => ids.includes(id) });
  assert.equal(choose(routes, troubled(1)), 2);
  assert.equal(choose(routes, troubled(1, 2)), 1);
  assert.equal(choose(routes, { ...troubled(1), isUp: (id) => id === 1 }), 1);
});

test('the first route of a position takes everything while it is available', () => {
  const routes = [
    { ...all, choice: 'first' },
    { ...all, connectorId: 2, choice: 'first', weight: 1_000 },
  ] as const;
  assert.equal(choose(routes, { random: 0.99 }), 1);
  assert.equal(choose(routes, { isUp: (id) => id === 2 }), 2);
});

test('the cheapest available route is chosen, an unknown cost is the last, and equal costs share by weight', () => {
  const cheapest = { ...all, choice: 'cheapest' } as const;
  const routes = [
    { ...cheapest, weight: 100 },
    { ...cheapest, connectorId: 2, costMicros: 30_000n },
    { ...cheapest, connectorId: 3, costMicros: 20_000n },
    { ...cheapest, connectorId: 4, costMicros: 20_000n, weight: 3 },
  ];
  assert.deepEqual(
    [0, 0.2, 0.26, 0.99].map((random) => choose(routes, { random })),
    [3, 3, 4, 4],
  );
  assert.equal(choose(routes, { isUp: (id) => id < 3 }), 2);
  assert.equal(choose(routes, { isUp: (id) => id === 1 }), 1);
});

test('a table of costs comes before the cost of a route, by the longest prefix that is in force', () => {
  const cost = (prefix: string, costMicros: bigint, validFromMs: number) => ({
    ...{ connectorId: 1, country: 'FR', prefix, costMicros, validFromMs },
  });
  const costs = new CostTable([
    cost('', 40n, 0),
    cost('336', 30n, 0),
    cost('336', 35n, 2_000),
    cost('3361', 1n, 9_000),
  ]);
  const at = (nowMs: number, msisdn: number) =>
    segmentCost({ ...all, costMicros: 90n }, { country: 'FR', msisdn }, { costs, nowMs });
  assert.equal(at(1_000, message.msisdn), 30n);
  assert.equal(at(2_000, message.msisdn), 35n);
  assert.equal(at(9_000, message.msisdn), 1n);
  assert.equal(at(9_000, 33_712_345_678), 40n);
  assert.equal(
    segmentCost({ ...all, costMicros: 90n }, { country: 'BE', msisdn: 32_470_000_000 }, { costs, nowMs: 0 }),
    90n,
  );
  assert.equal(segmentCost({ ...all, connectorId: 2 }, message, { costs, nowMs: 0 }), null);
});

test('a route that costs more than the price of the message is passed over unless it allows that', () => {
  const dear = { ...all, position: 1, costMicros: 50_001n };
  const spare = { ...all, connectorId: 2 };
  assert.equal(choose([dear, spare]), 2);
  assert.equal(choose([dear]), null);
  assert.equal(choose([{ ...dear, costMicros: 50_000n }, spare]), 1, 'two segments at exactly the price');
  assert.equal(choose([{ ...dear, allowsLoss: true }, spare]), 1);
  assert.equal(choose([dear, spare], {}, { costMicros: 0n }), 1, 'a free message has no margin');
});

test('routes are the same if carrier, position and all conditions are', () => {
  assert.ok(isSameRoute(all, { ...all, weight: 9, costMicros: 1n, id: 4 }));
  for (const [condition] of conditions) assert.ok(!isSameRoute(all, { ...all, ...condition }));
  assert.ok(!isSameRoute(all, { ...all, position: 1 }));
  assert.ok(!isSameRoute(all, { ...all, connectorId: 2 }));
});
