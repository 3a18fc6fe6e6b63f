// Credits are the same money in another unit, always rounded down.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { creditPriceOf, fromCredits, showCredits, toCredits } from './ovh-credits.ts';
import { rateCardOf } from './rate-card.ts';

const price = fc.bigInt(1_000n, 10_000_000n);
const micros = fc.bigInt(0n, 10n ** 12n);

test('displayed credits never buy more than their money', () => {
  fc.assert(
    fc.property(micros, price, (money, priceMicros) => {
      const credits = toCredits(money, priceMicros);
      const back = fromCredits(credits, priceMicros) ?? 0n;
      assert.ok(back <= money, `${back} of ${money}`);
      assert.ok(money - back <= priceMicros / 10_000n + 1n);
      assert.ok(Number(showCredits(money, priceMicros)) <= credits + 1e-9);
    }),
  );
});

test('an amount of credits has at most four decimals, and other numbers are refused', () => {
  assert.equal(fromCredits(12.5, 50_000n), 625_000n);
  assert.equal(fromCredits(0.0001, 50_000n), 5n);
  for (const credits of [0, -1, 0.00001, Number.NaN, Number.POSITIVE_INFINITY, 1e300])
    assert.equal(fromCredits(credits, 50_000n), null, `${credits}`);
});

test('credits are shown with two decimals, rounded down', () => {
  const shown: readonly (readonly [bigint, string])[] = [
    [0n, '0.00'],
    [50_000n, '1.00'],
    [99_999n, '1.99'],
    [2_650_000n, '53.00'],
    [499n, '0.00'],
  ];
  for (const [money, text] of shown) assert.equal(showCredits(money, 50_000n), text);
});

test('the price of a credit is that of the account, else an SMS to France, else five cents', () => {
  const rates = rateCardOf([{ country: 'FR', tier: 'premium', priceMicros: 47_000n }]);
  assert.equal(creditPriceOf({ creditPriceMicros: 40_000 }, rates), 40_000n);
  assert.equal(creditPriceOf({ creditPriceMicros: null }, rates), 47_000n);
  assert.equal(creditPriceOf({ creditPriceMicros: null }, rateCardOf([])), 50_000n);
});
