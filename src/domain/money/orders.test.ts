// Prices of a pack: whole cents, tax on the discounted price, the discount of the largest step reached.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { discountOf, packQuantities, priceOrder, reductionMicros, withTaxMicros } from './orders.ts';

const plain = { vatPercent: 20, discounts: [] };

test('a hundred credits of 5 cents cost 5 euros and 1 euro of tax', () => {
  const prices = priceOrder(100, 50_000n, plain);
  assert.equal(prices.creditMicros, 5_000_000n);
  assert.equal(prices.withoutTaxMicros, 5_000_000n);
  assert.equal(prices.taxMicros, 1_000_000n);
  assert.equal(withTaxMicros(prices), 6_000_000n);
  assert.equal(reductionMicros(prices), 0n);
});

test('a discount reduces the price and not the credit', () => {
  const discounts = [
    { fromQuantity: 10_000, percent: 12.5 },
    { fromQuantity: 1000, percent: 5 },
  ];
  assert.deepEqual(
    [500, 1000, 5000, 10_000, 1_000_000].map((quantity) => discountOf(quantity, discounts)),
    [0, 5, 5, 12.5, 12.5],
  );
  const prices = priceOrder(10_000, 50_000n, { vatPercent: 5.5, discounts });
  assert.equal(prices.creditMicros, 500_000_000n);
  assert.equal(prices.withoutTaxMicros, 437_500_000n);
  assert.equal(reductionMicros(prices), 62_500_000n);
  assert.equal(prices.taxMicros, 24_060_000n, '24.0625 is 24.06');
});

test('prices are whole cents, and their parts have the exact sum', () => {
  const quantity = fc.constantFrom(...packQuantities);
  const price = fc.bigInt(1n, 2_000_000n);
  const percent = fc.integer({ min: 0, max: 10_000 }).map((n) => n / 100);
  fc.assert(
    fc.property(quantity, price, percent, percent, (size, priceMicros, vatPercent, off) => {
      const prices = priceOrder(size, priceMicros, {
        vatPercent,
        discounts: [{ fromQuantity: 0, percent: off }],
      });
      const { originalMicros, withoutTaxMicros, taxMicros } = prices;
      for (const micros of [originalMicros, withoutTaxMicros, taxMicros]) {
        assert.equal(micros % 10_000n, 0n);
        assert.ok(micros >= 0n);
      }
      assert.ok(withoutTaxMicros <= originalMicros);
      assert.equal(prices.creditMicros, BigInt(size) * priceMicros);
    }),
  );
});
