import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSemaphore } from './semaphore.ts';

test('so many run at once, the others in the order they came, whether those before fail or not', async () => {
  const turns = createSemaphore(2);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const work = (name: number) =>
    turns(async () => {
      begun.push(name);
      await new Promise<void>((resolve) => ends.push(resolve));
      if (name === 1) throw new Error('one');
      return name;
    });
  const results = Promise.allSettled([work(1), work(2), work(3), work(4)]);
  assert.deepEqual(begun, [1, 2]);
  for (let i = 0; i < 4; i++) {
    ends[i]!();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(begun.length, Math.min(4, i + 3));
  }
  assert.deepEqual(begun, [1, 2, 3, 4]);
  assert.deepEqual(
    (await results).map(({ status }) => status),
    ['rejected', 'fulfilled', 'fulfilled', 'fulfilled'],
  );
  assert.equal(await turns(async () => 5), 5);
});
