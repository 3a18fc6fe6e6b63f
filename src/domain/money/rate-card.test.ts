import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { costOf, parseRateCard, rateCardOf, smsEquivalent } from './rate-card.ts';

test('a rate card tells a price, a country it lacks and a tier it lacks', () => {
  const card = rateCardOf([
    { country: 'FR', tier: 'premium', priceMicros: 50_000n },
    { country: 'GP', tier: 'premium', priceMicros: 58_000n },
  ]);
  assert.equal(card.priceOf('FR', 'premium'), 50_000n);
  assert.equal(card.priceOf('FR', 'low_cost'), 'no-tier');
  assert.equal(card.priceOf('KP', 'premium'), 'no-country');
  assert.equal(card.priceOf('MF', 'premium'), 58_000n);
  assert.equal(card.priceOf('RE', 'premium'), 'no-country');
});

test('the rate card that is shipped is sound', () => {
  const parsed = parseRateCard(
    readFileSync(new URL('../../../rates/rate-card.csv', import.meta.url), 'utf8'),
  );
  assert.ok('card' in parsed, 'errors' in parsed ? parsed.errors.join('\n') : '');
  const { card } = parsed;
  assert.equal(card.priceOf('FR', 'premium'), 50_000n);
  for (const country of ['FR', 'RE', 'GP', 'MQ', 'GF', 'YT', 'NC', 'PF', 'BL', 'BE', 'US', 'GB']) {
    assert.equal(typeof card.priceOf(country, 'premium'), 'bigint', country);
    assert.equal(typeof card.priceOf(country, 'world'), 'bigint', country);
  }
  assert.equal(card.priceOf('US', 'low_cost'), 'no-tier');
  assert.ok(card.rates.every((rate) => rate.priceMicros > 0n));
});

test('every mistake is told with its line', () => {
  const csv =
    '# ours\ncountry,tier,price_eur\nFR,premium,0.05\nfr,premium,0.05\nBE,gold,1\nBE,world,0,07\nBE,world,x\nFR,premium,0.06\n';
  assert.deepEqual(parseRateCard(csv), {
    errors: [
      'line 4: "fr" is not a country code of two capital letters',
      'line 5: "gold" is not a tier (premium, low_cost, world)',
      'line 6: expected 3 fields, found 4',
      'line 7: "x" is not a price in euro, such as 0.0500 (at most 6 decimals)',
      'line 8: a second price for FR premium',
    ],
  });
  assert.deepEqual(parseRateCard('FR,premium,0.05'), {
    errors: ['line 1: expected the header country,tier,price_eur'],
  });
  assert.deepEqual(parseRateCard('country,tier,price_eur\n'), { errors: ['no price at all'] });
});

test('spreadsheets may add a byte order mark and Windows line ends', () => {
  const parsed = parseRateCard('\ufeffcountry,tier,price_eur\r\nFR, premium ,0.05\r\n');
  assert.ok('card' in parsed);
  assert.equal(parsed.card.priceOf('FR', 'premium'), 50_000n);
});

test('costs are exact, equivalents never promise more than the money buys', () => {
  assert.equal(costOf(3, 50_001n), 150_003n);
  assert.equal(smsEquivalent(1_000_000n, 50_000n), '20.00');
  assert.equal(smsEquivalent(999_999n, 50_000n), '19.99');
  assert.equal(smsEquivalent(100n, 50_000n), '0.00');
  assert.equal(smsEquivalent(-1n, 50_000n), '0.00');
  assert.equal(smsEquivalent(1n, 0n), '0.00');
});
