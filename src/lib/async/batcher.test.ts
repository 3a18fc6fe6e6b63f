// Group commit as its users see it: order, batching, gathering, failure.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBatcher } from './batcher.ts';

/** A carrier whose batches come back when the test says so. */
function manual() {
  const batches: { items: number[]; land: () => void; crash: (error: Error) => void }[] = [];
  const carry = (items: number[]) =>
    new Promise<string[]>((resolve, reject) => {
      batches.push({ items, land: () => resolve(items.map((i) => `done ${i}`)), crash: reject });
    });
  return { batches, carry };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('what arrives in one turn of the loop rides together, and each gets its own answer', async () => {
  const { batches, carry } = manual();
  const batcher = createBatcher({ carry, maxBatch: 10, tracks: 1 });
  const answers = Promise.all([batcher.add(1), batcher.add(2), batcher.add(3)]);
  await turn();
  assert.deepEqual(batches[0]!.items, [1, 2, 3]);
  batches[0]!.land();
  assert.deepEqual(await answers, ['done 1', 'done 2', 'done 3']);
});

test('what arrives while a batch is in the air leaves when it is back, in order', async () => {
  const { batches, carry } = manual();
  const batcher = createBatcher({ carry, maxBatch: 2, tracks: 1 });
  const answers = [1, 2, 3, 4, 5].map((i) => batcher.add(i));
  await turn();
  assert.equal(batches.length, 1);
  for (let i = 0; i < 3; i++) {
    batches[i]!.land();
    await turn();
  }
  await Promise.all(answers);
  assert.deepEqual(
    batches.map((batch) => batch.items),
    [[1, 2], [3, 4], [5]],
  );
});

test('a batch that fails fails its own items and no others', async () => {
  const { batches, carry } = manual();
  const batcher = createBatcher({ carry, maxBatch: 1, tracks: 2 });
  const first = batcher.add(1);
  const second = batcher.add(2);
  await turn();
  batches[0]!.crash(new Error('the disk is full'));
  batches[1]!.land();
  await assert.rejects(first, /the disk is full/);
  assert.equal(await second, 'done 2');
});

test('a batch is bounded by the weight of its items, and a heavy one rides alone', async () => {
  const { batches, carry } = manual();
  const batcher = createBatcher({ carry, maxBatch: 10, tracks: 1, weigh: (item) => item });
  const answers = [4, 5, 6, 99, 1].map((i) => batcher.add(i));
  await turn();
  for (let i = 0; i < 4; i++) {
    batches[i]!.land();
    await turn();
  }
  await Promise.all(answers);
  assert.deepEqual(
    batches.map((batch) => batch.items),
    [[4, 5], [6], [99], [1]],
  );
});

test('after a crowd the next batch gathers, until it is large enough or the time is over', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { batches, carry } = manual();
  const gather = { crowd: 3, forMs: 5, enough: 4 };
  const batcher = createBatcher({ carry, maxBatch: 10, tracks: 2, gather });
  const answers = [1, 2, 3].map((i) => batcher.add(i));
  await turn();
  batches[0]!.land();
  answers.push(batcher.add(4));
  await turn();
  assert.equal(batches.length, 1, 'a lone item behind a crowd waits');
  for (const i of [5, 6]) answers.push(batcher.add(i));
  await turn();
  assert.deepEqual(batches[1]!.items, [4, 5, 6], 'as many as came together lately do not');
  answers.push(batcher.add(7));
  await turn();
  assert.equal(batches.length, 2);
  t.mock.timers.tick(gather.forMs);
  assert.deepEqual(batches[2]!.items, [7]);
  for (const batch of batches) batch.land();
  assert.equal((await Promise.all(answers)).length, 7);
});

test('a lone item never waits', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { batches, carry } = manual();
  const batcher = createBatcher({
    carry,
    maxBatch: 10,
    tracks: 1,
    gather: { crowd: 2, forMs: 60_000, enough: 4 },
  });
  for (const i of [1, 2]) {
    const answer = batcher.add(i);
    await turn();
    batches[i - 1]!.land();
    await answer;
  }
  assert.equal(batches.length, 2);
});

test('while a batch is in the air, another takes off beside it when it is heavy enough or the time is over', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { batches, carry } = manual();
  const gather = { crowd: 100, forMs: 5, enough: 10 };
  const batcher = createBatcher({ carry, maxBatch: 100, tracks: 3, gather, weigh: (item) => item });
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
  t.mock.timers.tick(gather.forMs);
  assert.deepEqual(batches[2]!.items, [3]);
  for (const batch of batches) batch.land();
  assert.equal((await Promise.all(answers)).length, 4);
});

test('a patient flight leaves at once after a pause, and else waits for its time or for enough', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { batches, carry } = manual();
  const gather = { crowd: 1, forMs: 5, enough: 3, isPatient: true };
  const batcher = createBatcher({ carry, maxBatch: 10, tracks: 1, gather });
  const answers = [batcher.add(1)];
  await turn();
  batches[0]!.land();
  for (const i of [2, 3]) answers.push(batcher.add(i));
  await turn();
  assert.equal(batches.length, 1);
  answers.push(batcher.add(4));
  await turn();
  assert.deepEqual(batches[1]!.items, [2, 3, 4]);
  batches[1]!.land();
  answers.push(batcher.add(5));
  await turn();
  assert.equal(batches.length, 2);
  t.mock.timers.tick(gather.forMs);
  assert.deepEqual(batches[2]!.items, [5]);
  batches[2]!.land();
  assert.equal((await Promise.all(answers)).length, 5);
});

test('draining waits for what is in the air and what waits behind it', async () => {
  const { batches, carry } = manual();
  const batcher = createBatcher({ carry, maxBatch: 1, tracks: 1 });
  const answers = [batcher.add(1), batcher.add(2)];
  let drained = false;
  const draining = batcher.drain().then(() => {
    drained = true;
  });
  await turn();
  batches[0]!.land();
  await turn();
  assert.equal(drained, false);
  assert.equal(batcher.pending, 1);
  batches[1]!.land();
  await Promise.all([...answers, draining]);
  assert.equal(batcher.pending, 0);
});
