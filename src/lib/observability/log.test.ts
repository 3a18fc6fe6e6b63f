import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogOn } from './log.ts';

test('an event that repeats is written once, then counted; other events and level info are written each time', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const lines: Record<string, unknown>[] = [];
  const log = createLogOn('info', { write: (line) => void lines.push(JSON.parse(line)) });
  for (let i = 0; i < 1_000; i++) log.warn('batch.failed', { id: i });
  log.error('batch.failed', { id: 1 });
  log.warn('other.failed');
  log.info('batch.stored');
  log.info('batch.stored');
  assert.deepEqual(
    lines.map(({ level, msg }) => [level, msg]),
    [
      [40, 'batch.failed'],
      [50, 'batch.failed'],
      [40, 'other.failed'],
      [30, 'batch.stored'],
      [30, 'batch.stored'],
    ],
  );
  t.mock.timers.tick(10_000);
  assert.deepEqual(
    lines.slice(5).map(({ level, msg, repeated }) => [level, msg, repeated]),
    [[40, 'batch.failed', 999]],
  );
  log.warn('batch.failed', { id: 1_001 });
  assert.equal(lines.length, 7, 'after its window the event is written at once again');
});
