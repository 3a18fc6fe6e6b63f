import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { getExampleNumber } from 'libphonenumber-js';
import examples from 'libphonenumber-js/mobile/examples';
import { isBlankText } from './invisible.ts';
import { type NationalNumbers, readMsisdn } from './msisdn.ts';

/** The number, or the reason for a refusal; a country before `refused` for a refusal of national numbers. */
type Row = readonly [written: string, country: string | null, result: number | string];

function check(rows: readonly Row[], nationals: NationalNumbers = 'read'): void {
  for (const [written, country, result] of rows) {
    const read = readMsisdn(written, country, nationals);
    assert.equal(read.ok ? read.msisdn : read.problem, result, `${JSON.stringify(written)} in ${country}`);
  }
}

const no = 'not-a-number';

test('a fraction of zeros is dropped, any other fraction and an exponent are refused', () => {
  check([
    ['+491511234567.0', null, 491511234567],
    ['491511234567.0', 'FR', 491511234567],
    ['+436641234567.00', null, 436641234567],
    ['+352621123456.0', null, 352621123456],
    ['+352621123456,0', null, 352621123456],
    ['+33612345678,00', null, 33612345678],
    ['33612345678.0', 'FR', 33612345678],
    ['612345678.0', 'FR', 33612345678],
    ['0612345678.0', 'FR', 33612345678],
    ['33 612 345 678,00', 'FR', 33612345678],
    ['33 612 345 678.00', 'FR', 33612345678],
    ['+33612345678.', null, 33612345678],
    ['+33612345678,', null, 33612345678],
    ['+43 6641234567.0', null, 436641234567],
    ['+43 664 123456.00', null, 43664123456],
    ['+491511234567.5', null, no],
    ['+43 664 1234.5', null, no],
    ['06 12 34 56.00', 'FR', no],
    ['+436641234567.01', null, no],
    ['+352621123456,5', null, no],
    ['43 664 123 456.5', 'AT', no],
    ['33,612,345,678', 'FR', no],
    ['33,612,345,678.00', 'FR', no],
    ['3.36E+10', 'FR', no],
    ['3,36E+10', 'FR', no],
    ['3.3612345678e10', 'FR', no],
    ['336e8', 'FR', no],
    ['1e+21', null, no],
  ]);
});

test('dots between groups of digits are no decimal signs', () => {
  check([
    ['06.01.02.03.00', 'FR', 33601020300],
    ['+33.6.01.02.03.00', null, 33601020300],
    ['06.01020300', 'FR', 33601020300],
    ['+1 212.555.0100', null, 12125550100],
    ['+1 (212) 555.0100', null, 12125550100],
    ['0151.12345678', 'DE', 4915112345678],
    ['079.123.45.00', 'CH', 41791234500],
    ['06 12 34 56.78', 'FR', 33612345678],
  ]);
});

test('invisible characters and every kind of space are ignored', () => {
  const marks =
    '\u202a\u202c\u2068\u2069\u200b\u200e\u200f\u2009\ufeff\u00a0\u202f\u2007\u3000\u00ad\u2060\u061c\t\r\n';
  for (const mark of marks)
    check([
      [`${mark}+33612345678`, null, 33612345678],
      [`+33612345678${mark}`, null, 33612345678],
      [`+33${mark}6${mark}12345678`, null, 33612345678],
      [`${mark}0612345678`, 'FR', 33612345678],
      [`${mark}447911123456${mark}`, null, 447911123456],
    ]);
  check([
    ['\u202a+33 6 12 34 56 78\u202c', null, 33612345678],
    ['\u2068+49\u00a01511\u00a02345678\u2069', null, 4915112345678],
    ['+33\u20116\u201112\u201134\u201156\u201178', null, 33612345678],
    ["'+33612345678", null, 33612345678],
    ['＋３３６１２３４５６７８', null, 33612345678],
    ['٠٦١٢٣٤٥٦٧٨', 'FR', 33612345678],
    ['۰۶۱۲۳۴۵۶۷۸', 'FR', 33612345678],
    ['\u200b', 'FR', no],
  ]);
});

test('a trunk zero in brackets is ignored, and a zero that is part of the number stays', () => {
  check([
    ['+33 (0)6 12 34 56 78', null, 33612345678],
    ['+33(0)612345678', null, 33612345678],
    ['+33 ( 0 ) 6 12 34 56 78', null, 33612345678],
    ['0033 (0)6 12 34 56 78', null, 33612345678],
    ['33(0)612345678', null, 33612345678],
    ['+39 (0)333 1234567', null, 393331234567],
    ['+352 (0)621 123 456', null, 352621123456],
    ['+44 (0)7911 123456', null, 447911123456],
    ['+49 [0]1511 2345678', null, 4915112345678],
    ['+43 (0)664 1234567', null, 436641234567],
    ['+32 (0)470 12 34 56', null, 32470123456],
    ['+41 (0)79 123 45 67', null, 41791234567],
    ['+39 (0)6 698 12345', null, 'not-mobile'],
    ['+225 (0)7 08 12 34 56', null, 2250708123456],
    ['(0)6 12 34 56 78', 'FR', 33612345678],
    ['(06) 12 34 56 78', 'FR', 33612345678],
    ['+352 (0)621 123 456.0', null, 352621123456],
  ]);
});

test('digits alone are international unless the default country makes them national', () => {
  check([
    // Without a default country.
    ['33612345678', null, 33612345678],
    ['4915112345678', null, 4915112345678],
    ['12125550100', null, 12125550100],
    ['612345678', null, no],
    ['351945000000', null, 351945000000],
    // Of the default country, with its code.
    ['33612345678', 'FR', 33612345678],
    ['4915112345678', 'DE', 4915112345678],
    ['436641234567', 'AT', 436641234567],
    ['393331234567', 'IT', 393331234567],
    ['262692123456', 'FR', 262692123456],
    // National, with and without its zero.
    ['612345678', 'FR', 33612345678],
    ['612345678', 'ES', 34612345678],
    ['470123456', 'BE', 32470123456],
    ['791234567', 'CH', 41791234567],
    ['3931234567', 'IT', 393931234567],
    ['7911123456', 'GB', 447911123456],
    ['621123456', 'LU', 352621123456],
    ['2125550100', 'US', 12125550100],
    ['139001122', 'FR', 'not-mobile'],
    // Both: national wins (Norfolk Island, North Dakota, the Faroe Islands).
    ['672351234', 'FR', 33672351234],
    ['17012345678', 'DE', 4917012345678],
    ['298212345', 'FR', 'not-mobile'],
    // Not national in the default country.
    ['33612345678', 'DE', 33612345678],
    ['33612345678', 'AT', 33612345678],
    ['12125550100', 'FR', 12125550100],
    ['447911123456', 'FR', 447911123456],
    ['33612345678', 'US', 33612345678],
    ['61234567', 'FR', no],
  ]);
});

test('where national numbers are refused, digits that can be national are refused too', () => {
  check(
    [
      ['612345678', 'FR', no],
      ['0612345678', 'FR', no],
      ['06 12 34 56 78', 'FR', no],
      ['612345678', 'ES', no],
      ['17012345678', 'DE', no],
      ['298212345', 'FR', no],
      ['7911123456', 'GB', no],
      ['33612345678', 'FR', 33612345678],
      ['0033612345678', 'FR', 33612345678],
      ['4915112345678', 'DE', 4915112345678],
      ['33612345678', 'DE', 33612345678],
      ['12125550100', 'FR', 12125550100],
      ['+612345678', 'FR', 612345678],
      ['612345678', null, no],
    ],
    'refused',
  );
});

const countries = [
  'FR',
  'DE',
  'AT',
  'LU',
  'IT',
  'ES',
  'GB',
  'BE',
  'CH',
  'NL',
  'PT',
  'US',
  'SE',
  'PL',
] as const;

/** A mobile number of the country with other last digits. */
const number = fc
  .tuple(fc.constantFrom(...countries), fc.integer({ min: 0, max: 999 }))
  .map(([country, end]) => {
    const example = getExampleNumber(country, examples)!;
    const national = example.nationalNumber.slice(0, -3) + String(end).padStart(3, '0');
    return { country, code: example.countryCallingCode as string, national };
  });
const mark = fc.constantFrom('', ' ', '\u00a0', '\u200b', '\u202a', '\u2009', '\ufeff', '\u202f', '\u00ad');

test('no separators or marks change a number into another', () => {
  const prefix = fc.constantFrom('+', '00', '');
  const trunk = fc.constantFrom('', '(0)', ' (0) ');
  const fraction = fc.constantFrom('', '.0', ',0', '.00', '.');
  fc.assert(
    fc.property(
      number,
      prefix,
      trunk,
      fraction,
      fc.array(mark, { minLength: 40, maxLength: 40 }),
      ({ code, national }, plus, zero, end, marks) => {
        // A fraction follows digits without separators, or with only spaces before it.
        const isSpaced = marks.slice(0, national.length).some((m) => /\s/.test(m) && m !== '\ufeff');
        const tail = isSpaced && end.startsWith('.0') ? '' : end;
        const digits = [...national].map((digit, i) => digit + (i < national.length - 1 ? marks[i] : ''));
        const written = `${marks[30]}${plus}${code}${zero}${digits.join('')}${tail}${marks[31]}`;
        const read = readMsisdn(written, null);
        const expected = Number(code + national);
        if (read.ok) assert.equal(read.msisdn, expected, JSON.stringify(written));
        else assert.equal(readMsisdn(`+${expected}`, null).ok && plus !== '', false, JSON.stringify(written));
      },
    ),
    { numRuns: 3000 },
  );
});

test('the digits of a fraction never become part of a number', () => {
  fc.assert(
    fc.property(
      number,
      fc.constantFrom('.', ','),
      fc.integer({ min: 0, max: 999 }),
      fc.constantFrom(null, ...countries),
      ({ code, national }, sign, fraction, country) => {
        for (const before of [`+${code}${national}`, `${code}${national}`, `0${national}`, national]) {
          const read = readMsisdn(`${before}${sign}${fraction}`, country);
          if (!read.ok) continue;
          assert.equal(fraction, 0, `${before}${sign}${fraction}`);
          assert.deepEqual(read, readMsisdn(before, country));
        }
      },
    ),
    { numRuns: 2000 },
  );
});

test('where national numbers are refused, no number is read that has another meaning where they are accepted', () => {
  const digits = fc.stringMatching(/^[+0]?[0-9]{5,15}$/);
  fc.assert(
    fc.property(digits, fc.constantFrom(...countries), (written, country) => {
      const strict = readMsisdn(written, country, 'refused');
      if (strict.ok) assert.deepEqual(strict, readMsisdn(written, country, 'read'));
    }),
    { numRuns: 3000 },
  );
});

test('no text causes an exception', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.string({ unit: fc.constantFrom(..."0123456789+().,[] -/\u200b\u00a0\u0660e'"), maxLength: 40 }),
  );
  fc.assert(
    fc.property(text, fc.constantFrom(null, 'FR', 'US', 'IT', 'XX'), (written, country) => {
      const read = readMsisdn(written, country);
      if (read.ok) assert.ok(Number.isSafeInteger(read.msisdn) && read.msisdn > 0 && read.msisdn < 1e15);
    }),
    { numRuns: 2000 },
  );
});

test('a text of spaces and invisible characters is blank, any other text is not', () => {
  for (const text of [
    '',
    ' ',
    '\u200b',
    '\u2060',
    '\u00ad',
    '\r\n\t',
    '\ufeff \u00a0\u3000',
    '\u200b\u200d\ufe0f',
    '\u3164',
    '\u2800',
    '\u0000',
  ])
    assert.equal(isBlankText(text), true, JSON.stringify(text));
  for (const text of ['.', '\u200ba', '0', '😀', '\u200d👩', 'é', '\u0301', '￼'])
    assert.equal(isBlankText(text), false, JSON.stringify(text));
});
