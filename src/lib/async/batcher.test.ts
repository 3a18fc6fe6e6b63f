import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBatcher } from './batcher.ts';

/** A handler whose batches settle when the test says so. */
function manual() {
  const batches: { items: number[]; settle: () => void; fail: (error: Error) => void }[] = [];
  const handler = (items: number[]) =>
    new Promise<string[]>((resolve, reject) => {
      batches.push({ items, settle: () => resolve(items.map((i) => `done ${i}`)), fail: reject });
    });
  return { batches, handler };
}

/** Stands still: windows end by their timers. */
const clock = { now: () => 1_000 };

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('items of one turn of the event loop share a batch, and each gets its own result', async () => {
  const { batches, handler } = manual();
  const batcher = createBatcher({ handler, maxBatch: 10, concurrency: 1 });
  const answers = Promise.all([batcher.add(1), batcher.add(2), batcher.add(3)]);
  await turn();
  assert.deepEqual(batches[0]!.items, [1, 2, 3]);
  batches[0]!.settle();
  assert.deepEqual(await answers, ['done 1', 'done 2', 'done 3']);
});

test('items that arrive while a batch is in flight start in order when it has settled', async () => {
  const { batches, handler } = manual();
  const batcher = createBatcher({ handler, maxBatch: 2, concurrency: 1 });
  const answers = [1, 2, 3, 4, 5].map((i) => batcher.add(i));
  await turn();
  assert.equal(batches.length, 1);
  for (let i = 0; i < 3; i++) {
    batches[i]!.settle();
    await turn();
  }
  await Promise.all(answers);
  assert.deepEqual(
    batches.map((batch) => batch.items),
    [[1, 2], [3, 4], [5]],
  );
});

test('a batch that fails fails its own items and no others', async () => {
  const { batches, handler } = manual();
  const batcher = createBatcher({ handler, maxBatch: 1, concurrency: 2 });
  const first = batcher.add(1);
  const second = batcher.add(2);
  await turn();
  batches[0]!.fail(new Error('the disk is full'));
  batches[1]!.settle();
  await assert.rejects(first, /the disk is full/);
  assert.equal(await second, 'done 2');
});

test('a batch is limited by the weight of its items, and a heavy item has its own batch', async () => {
  const { batches, handler } = manual();
  const batcher = createBatcher({ handler, maxBatch: 10, concurrency: 1, weigh: (item) => item });
  const answers = [4, 5, 6, 99, 1].map((i) => batcher.add(i));
  await turn();
  for (let i = 0; i < 4; i++) {
    batches[i]!.settle();
    await turn();
  }
  await Promise.all(answers);
  assert.deepEqual(
    batches.map((batch) => batch.items),
    [[4, 5], [6], [99], [1]],
  );
});

test('after a burst the next batch lingers until it is large enough or the time is over', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { batches, handler } = manual();
  const linger = { burst: 3, lingerMs: 5, minBatch: 4 };
  const batcher = createBatcher({ handler, maxBatch: 10, concurrency: 2, linger, clock });
  const answers = [1, 2, 3].map((i) => batcher.add(i));
  await turn();
  batches[0]!.settle();
  answers.push(batcher.add(4));
  await turn();
  assert.equal(batches.length, 1, 'a single item after a burst waits');
  for (const i of [5, 6]) answers.push(batcher.add(i));
  await turn();
  assert.deepEqual(batches[1]!.items, [4, 5, 6], 'as many items as in recent batches do not wait');
  answers.push(batcher.add(7));
  await turn();
  assert.equal(batches.length, 2);
  t.mock.timers.tick(linger.lingerMs);
  assert.deepEqual(batches[2]!.items, [7]);
  for (const batch of batches) batch.settle();
  assert.equal((await Promise.all(answers)).length, 7);
});

test('a single item without a burst before it never waits', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { batches, handler } = manual();
  const batcher = createBatcher({
    handler,
    maxBatch: 10,
    concurrency: 1,
    clock,
    linger: { burst: 2, lingerMs: 60_000, minBatch: 4 },
  });
  for (const i of [1, 2]) {
    const answer = batcher.add(i);
    await turn();
    batches[i - 1]!.settle();
    await answer;
  }
  assert.equal(batches.length, 2);
});

test('while a batch is in flight, another starts when it is heavy enough or the time is over', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { batches, handler } = manual();
  const linger = { burst: 100, lingerMs: 5, minBatch: 10 };
  const batcher = createBatcher({
    handler,
    maxBatch: 100,
    concurrency: 3,
    linger,
    clock,
    weigh: (item) => item,
  });
  const answers = [batcher.add(1)];
  await turn();
  answers.push(batcher.add(2));
  await turn();
  assert.equal(batches.length, 1);
  answers.push(batcher.add(8));
  await turn();
  assert.deepEqual(batches[1]!.items, [2, 8]);
  answers.push(batcher.add(3));
  await turn();
  assert.equal(batches.length, 2);
  t.mock.timers.tick(linger.lingerMs);
  assert.deepEqual(batches[2]!.items, [3]);
  for (const batch of batches) batch.settle();
  assert.equal((await Promise.all(answers)).length, 4);
});

test('a batcher that always lingers starts at once after a pause, and otherwise waits for its time or for enough items', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { batches, handler } = manual();
  const linger = { burst: 1, lingerMs: 5, minBatch: 3, alwaysLinger: true };
  const batcher = createBatcher({ handler, maxBatch: 10, concurrency: 1, linger, clock });
  const answers = [batcher.add(1)];
  await turn();
  batches[0]!.settle();
  for (const i of [2, 3]) answers.push(batcher.add(i));
  await turn();
  assert.equal(batches.length, 1);
  answers.push(batcher.add(4));
  await turn();
  assert.deepEqual(batches[1]!.items, [2, 3, 4]);
  batches[1]!.settle();
  answers.push(batcher.add(5));
  await turn();
  assert.equal(batches.length, 2);
  t.mock.timers.tick(linger.lingerMs);
  assert.deepEqual(batches[2]!.items, [5]);
  batches[2]!.settle();
  assert.equal((await Promise.all(answers)).length, 5);
});

test('a batcher whose results nobody awaits gathers, unless it has enough items or has waited already', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { batches, handler } = manual();
  const linger = { burst: 3, lingerMs: 40, minBatch: 4, alwaysLinger: true, gatherMs: 6 };
  const batcher = createBatcher({ handler, maxBatch: 10, concurrency: 1, linger, clock });
  const answers = [batcher.add(1)];
  await turn();
  t.mock.timers.tick(5);
  answers.push(batcher.add(2));
  await turn();
  assert.equal(batches.length, 0);
  t.mock.timers.tick(1);
  assert.deepEqual(batches[0]!.items, [1, 2], 'the time counts from the first item');
  answers.push(batcher.add(3));
  t.mock.timers.tick(6);
  batches[0]!.settle();
  await turn();
  assert.equal(batches.length, 1, 'a batch is in flight while 3 begins to wait');
  t.mock.timers.tick(6);
  assert.deepEqual(batches[1]!.items, [3]);
  batches[1]!.settle();
  for (const i of [4, 5, 6, 7]) answers.push(batcher.add(i));
  await turn();
  assert.deepEqual(batches[2]!.items, [4, 5, 6, 7], 'enough items do not wait');
  batches[2]!.settle();
  answers.push(batcher.add(8));
  await turn();
  t.mock.timers.tick(39);
  assert.equal(batches.length, 3, 'after a burst it waits until the end of the window');
  t.mock.timers.tick(1);
  assert.deepEqual(batches[3]!.items, [8], 'and then no longer');
  batches[3]!.settle();
  assert.equal((await Promise.all(answers)).length, 8);
});

test('a window that has passed without waiting items is over, and its burst forgotten after a second one', async () => {
  let nowMs = 1_000;
  const { batches, handler } = manual();
  const linger = { burst: 2, lingerMs: 60_000, minBatch: 4 };
  const batcher = createBatcher({
    handler,
    maxBatch: 10,
    concurrency: 1,
    linger,
    clock: { now: () => nowMs },
  });
  const answers = [1, 2].map((i) => batcher.add(i));
  await turn();
  batches[0]!.settle();
  nowMs += 120_000;
  for (const i of [3, 4]) {
    answers.push(batcher.add(i));
    await turn();
    batches.at(-1)!.settle();
    await turn();
  }
  assert.deepEqual(
    batches.map(({ items }) => items),
    [[1, 2], [3], [4]],
  );
  assert.equal((await Promise.all(answers)).length, 4);
});

test('a flush waits for the batches in flight and for the items that wait', async () => {
  const { batches, handler } = manual();
  const batcher = createBatcher({ handler, maxBatch: 1, concurrency: 1 });
  const answers = [batcher.add(1), batcher.add(2)];
  let isFlushed = false;
  const flushing = batcher.flush().then(() => {
    isFlushed = true;
  });
  await turn();
  batches[0]!.settle();
  await turn();
  assert.equal(isFlushed, false);
  assert.equal(batcher.pending, 1);
  batches[1]!.settle();
  await Promise.all([...answers, flushing]);
  assert.equal(batcher.pending, 0);
});
