import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ParkedQueue } from './parked-queue.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

function createQueue(limit: number) {
  const processed: string[] = [];
  const capacity = new Map<string, number>();
  const queue = new ParkedQueue<string>({
    limit,
    hasCapacity: (key) => (capacity.get(key) ?? 0) > 0,
    async process(item) {
      const key = item[0]!;
      capacity.set(key, capacity.get(key)! - 1);
      processed.push(item);
      await turn();
    },
  });
  return { queue, processed, capacity };
}

test('the items of each key are processed in the order of arrival while there is capacity', async () => {
  const { queue, processed, capacity } = createQueue(10);
  for (const item of ['a1', 'b1', 'a2', 'a3']) queue.park(item[0]!, item);
  queue.drain('a');
  assert.deepEqual(processed, []);
  capacity.set('a', 2);
  queue.drain('a');
  // Repeated calls drain a key once.
  queue.drain('a');
  queue.drainAll();
  for (let i = 0; i < 5; i++) await turn();
  assert.deepEqual(processed, ['a1', 'a2']);
  capacity.set('a', 5).set('b', 5);
  queue.drainAll();
  for (let i = 0; i < 5; i++) await turn();
  assert.deepEqual(processed.toSorted(), ['a1', 'a2', 'a3', 'b1']);
});

test('the limit counts the items of all keys, and a processed item makes room for another', async () => {
  const { queue, capacity } = createQueue(2);
  queue.park('a', 'a1');
  assert.equal(queue.isFull, false);
  queue.park('b', 'b1');
  assert.equal(queue.isFull, true);
  capacity.set('b', 1);
  queue.drain('b');
  await turn();
  assert.equal(queue.isFull, false);
});

test('the items of one key can be removed unprocessed, and other keys keep theirs', async () => {
  const { queue, processed, capacity } = createQueue(3);
  for (const item of ['a1', 'a2', 'b1']) queue.park(item[0]!, item);
  assert.deepEqual(queue.removeAll('a'), ['a1', 'a2']);
  assert.equal(queue.isFull, false);
  capacity.set('a', 9).set('b', 9);
  queue.drainAll();
  await turn();
  assert.deepEqual(processed, ['b1']);
});

test('stopping waits for the item in progress and returns the rest', async () => {
  const { queue, processed, capacity } = createQueue(10);
  for (const item of ['a1', 'a2', 'a3', 'b1']) queue.park(item[0]!, item);
  capacity.set('a', 9);
  queue.drain('a');
  assert.deepEqual(await queue.stop(), ['a2', 'a3', 'b1']);
  assert.deepEqual(processed, ['a1']);
  queue.drainAll();
  await turn();
  assert.deepEqual(processed, ['a1']);
});
