import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogOn } from './log.ts';

test('an event that repeats is written once, then counted; others and information are written each time', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const lines: Record<string, unknown>[] = [];
  const log = createLogOn('info', { write: (line) => void lines.push(JSON.parse(line)) });
  for (let i = 0; i < 1_000; i++) log.warn({ id: i }, 'a batch failed');
  log.error({ id: 1 }, 'a batch failed');
  log.warn('another event');
  log.info('information');
  log.info('information');
  assert.deepEqual(
    lines.map(({ level, msg }) => [level, msg]),
    [
      [40, 'a batch failed'],
      [50, 'a batch failed'],
      [40, 'another event'],
      [30, 'information'],
      [30, 'information'],
    ],
  );
  t.mock.timers.tick(10_000);
  assert.deepEqual(
    lines.slice(5).map(({ level, msg, repeated }) => [level, msg, repeated]),
    [[40, 'a batch failed', 999]],
  );
  log.warn({ id: 1_001 }, 'a batch failed');
  assert.equal(lines.length, 7, 'after its window it is written at once again');
});
