import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { costOf, equivalentHundredths, parseRateCard, rateCardOf, renderRateCard } from './rate-card.ts';

test('a rate card returns a price, or the reason for none: the country or the tier', () => {
  const card = rateCardOf([
    { country: 'FR', tier: 'premium', priceMicros: 50_000n },
    { country: 'GP', tier: 'premium', priceMicros: 58_000n },
  ]);
  assert.equal(card.priceOf('FR', 'premium'), 50_000n);
  assert.equal(card.priceOf('FR', 'low_cost'), 'no-tier');
  assert.equal(card.priceOf('KP', 'premium'), 'no-country');
  assert.deepEqual(
    [card.find('MF', 'premium'), card.find('FR', 'low_cost'), card.find('KP', 'premium')],
    [58_000n, null, null],
  );
  assert.equal(card.priceOf('MF', 'premium'), 58_000n);
  assert.equal(card.priceOf('RE', 'premium'), 'no-country');
});

test('the shipped rate card has no fault', () => {
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

const badLines: readonly (readonly [line: string, told: string])[] = [
  ['fr,premium,0.05', '"fr" is not a country code of two capital letters'],
  [',premium,0.05', 'the country is missing'],
  ['"",premium,0.05', 'the country is missing'],
  ['ZZ,premium,0.05', '"ZZ" is not the code of a country with telephone numbers'],
  ['BE,gold,1', '"gold" is not a tier (premium, low_cost, world)'],
  ['BE,,1', '"" is not a tier (premium, low_cost, world)'],
  ['BE,world,0,07', '"0,07" has a decimal comma; write it with a point'],
  ['"BE","world","0,07"', '"0,07" has a decimal comma; write it with a point'],
  ['BE;world;0.07', 'the fields are separated by semicolons; separate them by commas'],
  ['BE;world;0,07', 'expected 3 fields, found 2'],
  ['BE,world', 'expected 3 fields, found 2'],
  ['BE,world,0.05,EUR', 'expected 3 fields, found 4'],
  ['BE,world,x', '"x" is not a price in euro, such as 0.0500 (at most 6 decimals)'],
  ['BE,world,', '"" is not a price in euro, such as 0.0500 (at most 6 decimals)'],
  ['BE,world,0.0500001', '"0.0500001" is not a price in euro, such as 0.0500 (at most 6 decimals)'],
  ['BE,world,1e-2', '"1e-2" is not a price in euro, such as 0.0500 (at most 6 decimals)'],
  ['BE,world,-0.05', '"-0.05" is negative; a price is 0 or more'],
  ['BE,world,5000', '"5000" is more than 100 EUR for a segment'],
  ['BE,world,99999999999999999999', '"99999999999999999999" is more than 100 EUR for a segment'],
  ['FR,premium,0.06', 'a second price for FR premium; line 3 has one'],
  ['FR,premium,0.05', 'a second price for FR premium; line 3 has one'],
];

for (const [line, told] of badLines)
  test(`the line ${line} of a rate card is refused`, () => {
    assert.deepEqual(parseRateCard(`# ours\ncountry,tier,price_eur\nFR,premium,0.05\n\n${line}\n`), {
      errors: [`line 5: ${told}`],
    });
  });

test('each fault is reported with its line, at most twenty of them', () => {
  assert.deepEqual(parseRateCard('country,tier,price_eur\nfr,premium,1\nFR,premium,1\nFR,premium,x\n'), {
    errors: [
      'line 2: "fr" is not a country code of two capital letters',
      'line 4: "x" is not a price in euro, such as 0.0500 (at most 6 decimals)',
    ],
  });
  assert.deepEqual(parseRateCard('FR,premium,0.05'), {
    errors: ['line 1: expected the header country,tier,price_eur'],
  });
  assert.deepEqual(parseRateCard('country,tier,price_eur\n'), { errors: ['no price at all'] });
  const parsed = parseRateCard(`country,tier,price_eur\n${'FR,premium,x\n'.repeat(50)}`);
  assert.ok('errors' in parsed);
  assert.equal(parsed.errors.length, 21);
  assert.equal(parsed.errors.at(-1), 'and 30 more mistakes');
});

test('300,000 prices are refused with one fault, valid or not', () => {
  for (const line of ['FR,premium,x\n', ',,\n', 'BE,world,-1\n', 'FR,premium,0.05\n'])
    assert.deepEqual(parseRateCard(`country,tier,price_eur\n${line.repeat(300_000)}`), {
      errors: ['line 2002: more than 2000 prices; a rate card has one for each country and tier'],
    });
});

test('an exported card can be imported again', () => {
  const rates = [
    { country: 'BE', tier: 'world', priceMicros: 70_001n },
    { country: 'FR', tier: 'low_cost', priceMicros: 0n },
    { country: 'FR', tier: 'premium', priceMicros: 1_050_000n },
  ] as const;
  const csv = renderRateCard(rates);
  assert.equal(csv, 'country,tier,price_eur\nBE,world,0.070001\nFR,low_cost,0.0000\nFR,premium,1.0500\n');
  const parsed = parseRateCard(csv);
  assert.ok('card' in parsed);
  assert.deepEqual(parsed.card.rates, rates);
});

test('a byte order mark and Windows line ends are accepted', () => {
  const parsed = parseRateCard('\ufeffcountry,tier,price_eur\r\nFR, premium ,0.05\r\n');
  assert.ok('card' in parsed);
  assert.equal(parsed.card.priceOf('FR', 'premium'), 50_000n);
});

test('costs are exact, and an equivalent is never above the value of the money', () => {
  assert.equal(costOf(3, 50_001n), 150_003n);
  assert.equal(equivalentHundredths(1_000_000n, 50_000n), 2000n);
  assert.equal(equivalentHundredths(999_999n, 50_000n), 1999n);
  assert.equal(equivalentHundredths(100n, 50_000n), 0n);
  assert.equal(equivalentHundredths(-1n, 50_000n), 0n);
  assert.equal(equivalentHundredths(1n, 0n), 0n);
});
