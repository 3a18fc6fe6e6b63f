import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countAgainAt, countableTo, quarterMs, quarterOf } from './traffic-quarters.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const at = quarterOf(Date.UTC(2026, 10, 18, 9, 7));
const end = at + quarterMs;
const closed = { waiting: 0, submitted: 0, lastDueMs: null, nextDueMs: null };
const submitted = { ...closed, submitted: 3, lastDueMs: at };

test('a quarter is counted two minutes after its end', () => {
  assert.equal(countableTo(end + 2 * minute - 1), at);
  assert.equal(countableTo(end + 2 * minute), end);
});

test('a finished quarter is counted once more after an hour, for lists that were stored for minutes', () => {
  assert.equal(countAgainAt(at, closed, end + 2 * minute), end + hour);
  assert.equal(countAgainAt(at, closed, end + hour), null);
});

test('a quarter with open messages is counted again after as long as they have been due, for six days', () => {
  for (const [age, pause] of [
    [2 * minute, 5 * minute],
    [20 * minute, 20 * minute],
    [6 * hour, 6 * hour],
    [2 * day, 12 * hour],
  ] as const)
    assert.equal(countAgainAt(at, submitted, end + age), end + age + pause);
  assert.equal(countAgainAt(at, submitted, end + 6 * day + 1), null);
  const waiting = { ...submitted, waiting: 1 };
  assert.equal(countAgainAt(at, waiting, end + 2 * day), end + 2 * day + hour);
});

test('a quarter with scheduled messages is counted again when they are due, however late', () => {
  const nextDueMs = end + 30 * day;
  const scheduled = { ...closed, waiting: 5, nextDueMs };
  assert.equal(countAgainAt(at, scheduled, nextDueMs - minute), nextDueMs + 2 * minute);
  assert.equal(countAgainAt(at, scheduled, end + 20 * day), end + 20 * day + hour);
  const left = { ...submitted, lastDueMs: nextDueMs };
  assert.equal(countAgainAt(at, left, nextDueMs + 10 * minute), nextDueMs + 20 * minute);
});
