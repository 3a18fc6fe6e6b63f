import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatEuro, parseEuro } from './micros.ts';

test('amounts are written with the requested decimals, rounded half away from zero', () => {
  const rows: [bigint, number, string][] = [
    [0n, 2, '0.00'],
    [94_995_000n, 3, '94.995'],
    [94_995_000n, 2, '95.00'],
    [5_000n, 2, '0.01'],
    [4_999n, 2, '0.00'],
    [-5_000n, 2, '-0.01'],
    [-4_999n, 2, '0.00'],
    [1_234_567_890_123n, 6, '1234567.890123'],
    [1_500_000n, 0, '2'],
  ];
  for (const [micros, decimals, text] of rows) assert.equal(formatEuro(micros, decimals), text);
});

test('amounts are read exactly, and other texts are refused', () => {
  const rows: [string, bigint | null][] = [
    ['12', 12_000_000n],
    ['0.05', 50_000n],
    [' 0.000001 ', 1n],
    ['-3.20', -3_200_000n],
    ['+1', 1_000_000n],
    ['9007199254740993.000001', 9_007_199_254_740_993_000_001n],
  ];
  for (const [text, micros] of rows) assert.equal(parseEuro(text), micros, text);
  for (const text of ['', '.', '1.', '.5', '1,50', '1e3', '0.0000001', '12 €', '1 000', '0x1']) {
    assert.equal(parseEuro(text), null, text);
  }
});

test('an amount written with six decimals is read back', () => {
  fc.assert(fc.property(fc.bigInt(), (micros) => assert.equal(parseEuro(formatEuro(micros, 6)), micros)));
});
