import assert from 'node:assert/strict';
import test from 'node:test';
import { TokenBuckets } from './token-buckets.ts';

test('the tokens of a minute are available at once, further ones as the minute passes', () => {
  const buckets = new TokenBuckets<string>(60);
  for (let i = 0; i < 60; i++) assert.equal(buckets.acquireToken('a', 0), true);
  assert.equal(buckets.acquireToken('a', 0), false);
  assert.equal(buckets.acquireToken('b', 0), true, 'another key has its own bucket');
  assert.equal(buckets.acquireToken('a', 999), false);
  assert.equal(buckets.acquireToken('a', 1000), true);
  assert.equal(buckets.acquireToken('a', 1000), false);
});

test('a clock that is set back neither adds nor removes tokens', () => {
  const buckets = new TokenBuckets<string>(1);
  assert.equal(buckets.acquireToken('a', 100_000), true);
  assert.equal(buckets.acquireToken('a', 0), false);
  assert.equal(buckets.acquireToken('a', 60_000), true);
});

test('0 means no limit', () => {
  const buckets = new TokenBuckets<string>(0);
  for (let i = 0; i < 100_000; i++) assert.ok(buckets.acquireToken('a', 0));
});

test('12,000 keys within 12 s do not remove the limit of a recent key', () => {
  const buckets = new TokenBuckets<number>(1);
  for (let i = 0; i < 12_000; i++) buckets.acquireToken(i, i);
  assert.equal(buckets.acquireToken(11_999, 12_000), false);
});
