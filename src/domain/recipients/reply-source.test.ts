import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readReplySource, readReplySourceIn } from './reply-source.ts';

const table: readonly [string, number, number, string | null, number | null][] = [
  // address, TON, NPI, country of the link, number
  ['33601020304', 1, 1, null, 33601020304],
  ['+33601020304', 1, 1, null, 33601020304],
  ['+33601020304', 0, 0, null, 33601020304],
  ['+33601020304', 5, 0, null, 33601020304],
  ['0033601020304', 0, 1, null, 33601020304],
  ['33601020304', 0, 0, null, 33601020304],
  ['33601020304', 0, 0, 'FR', 33601020304],
  ['33601020304', 2, 1, 'FR', 33601020304],
  ['0601020304', 0, 0, 'FR', 33601020304],
  ['0601020304', 1, 1, 'FR', 33601020304],
  ['0601020304', 2, 1, 'FR', 33601020304],
  ['601020304', 2, 1, 'FR', 33601020304],
  ['601020304', 0, 8, 'FR', 33601020304],
  ['601020304', 0, 0, 'FR', 33601020304],
  ['06 01 02 03 04', 0, 1, 'FR', 33601020304],
  ['0692123456', 2, 1, 'FR', 262692123456],
  ['33692123456', 1, 1, null, 262692123456],
  ['07911123456', 2, 1, 'GB', 447911123456],
  ['7911123456', 2, 1, 'GB', 447911123456],
  ['3331234567', 2, 1, 'IT', 393331234567],
  ['612345678', 2, 1, 'ES', 34612345678],
  ['2025550123', 2, 1, 'US', 12025550123],
  ['12025550123', 1, 1, null, 12025550123],
  ['4915112345678', 1, 1, 'DE', 4915112345678],
  ['015112345678', 0, 1, 'DE', 4915112345678],
  ['376312345', 1, 1, null, 376312345],
  // Without a country, a national number is refused.
  ['0601020304', 0, 0, null, null],
  ['0601020304', 2, 1, null, null],
  ['601020304', 2, 1, null, null],
  ['612345678', 0, 0, null, null],
  // Other addresses than telephone numbers.
  ['Bank', 5, 0, 'FR', null],
  ['', 0, 0, 'FR', null],
  ['38200', 3, 0, 'FR', null],
  ['38200', 1, 1, null, null],
  ['208011234567890', 1, 6, null, null],
  ['12345678901234567', 1, 1, null, null],
];

for (const [address, ton, npi, country, msisdn] of table)
  test(`the source "${address}" with TON ${ton} and NPI ${npi} on a link of ${country ?? 'no country'} is ${msisdn ?? 'not read'}`, () => {
    assert.equal(readReplySource({ address, ton, npi }, country), msisdn);
  });

test('without a country of the link, the country of the number that received the reply is used', () => {
  const source = { address: '0601020304', ton: 0, npi: 0, country: null };
  assert.equal(readReplySourceIn(source, '38200', ['FR']), 33601020304);
  assert.equal(readReplySourceIn(source, '38200', ['FR', 'MQ']), 33601020304);
  assert.equal(readReplySourceIn(source, '33644001122', []), 33601020304);
  assert.equal(readReplySourceIn(source, '38200', []), null);
});

test('the country of the link has precedence over that of the number that received the reply', () => {
  const source = { address: '07911123456', ton: 2, npi: 1, country: 'GB' };
  assert.equal(readReplySourceIn(source, '38200', ['FR']), 447911123456);
});

test('any address of a carrier is a telephone number of at most 15 digits, or none', () => {
  const address = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 65 }),
    fc.string({ unit: fc.constantFrom(...'0123456789+ ()-.'), maxLength: 21 }),
  );
  const octet = fc.nat(255);
  const country = fc.constantFrom('FR', 'DE', 'US', 'IT', 'GB', 'MQ', 'XX', '', null);
  fc.assert(
    fc.property(address, octet, octet, country, address, (written, ton, npi, ofLink, to) => {
      const source = { address: written, ton, npi, country: ofLink };
      for (const read of [readReplySource(source, ofLink), readReplySourceIn(source, to, ['FR'])])
        assert.ok(read === null || (Number.isSafeInteger(read) && read > 0 && String(read).length <= 15));
    }),
  );
});
