import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LostClaims } from './lost-claims.ts';

test('a row is a lost claim if two successive checks do not find it', () => {
  const lostClaims = new LostClaims();
  const claims = [
    { scope: 0, id: 1 },
    { scope: 0, id: 2 },
  ];
  const isKnown = (_scope: number, id: number) => id === 2;
  assert.deepEqual(lostClaims.find(claims, isKnown), []);
  assert.deepEqual(lostClaims.find(claims, isKnown), [{ scope: 0, id: 1 }]);
});

test('a row that is known at the second check is no lost claim', () => {
  const lostClaims = new LostClaims();
  const claims = [{ scope: 0, id: 1 }];
  lostClaims.find(claims, () => false);
  assert.deepEqual(
    lostClaims.find(claims, () => true),
    [],
  );
  assert.deepEqual(
    lostClaims.find(claims, () => false),
    [],
  );
});
