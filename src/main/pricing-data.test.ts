import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noTariff, poolOf } from './pricing-data.ts';

test('on a laptop with the simulated carrier there is a number to answer to; an installation has its own or none', () => {
  const own = [{ number: '36999', kind: 'short-code', countries: ['FR'] }] as const;
  assert.equal(poolOf(noTariff, true).length, 1);
  assert.deepEqual(poolOf(noTariff, false), []);
  assert.equal(poolOf({ ...noTariff, replyNumbers: own }, true), own);
  assert.equal(poolOf({ ...noTariff, replyNumbers: own }, false), own);
});
