import assert from 'node:assert/strict';
import { test } from 'node:test';
import { delivered } from './callback.ts';
import { beginRound, countResult, endRound } from './delivery-attempt.ts';

const pending = { id: 7, accountId: 3, attempts: 1, createdAtMs: 1_000 };
const dayMs = 86_400_000;

test('an attempt in which every callback was answered is the last', () => {
  const round = beginRound(pending, 2);
  countResult(round, 11, delivered);
  countResult(round, 12, delivered);
  assert.equal(round.left, 0);
  const ended = endRound(round, 5_000, 60_000);
  assert.deepEqual([ended.attempt, ended.doneIds, ended.failedIds, ended.dueAtMs], [2, [11, 12], [], null]);
});

test('failed callbacks are due after the pause, with the last error', () => {
  const round = beginRound(pending, 3);
  countResult(round, 11, { kind: 'unreachable', reason: 'closed' });
  countResult(round, 12, delivered);
  countResult(round, 13, { kind: 'failed', status: 500, reason: 'HTTP 500' });
  const ended = endRound(round, 5_000, 60_000);
  assert.deepEqual([ended.doneIds, ended.failedIds, ended.dueAtMs], [[12], [11, 13], 65_000]);
  assert.deepEqual([ended.httpStatus, ended.error], [500, 'HTTP 500']);
});

test('a callback is given up one day after its creation', () => {
  const round = beginRound(pending, 1);
  countResult(round, 11, { kind: 'failed', status: 500, reason: 'HTTP 500' });
  assert.equal(endRound(round, pending.createdAtMs + dayMs, 1).dueAtMs, pending.createdAtMs + dayMs + 1);
  assert.equal(endRound(round, pending.createdAtMs + dayMs + 1, 1).dueAtMs, null);
});
