import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSemaphore } from './semaphore.ts';

test('n pieces of work run at once, and the others follow in the order of their calls, even after a failure', async () => {
  const semaphore = createSemaphore(2);
  const started: number[] = [];
  const releases: (() => void)[] = [];
  const work = (name: number) =>
    semaphore(async () => {
      started.push(name);
      await new Promise<void>((resolve) => releases.push(resolve));
      if (name === 1) throw new Error('one');
      return name;
    });
  const results = Promise.allSettled([work(1), work(2), work(3), work(4)]);
  assert.deepEqual(started, [1, 2]);
  for (let i = 0; i < 4; i++) {
    releases[i]!();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(started.length, Math.min(4, i + 3));
  }
  assert.deepEqual(started, [1, 2, 3, 4]);
  assert.deepEqual(
    (await results).map(({ status }) => status),
    ['rejected', 'fulfilled', 'fulfilled', 'fulfilled'],
  );
  assert.equal(await semaphore(async () => 5), 5);
});
