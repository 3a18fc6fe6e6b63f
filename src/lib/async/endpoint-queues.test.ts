import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EndpointQueues } from './endpoint-queues.ts';

function scene(concurrency = 2) {
  const running = new Map<string, (wasAnswered: boolean) => void>();
  const discarded: string[] = [];
  const queues = new EndpointQueues<string>({
    concurrency,
    execute: (job) => new Promise((resolve) => running.set(job, resolve)),
    discard: (job, reason) => discarded.push(`${job}: ${reason}`),
  });
  const answer = async (job: string, wasAnswered = true) => {
    running.get(job)!(wasAnswered);
    running.delete(job);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { queues, running, discarded, answer };
}

test('each endpoint has its own concurrency and its own queue, in order', async () => {
  const { queues, running, answer } = scene();
  for (const job of ['a1', 'a2', 'a3', 'a4']) queues.add('a', job);
  queues.add('b', 'b1');
  assert.deepEqual([...running.keys()], ['a1', 'a2', 'b1']);
  assert.equal(queues.waiting('a'), 2);
  await answer('a2');
  assert.deepEqual([...running.keys()], ['a1', 'b1', 'a3']);
});

test('after several jobs without any answer, the queue is discarded without being tried', async () => {
  const { queues, discarded, answer } = scene(1);
  for (const job of ['1', '2', '3', '4', '5']) queues.add('dead', job);
  for (const job of ['1', '2']) await answer(job, false);
  assert.deepEqual(discarded, []);
  await answer('3', false);
  assert.deepEqual(discarded, ['4: the endpoint does not answer', '5: the endpoint does not answer']);
  queues.add('dead', '6');
  await answer('6');
});

test('an answer between failures resets their count', async () => {
  const { queues, discarded, answer } = scene(1);
  for (const job of ['1', '2', '3', '4', '5', '6']) queues.add('shaky', job);
  for (const [job, ok] of [
    ['1', false],
    ['2', false],
    ['3', true],
    ['4', false],
    ['5', false],
  ] as const)
    await answer(job, ok);
  assert.deepEqual(discarded, []);
});

test('stopping discards waiting jobs and waits for jobs in progress', async () => {
  const { queues, discarded, answer } = scene(1);
  queues.add('a', '1');
  queues.add('a', '2');
  let stopped = false;
  const stopping = queues.stop(60_000).then(() => {
    stopped = true;
  });
  assert.deepEqual(discarded, ['2: the platform stops']);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(stopped, false);
  await answer('1');
  await stopping;
});

test('stopping waits no longer than its grace period', async () => {
  const { queues } = scene();
  queues.add('a', 'hangs');
  await queues.stop(5);
});
