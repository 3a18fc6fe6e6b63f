// What is in hand, however often, and comes out of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InProgressSet } from './in-progress-set.ts';

test('a thing is in hand from the first who holds it to the last, whatever becomes of their work', async () => {
  const hands = new InProgressSet<string>();
  const [first, second] = [Promise.withResolvers<number>(), Promise.withResolvers<number>()];
  const one = hands.hold('batch', () => first.promise);
  const two = hands.hold('batch', () => second.promise);
  assert.deepEqual(hands.held, ['batch']);
  first.resolve(7);
  assert.equal(await one, 7);
  assert.deepEqual(hands.held, ['batch']);
  second.reject(new Error('the database is away'));
  await assert.rejects(two, /away/);
  assert.deepEqual(hands.held, []);
});
