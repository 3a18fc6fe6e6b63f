import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExpiringCache } from './expiring-cache.ts';

test('a full cache deletes only the entry that was used least recently', () => {
  const cache = new ExpiringCache<string, number>({ maxEntries: 2 });
  cache.set('a', 1);
  cache.set('b', 2);
  assert.equal(cache.get('a'), 1);
  cache.set('c', 3);
  assert.deepEqual(
    ['a', 'b', 'c'].map((key) => cache.get(key)),
    [1, undefined, 3],
  );
});

test('an entry is returned up to its age limit by the given clock, and not afterwards', () => {
  let nowMs = 1_000_000;
  const expiry = { maxAgeMs: 10_000, clock: { now: () => nowMs } };
  const cache = new ExpiringCache<number, { account: null }>({ maxEntries: 5, expiry });
  cache.set(7, { account: null });
  nowMs += 10_000;
  assert.deepEqual(cache.get(7), { account: null });
  nowMs += 1;
  assert.equal(cache.get(7), undefined);
  cache.set(7, { account: null });
  nowMs += 9_999;
  assert.deepEqual(cache.get(7), { account: null }, 'a new value starts a new age');
});

test('deleted entries are not returned', () => {
  const cache = new ExpiringCache<string, string>({ maxEntries: 5 });
  for (const key of ['a', 'b', 'c']) cache.set(key, key);
  cache.delete('a');
  assert.deepEqual([cache.get('a'), cache.get('b')], [undefined, 'b']);
  cache.clear();
  assert.equal(cache.get('b'), undefined);
});
