import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { readMsisdn } from './msisdn.ts';

const ok = (msisdn: number, country: string, isMobile: boolean | null = true) => ({
  ok: true,
  msisdn,
  country,
  isMobile,
});
const no = (problem: string) => ({ ok: false, problem });

test('every spelling of a French mobile number gives the same number', () => {
  const spellings = [
    '+33601010101',
    '0033601010101',
    '33601010101',
    ' 33601010101',
    '+33 6 01 01 01 01',
    '+33.6.01.01.01.01',
    '+33-6-01-01-01-01',
    '+33 (0)6 01 01 01 01',
    '+330601010101',
    '00 33 6 01 01 01 01',
    '+33\u00a06\u202f01010101',
  ];
  for (const spelling of spellings) {
    assert.deepEqual(readMsisdn(spelling, null), ok(33601010101, 'FR'), spelling);
    assert.deepEqual(readMsisdn(spelling, 'FR'), ok(33601010101, 'FR'), spelling);
  }
});

test('the national form needs a default country', () => {
  assert.deepEqual(readMsisdn('06 01 01 01 01', null), no('not-a-number'));
  assert.deepEqual(readMsisdn('06 01 01 01 01', 'FR'), ok(33601010101, 'FR'));
  assert.deepEqual(readMsisdn('601010101', 'FR'), ok(33601010101, 'FR'));
  assert.deepEqual(readMsisdn('0601010101', 'RE'), ok(33601010101, 'FR'));
  assert.deepEqual(readMsisdn('07400 123456', 'GB'), ok(447400123456, 'GB'));
  assert.deepEqual(readMsisdn('612345678', 'ES'), ok(34612345678, 'ES'));
  assert.deepEqual(readMsisdn('(212) 555-1234', 'US'), ok(12125551234, 'US', null));
});

test('an overseas number has its own country in every spelling', () => {
  const rows: [string, number, string][] = [
    ['0692123456', 262692123456, 'RE'],
    ['+262692123456', 262692123456, 'RE'],
    ['+33692123456', 262692123456, 'RE'],
    ['+262 0692 12 34 56', 262692123456, 'RE'],
    ['0693999999', 262693999999, 'RE'],
    ['0639012345', 262639012345, 'YT'],
    ['0690001234', 590690001234, 'GP'],
    ['0691990000', 590691990000, 'GP'],
    ['0694991234', 594694991234, 'GF'],
    ['0696123456', 596696123456, 'MQ'],
    ['0709012345', 590709012345, 'GP'],
    ['0709112345', 596709112345, 'MQ'],
    ['0709212345', 262709212345, 'RE'],
    ['0709312345', 594709312345, 'GF'],
    ['0709352345', 262709352345, 'YT'],
  ];
  for (const [raw, msisdn, country] of rows)
    assert.deepEqual(readMsisdn(raw, 'FR'), ok(msisdn, country), raw);
});

test('numbers reserved for fiction belong to mainland France', () => {
  assert.deepEqual(readMsisdn('+33639980000', null), ok(33639980000, 'FR'));
});

test('the documented example of Octopush REST is accepted as printed, other short numbers are not', () => {
  assert.deepEqual(readMsisdn('+336000123', null), ok(336000123, 'FR'));
  for (const raw of ['+336001123', '+33600012', '+3360001234', '+3361234567', '+33612345']) {
    assert.deepEqual(readMsisdn(raw, 'FR'), no('not-a-number'), raw);
  }
});

test('fixed, special and voice-over-IP numbers are not mobile', () => {
  for (const raw of [
    '+33139001122',
    '0493001122',
    '0033800123456',
    '+33899123456',
    '0970001122',
    '+442079460000',
    '+262262123456',
  ]) {
    assert.deepEqual(readMsisdn(raw, 'FR'), no('not-mobile'), raw);
  }
});

test('a prefix without a country gives another refusal than a text without a number', () => {
  for (const raw of ['+999123456789', '+210123456789', '+870773111632', '+0601010101']) {
    assert.deepEqual(readMsisdn(raw, 'FR'), no('unknown-prefix'), raw);
  }
  for (const raw of [
    '',
    ' ',
    '+',
    'abc',
    '06123',
    '+33',
    '12345',
    '+111222233334444',
    '+2222333334444555',
    '06x1010101',
    '00033601010101',
    '33+601010101',
    '+33712345678',
    '0712345678',
    'tel:0601010101',
  ]) {
    assert.deepEqual(readMsisdn(raw, 'FR'), no('not-a-number'), raw);
  }
});

test('machine numbers of 13 and 14 digits are mobile', () => {
  assert.deepEqual(readMsisdn('0700 123 456', 'FR'), no('not-a-number'));
  assert.deepEqual(readMsisdn('0700123456789', 'FR'), ok(33700123456789, 'FR'));
  assert.deepEqual(readMsisdn('+337001234567890', null), ok(337001234567890, 'FR'));
});

test('a foreign mobile number in a range newer than the metadata is accepted', () => {
  const raw = '+33680000000';
  assert.equal(readMsisdn(raw, null).ok, true);
  const portuguese = '+351945000000';
  assert.equal(parsePhoneNumberFromString(portuguese)?.isValid(), false);
  assert.deepEqual(readMsisdn(portuguese, null), ok(351945000000, 'PT', null));
});

const frenchNumber = fc
  .tuple(
    fc.constantFrom('33', '590', '262', '594', '596'),
    fc.integer({ min: 100_000_000, max: 999_999_999 }),
  )
  .map(([code, national]) => `+${code}${national}`);
const mobileNumber = fc
  .tuple(
    fc.constantFrom(
      '336',
      '337',
      '262692',
      '262693',
      '262639',
      '590690',
      '590691',
      '594694',
      '596696',
      '596697',
      '590709',
      '262709',
      '594709',
      '596709',
    ),
    fc.integer({ min: 0, max: 99_999_999 }),
  )
  .map(([prefix, rest]) => {
    const length = prefix.startsWith('33') ? 11 : 12;
    return `+${prefix}${String(rest)
      .padStart(8, '0')
      .slice(0, length - prefix.length)}`;
  });

test('every French number that the metadata calls valid is read as the metadata reads it', () => {
  const sameAsMetadata = (raw: string) => {
    const number = parsePhoneNumberFromString(raw);
    if (!number?.isValid()) return;
    const read = readMsisdn(raw, null);
    if (number.getType() !== 'MOBILE') assert.deepEqual(read, no('not-mobile'));
    else assert.deepEqual(read, ok(Number(raw.slice(1)), number.country ?? ''));
  };
  fc.assert(fc.property(mobileNumber, sameAsMetadata), { numRuns: 3000 });
  fc.assert(fc.property(frenchNumber, sameAsMetadata), { numRuns: 1000 });
});

test('any text can be read, and a number has at most 15 digits', () => {
  const noise = fc.string({ unit: fc.constantFrom(...'0123456789+ .-()/x'), maxLength: 20 });
  fc.assert(
    fc.property(noise, fc.constantFrom(null, 'FR', 'US', 'IT'), (raw, country) => {
      const read = readMsisdn(raw, country);
      if (read.ok) assert.ok(Number.isSafeInteger(read.msisdn) && read.msisdn > 0 && read.msisdn < 1e15);
    }),
    { numRuns: 1000 },
  );
});
