import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InProgressSet } from './in-progress-set.ts';

test('an id is in progress from the start of the first piece of work until the last one has succeeded or failed', async () => {
  const inProgress = new InProgressSet<string>();
  const [first, second] = [Promise.withResolvers<number>(), Promise.withResolvers<number>()];
  const one = inProgress.run('batch', () => first.promise);
  const two = inProgress.run('batch', () => second.promise);
  assert.deepEqual(inProgress.ids, ['batch']);
  first.resolve(7);
  assert.equal(await one, 7);
  assert.deepEqual(inProgress.ids, ['batch']);
  second.reject(new Error('the database is unreachable'));
  await assert.rejects(two, /unreachable/);
  assert.deepEqual(inProgress.ids, []);
});
