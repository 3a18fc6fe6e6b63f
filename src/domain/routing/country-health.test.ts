import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CountryHealth } from './country-health.ts';

function answers(health: CountryHealth, pattern: string, nowMs = 0, country = 'FR'): void {
  for (const sign of pattern) health.record(1, country, sign === '+', nowMs);
}

test('a link is in trouble with a country after half of 20 answers, and not with another country', () => {
  const health = new CountryHealth();
  answers(health, '-'.repeat(19));
  assert.equal(health.isTroubled(1, 'FR', 0), false, 'too few to judge');
  answers(health, '-');
  answers(health, '+-'.repeat(9), 0, 'BE');
  assert.deepEqual(health.listTroubled(1, 0), ['FR']);
  answers(health, '+-', 0, 'BE');
  assert.deepEqual(health.listTroubled(1, 0), ['BE', 'FR']);
  assert.deepEqual(health.listTroubled(2, 0), []);
});

test('it returns after four of five good answers, not after three: the state does not change at each answer', () => {
  const health = new CountryHealth();
  answers(health, '-'.repeat(20));
  answers(health, '++-+-');
  assert.equal(health.isTroubled(1, 'FR', 0), true);
  answers(health, '++++');
  assert.equal(health.isTroubled(1, 'FR', 0), true, 'four answers are too few');
  answers(health, '-');
  assert.equal(health.isTroubled(1, 'FR', 0), false);
  answers(health, '-+'.repeat(9));
  assert.equal(health.isTroubled(1, 'FR', 0), false, 'it begins anew');
});

test('a failure that begins after many good answers is seen within a hundred', () => {
  const health = new CountryHealth();
  answers(health, '+'.repeat(10_000));
  answers(health, '-'.repeat(100));
  assert.equal(health.isTroubled(1, 'FR', 0), true);
});

test('without an answer for ten minutes it is tried again, and a changed link begins anew', () => {
  const health = new CountryHealth();
  answers(health, '-'.repeat(20));
  assert.equal(health.isTroubled(1, 'FR', 599_999), true);
  assert.equal(health.isTroubled(1, 'FR', 600_000), false);
  answers(health, '-', 600_000);
  assert.equal(health.isTroubled(1, 'FR', 600_000), false, 'one answer does not condemn it again');
  answers(health, '-'.repeat(19), 600_000);
  assert.equal(health.isTroubled(1, 'FR', 600_000), true);
  health.forget(1);
  assert.deepEqual(health.listTroubled(1, 600_000), []);
});
