import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PriorityQueues } from './priority-queues.ts';

test('a lower priority class leaves first, and within a class the oldest item', () => {
  const queues = new PriorityQueues<string>(3);
  queues.push(7, 2, 'bulk 1');
  queues.push(7, 2, 'bulk 2');
  queues.push(7, 0, 'code');
  queues.push(8, 0, 'elsewhere');
  assert.deepEqual([queues.shift(7), queues.shift(7)], ['code', 'bulk 1']);
  queues.push(7, 1, 'late');
  assert.deepEqual(queues.removeAll(7), ['late', 'bulk 2']);
  assert.equal(queues.shift(7), undefined);
  assert.deepEqual([...queues.destinations()], [8]);
});
