import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Window } from './window.ts';

test('a response returns the token of its request once, in any order', () => {
  const window = new Window<string>(3);
  window.add(1, 'a', 10);
  window.add(2, 'b', 20);
  assert.equal(window.free, 1);
  assert.equal(window.take(2), 'b');
  assert.equal(window.take(2), undefined);
  assert.equal(window.take(9), undefined);
  assert.equal(window.size, 1);
});

test('requests older than the time-out are returned, oldest first', () => {
  const window = new Window<string>(3);
  window.add(5, 'first', 10);
  window.add(6, 'second', 20);
  window.add(7, 'third', 30);
  assert.deepEqual(window.takeSentBy(9), []);
  assert.deepEqual(window.takeSentBy(20), ['first', 'second']);
  assert.equal(window.take(5), undefined);
  assert.deepEqual(window.takeAll(), ['third']);
  assert.equal(window.free, 3);
});
