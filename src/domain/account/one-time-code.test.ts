import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { codeAlphabet, codeText, withLostZeros } from './one-time-code.ts';

const choice = fc.record({
  digits: fc.boolean(),
  upperCase: fc.boolean(),
  lowerCase: fc.boolean(),
  specialChars: fc.boolean(),
  withoutConfusing: fc.boolean(),
});

test('an alphabet has each character once, enough characters, and no confusing ones if excluded', () => {
  fc.assert(
    fc.property(choice, (chosen) => {
      const alphabet = codeAlphabet(chosen);
      assert.equal(new Set(alphabet).size, alphabet.length);
      assert.ok(alphabet.length >= 8);
      assert.equal(/[A-Z]/.test(alphabet), chosen.upperCase);
      assert.equal(/[a-z]/.test(alphabet), chosen.lowerCase);
      if (chosen.withoutConfusing) assert.doesNotMatch(alphabet, /[01OoIilL]/);
    }),
  );
});

test('without any allowed kind of character, digits are used', () => {
  const nothing = { digits: false, upperCase: false, lowerCase: false, specialChars: false };
  assert.equal(codeAlphabet({ ...nothing, withoutConfusing: false }), '0123456789');
});

const texts: readonly (readonly [text: string, expected: string])[] = [
  ['', '$&12'],
  ['Your code is ', 'Your code is $&12'],
  ['Your code:', 'Your code: $&12'],
  ['{code} is your code', '$&12 is your code'],
  ['{code} or {code}', '$&12 or $&12'],
  ['{code} until {hh:mm:ss}', '$&12 until 10:05:00'],
];

for (const [text, expected] of texts) {
  test(`the code in "${text}"`, () => {
    assert.equal(codeText(text, '$&12', '10:05:00'), expected);
  });
}

test('a code that arrives as a number gets its lost zeros back, and other text does not change', () => {
  const rows: [number: string, length: number, code: string][] = [
    ['6748', 6, '006748'],
    ['0', 4, '0000'],
    ['123456', 6, '123456'],
    ['7', 3, '007'],
    ['1234567', 6, '1234567'],
    ['-748', 6, '-748'],
    ['6.748', 6, '6.748'],
    ['1e+21', 22, '1e+21'],
    ['6748', 0, '6748'],
  ];
  for (const [number, length, code] of rows) assert.equal(withLostZeros(number, length), code);
});
