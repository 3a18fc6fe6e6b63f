import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCostTable } from './costs.ts';

const nowMs = Date.UTC(2026, 10, 30);

test('a file of costs is read with its prefixes, dates, quotes and decimal commas', () => {
  const csv = [
    '\ufeffcountry;prefix;price;currency;from',
    '# the contract of November',
    'FR;;0,0450;EUR;',
    'FR;+33612;0.0400;EUR;2027-01-31',
    '"be";;"0.05";eur;2027-01-01T08:30:00Z',
    '',
  ].join('\r\n');
  assert.deepEqual(parseCostTable(csv, nowMs), {
    costs: [
      { country: 'FR', prefix: '', costMicros: 45_000n, validFromMs: nowMs },
      { country: 'FR', prefix: '33612', costMicros: 40_000n, validFromMs: Date.UTC(2027, 0, 31) },
      { country: 'BE', prefix: '', costMicros: 50_000n, validFromMs: Date.UTC(2027, 0, 1, 8, 30) },
    ],
  });
  assert.deepEqual(parseCostTable('price,country\n0.01,FR', nowMs), {
    costs: [{ country: 'FR', prefix: '', costMicros: 10_000n, validFromMs: nowMs }],
  });
});

const mistakes: readonly [string, RegExp][] = [
  ['', /the file has no price/],
  ['country,price', /the file has no price/],
  ['country,cost\nFR,0.01', /line 1: "cost" is not a column; the first line names columns of/],
  ['country\nFR', /line 1: the column price is missing/],
  ['country,price,price\nFR,1,1', /line 1: a column is named twice/],
  ['country,price\nFR', /line 2: expected 2 fields, found 1/],
  ['country,price\nFRA,0.01', /line 2: "FRA" is not the code of a country/],
  ['country,price\nFR,four', /line 2: "four" is not a price such as/],
  ['country,price\nFR,-0.01', /line 2: "-0.01" is negative/],
  ['country,price\nFR,450', /line 2: "450" is more than 100 for a segment/],
  ['country,prefix,price\nFR,32,0.01', /line 2: the prefix 32 is not of FR, whose numbers begin with 33/],
  ['country,prefix,price\nFR,33x,0.01', /line 2: "33x" is not a prefix of digits/],
  ['country,price,from\nFR,0.01,2027-02-31', /line 2: "2027-02-31" is not a date/],
  ['country,price\nFR,0.01\nFR,0.02', /line 3: a second price for FR ; line 2 has one/],
  ['country,price,currency\nFR,0.01,EUR\nBE,0.01,USD', /two currencies, EUR on line 2 and USD on line 3/],
  ['country,price,currency\nFR,0.01,USD', /line 2: the prices are in USD; convert them to EUR/],
  ['country,price,currency\nFR,0.01,euros', /line 2: "euros" is not a currency such as EUR/],
];

for (const [csv, expected] of mistakes)
  test(`${JSON.stringify(csv)} is refused`, () => {
    const parsed = parseCostTable(csv, nowMs);
    assert.ok('errors' in parsed);
    assert.match(parsed.errors.join('\n'), expected);
  });

test('many mistakes are counted, and no price is taken', () => {
  const parsed = parseCostTable(`country,price\n${'FR,x\n'.repeat(30)}BE,0.01`, nowMs);
  assert.ok('errors' in parsed);
  assert.equal(parsed.errors.length, 21);
  assert.equal(parsed.errors.at(-1), 'and 10 more mistakes');
});
