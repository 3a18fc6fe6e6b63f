import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beginRound, countAnswer, endRound } from './delivery-attempt.ts';

const owed = { id: 7, accountId: 3, attempts: 1, createdAtMs: 1_000 };
const dayMs = 86_400_000;

test('a round in which everything was answered is the last', () => {
  const round = beginRound(owed, 2);
  countAnswer(round, 11, null);
  countAnswer(round, 12, null);
  assert.equal(round.left, 0);
  const ended = endRound(round, 5_000, 60_000);
  assert.deepEqual([ended.attempt, ended.doneIds, ended.failedIds, ended.dueAtMs], [2, [11, 12], [], null]);
});

test('what failed is owed after the pause, with the reason of the last failure', () => {
  const round = beginRound(owed, 3);
  countAnswer(round, 11, { status: null, error: 'closed' });
  countAnswer(round, 12, null);
  countAnswer(round, 13, { status: 500, error: 'HTTP 500' });
  const ended = endRound(round, 5_000, 60_000);
  assert.deepEqual([ended.doneIds, ended.failedIds, ended.dueAtMs], [[12], [11, 13], 65_000]);
  assert.deepEqual([ended.httpStatus, ended.error], [500, 'HTTP 500']);
});

test('after a day it is given up', () => {
  const round = beginRound(owed, 1);
  countAnswer(round, 11, { status: 500, error: 'HTTP 500' });
  assert.equal(endRound(round, owed.createdAtMs + dayMs, 1).dueAtMs, owed.createdAtMs + dayMs + 1);
  assert.equal(endRound(round, owed.createdAtMs + dayMs + 1, 1).dueAtMs, null);
});
