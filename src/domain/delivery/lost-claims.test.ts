// Rows that are ours by the table and unknown to us.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LostClaims } from './lost-claims.ts';

test('a row is a stray when two looks in a row do not know it', () => {
  const strays = new LostClaims();
  const owned = [
    { scope: 0, id: 1 },
    { scope: 0, id: 2 },
  ];
  const isKnown = (_scope: number, id: number) => id === 2;
  assert.deepEqual(strays.look(owned, isKnown), []);
  assert.deepEqual(strays.look(owned, isKnown), [{ scope: 0, id: 1 }]);
});

test('what is known at the second look was only being committed', () => {
  const strays = new LostClaims();
  const owned = [{ scope: 0, id: 1 }];
  strays.look(owned, () => false);
  assert.deepEqual(
    strays.look(owned, () => true),
    [],
  );
  assert.deepEqual(
    strays.look(owned, () => false),
    [],
  );
});
