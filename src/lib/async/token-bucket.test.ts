import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TokenBucket, TokenBuckets } from './token-bucket.ts';

test('a bucket lets its rate through, and a burst at most after a pause', () => {
  const bucket = new TokenBucket({ perSecond: 100, burst: 10 }, 0);
  assert.equal(bucket.available(0), 10);
  let consumed = 0;
  for (let nowMs = 0; nowMs < 10_000; nowMs += 7) {
    for (let n = bucket.available(nowMs); n > 0; n--) {
      bucket.consumeToken();
      consumed++;
    }
  }
  assert.ok(consumed >= 995 && consumed <= 1_010, String(consumed));
  assert.equal(bucket.isFull(10_000), false);
  assert.equal(bucket.available(1e9), 10);
  assert.equal(bucket.isFull(1e9), true);
});

test('a burst below one still lets one through at a time', () => {
  const bucket = new TokenBucket({ perSecond: 2, burst: 0.2 }, 0);
  assert.equal(bucket.acquireToken(0), true);
  assert.equal(bucket.acquireToken(499), false);
  assert.equal(bucket.acquireToken(500), true);
});

test('a rate of 0 is no limit', () => {
  const bucket = new TokenBucket({ perSecond: 0, burst: 0 }, 0);
  bucket.consumeToken();
  assert.equal(bucket.available(0), Number.POSITIVE_INFINITY);
  const buckets = new TokenBuckets<string>(0);
  for (let i = 0; i < 1_000; i++) assert.ok(buckets.acquireToken('a', 0));
});

test('a clock that is set back adds no token and removes none', () => {
  const bucket = new TokenBucket({ perSecond: 1 / 60, burst: 1 }, 100_000);
  assert.equal(bucket.acquireToken(100_000), true);
  assert.equal(bucket.acquireToken(0), false);
  assert.equal(bucket.acquireToken(60_000), true);
});

test('each key has its own limit, and the burst of a minute refills in a minute', () => {
  const buckets = new TokenBuckets<string>(60);
  for (let i = 0; i < 60; i++) assert.equal(buckets.acquireToken('a', 0), true);
  assert.equal(buckets.acquireToken('a', 0), false);
  assert.equal(buckets.acquireToken('b', 0), true);
  assert.equal(buckets.acquireToken('a', 999), false);
  assert.equal(buckets.acquireToken('a', 1000), true);
  assert.equal(buckets.acquireToken('a', 1000), false);
});

test('a flood of new keys does not lift the limit of a recent key', () => {
  const buckets = new TokenBuckets<number>(1);
  for (let i = 0; i < 12_000; i++) buckets.acquireToken(i, i);
  assert.equal(buckets.acquireToken(11_999, 12_000), false);
});
