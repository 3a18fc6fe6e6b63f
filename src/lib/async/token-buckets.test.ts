import assert from 'node:assert/strict';
import test from 'node:test';
import { RateLimit } from './rate-limit.ts';

test('what a minute allows may come at once, the rest as the minute passes', () => {
  const limit = new RateLimit<string>(60);
  for (let i = 0; i < 60; i++) assert.equal(limit.take('a', 0), true);
  assert.equal(limit.take('a', 0), false);
  assert.equal(limit.take('b', 0), true, 'another is another');
  assert.equal(limit.take('a', 999), false);
  assert.equal(limit.take('a', 1000), true);
  assert.equal(limit.take('a', 1000), false);
});

test('a clock that is set back gives nothing and takes nothing', () => {
  const limit = new RateLimit<string>(1);
  assert.equal(limit.take('a', 100_000), true);
  assert.equal(limit.take('a', 0), false);
  assert.equal(limit.take('a', 60_000), true);
});

test('zero is no limit', () => {
  const limit = new RateLimit<string>(0);
  for (let i = 0; i < 100_000; i++) assert.ok(limit.take('a', 0));
});

test('a crowd of strangers does not lift the limit of those who wrote lately', () => {
  const limit = new RateLimit<number>(1);
  for (let i = 0; i < 12_000; i++) limit.take(i, i);
  assert.equal(limit.take(11_999, 12_000), false);
});
