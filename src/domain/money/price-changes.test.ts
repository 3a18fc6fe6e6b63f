import assert from 'node:assert/strict';
import { test } from 'node:test';
import { belowCost, differenceOf, PriceBoard, type PriceChange, ratesAt } from './price-changes.ts';

const change = (
  changeId: number,
  validFromMs: number,
  priceMicros: bigint | null,
  rest: Partial<PriceChange> = {},
): PriceChange => ({
  changeId,
  validFromMs,
  priceMicros,
  accountId: null,
  country: 'FR',
  tier: 'premium',
  ...rest,
});

test('the price in force has the latest instant, and of equal instants the last change counts', () => {
  const changes = [
    change(3, 1_000, 70_000n),
    change(1, 0, 50_000n),
    change(2, 2_000, 60_000n),
    change(4, 2_000, 65_000n),
    change(5, 3_000, null),
  ];
  const priceAt = (atMs: number) => ratesAt(changes, atMs)[0]?.priceMicros;
  assert.deepEqual([-1, 0, 999, 1_000, 1_999, 2_000, 2_999, 3_000].map(priceAt), [
    undefined,
    50_000n,
    50_000n,
    70_000n,
    70_000n,
    65_000n,
    65_000n,
    undefined,
  ]);
});

test('a price board applies changes at their instants, in any order of reading', () => {
  const board = new PriceBoard([change(1, 0, 50_000n), change(2, 1_000, 60_000n), change(3, 2_000, null)]);
  const priceAt = (atMs: number) => board.at(null, atMs).priceOf('FR', 'premium');
  assert.deepEqual([500, 1_000, 1_500, 2_000, 999, -1].map(priceAt), [
    50_000n,
    60_000n,
    60_000n,
    'no-country',
    50_000n,
    'no-country',
  ]);
  assert.equal(board.at(null, 500), board.at(7, 600), 'the card is made once');
});

test('prices of one account have precedence over the card until they are removed', () => {
  const board = new PriceBoard([
    change(1, 0, 50_000n),
    change(2, 0, 70_000n, { country: 'BE' }),
    change(3, 0, 40_000n, { accountId: 7 }),
    change(4, 1_000, null, { accountId: 7 }),
  ]);
  assert.equal(board.at(7, 0).priceOf('FR', 'premium'), 40_000n);
  assert.equal(board.at(7, 0).priceOf('BE', 'premium'), 70_000n);
  assert.equal(board.at(8, 0).priceOf('FR', 'premium'), 50_000n);
  assert.equal(board.at(null, 0).priceOf('FR', 'premium'), 50_000n);
  assert.equal(board.at(7, 1_000).priceOf('FR', 'premium'), 50_000n);
});

test('the difference of two cards lists new, changed and removed rates', () => {
  const rate = (country: string, priceMicros: bigint) => ({ country, tier: 'premium' as const, priceMicros });
  assert.deepEqual(
    differenceOf(
      [rate('FR', 5n), rate('BE', 7n), rate('DE', 9n)],
      [rate('FR', 5n), rate('BE', 8n), rate('IT', 4n)],
    ),
    {
      added: [rate('IT', 4n)],
      changed: [{ ...rate('BE', 8n), beforeMicros: 7n }],
      removed: [rate('DE', 9n)],
    },
  );
});

const route = { country: null, tier: null, position: 100, costMicros: 40n };
const costs: readonly (readonly [
  what: string,
  routes: Parameters<typeof belowCost>[1],
  cost: bigint | null,
])[] = [
  ['no route says its cost', [], null],
  ['the route costs less', [route], null],
  ['the route costs as much', [{ ...route, costMicros: 50n }], null],
  ['the route costs more', [{ ...route, costMicros: 51n }], 51n],
  ['the dearest of routes that share traffic counts', [route, { ...route, costMicros: 60n }], 60n],
  ['a dearer route is only tried afterwards', [route, { ...route, position: 200, costMicros: 60n }], null],
  ['a dearer route is for another country', [route, { ...route, country: 'BE', costMicros: 60n }], null],
  ['a dearer route is for another tier', [route, { ...route, tier: 'world', costMicros: 60n }], null],
  [
    'a dearer route for this country is tried first',
    [route, { ...route, country: 'FR', position: 1, costMicros: 60n }],
    60n,
  ],
];
for (const [what, routes, cost] of costs)
  test(`a price of 50 is ${cost === null ? 'not ' : ''}below cost where ${what}`, () => {
    const rate = { country: 'FR', tier: 'premium', priceMicros: 50n } as const;
    assert.deepEqual(belowCost([rate], routes), cost === null ? [] : [{ ...rate, costMicros: cost }]);
  });
