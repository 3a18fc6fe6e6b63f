// A process with an overdue lease hands nothing to carriers, and continues after a renewal.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepLease } from './process-lease.ts';

function scene(renew: () => Promise<boolean>) {
  const clock = { nowMs: 0, now: () => clock.nowMs };
  const told: string[] = [];
  const lease = keepLease({
    clock,
    everyMs: 1,
    overdueMs: 8_000,
    renew,
    onOverdue: (isOverdue) => told.push(isOverdue ? 'overdue' : 'renewed'),
    onDead: () => told.push('dead'),
  });
  const until = async (word: string) => {
    while (!told.includes(word)) await new Promise((resolve) => setTimeout(resolve, 1));
  };
  return { clock, told, lease, until };
}

test('a long absence of the database is reported once, and its return is reported once', async () => {
  let isAway = true;
  const { clock, told, lease, until } = scene(async () => {
    if (isAway) throw new Error('connection refused');
    return true;
  });
  clock.nowMs = 8_001;
  await until('overdue');
  isAway = false;
  await until('renewed');
  await lease.stop();
  assert.deepEqual(told, ['overdue', 'renewed']);
});

test('a renewal that hangs is overdue like one that fails', async () => {
  const { clock, told, lease, until } = scene(() => new Promise(() => {}));
  clock.nowMs = 8_001;
  await until('overdue');
  await lease.stop();
  assert.deepEqual(told, ['overdue']);
});

test('a fenced process is reported as fenced', async () => {
  const { lease, until } = scene(async () => false);
  await until('dead');
  await lease.stop();
});

test('a renewal in progress reports nothing when the process ends itself', async () => {
  const idle = (_isAlive: boolean) => {};
  let answer = idle;
  const { told, lease } = scene(
    () =>
      new Promise<boolean>((resolve) => {
        answer = resolve;
      }),
  );
  while (answer === idle) await new Promise((resolve) => setTimeout(resolve, 1));
  await lease.stop();
  answer(false);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(told, []);
});
