import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NumberSet } from './number-set.ts';

test('it behaves as a set of numbers', () => {
  const number = fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 999_999_999_999_999 }));
  fc.assert(
    fc.property(fc.array(number, { maxLength: 3000 }), (numbers) => {
      const set = new NumberSet();
      const known = new Set<number>();
      for (const value of numbers) {
        assert.equal(set.add(value), !known.has(value));
        known.add(value);
      }
      assert.equal(set.size, known.size);
    }),
    { numRuns: 30 },
  );
});

test('two hundred thousand numbers of one country are distinct', () => {
  const set = new NumberSet();
  for (let i = 0; i < 200_000; i++) assert.ok(set.add(33_600_000_000 + i * 3));
  for (let i = 0; i < 200_000; i += 97) assert.ok(!set.add(33_600_000_000 + i * 3));
  assert.equal(set.size, 200_000);
});
