import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noPricingData, poolOf } from './pricing-data.ts';

test('on a laptop with the simulated carrier there is a number to answer to; an installation has its own or none', () => {
  const own = [{ number: '36999', kind: 'short-code', countries: ['FR'] }] as const;
  assert.equal(poolOf(noPricingData, true).length, 1);
  assert.deepEqual(poolOf(noPricingData, false), []);
  assert.equal(poolOf({ ...noPricingData, replyNumbers: own }, true), own);
  assert.equal(poolOf({ ...noPricingData, replyNumbers: own }, false), own);
});
