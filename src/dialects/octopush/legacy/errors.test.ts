import assert from 'node:assert/strict';
import test from 'node:test';
import { refusalReasons } from '#domain/base/refusals.ts';
import { legacyErrorCode, legacyErrorCodes, legacyErrorMeanings } from './errors.ts';

test('every refusal has a code of the published list, and none is success', () => {
  assert.deepEqual(Object.keys(legacyErrorCodes).toSorted(), [...refusalReasons].toSorted());
  for (const reason of refusalReasons) {
    for (const tier of ['premium', 'low_cost', 'world', null] as const) {
      const code = legacyErrorCode(reason, tier);
      assert.ok(Object.hasOwn(legacyErrorMeanings, code));
      assert.notEqual(code, '000');
    }
  }
});

test('the missing mention and the missing tier have a code of their own in low cost', () => {
  assert.equal(legacyErrorCode('stop-clause-missing', 'premium'), '121');
  assert.equal(legacyErrorCode('stop-clause-missing', 'low_cost'), '122');
  assert.equal(legacyErrorCode('tier-not-covered', 'low_cost'), '152');
  assert.equal(legacyErrorCode('tier-not-covered', 'world'), '151');
});
