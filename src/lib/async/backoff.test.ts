// Delays grow, stay below their limit, and are spread.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoffMs } from './backoff.ts';

test('the delay doubles with each attempt up to the limit, and half of it is random', () => {
  assert.equal(backoffMs(1, 5000, 3_600_000, 0), 2500);
  assert.equal(backoffMs(1, 5000, 3_600_000, 0.9999), 5000);
  assert.equal(backoffMs(3, 5000, 3_600_000, 0), 10_000);
  assert.equal(backoffMs(60, 5000, 3_600_000, 0), 1_800_000);
});
