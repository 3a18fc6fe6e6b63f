import assert from 'node:assert/strict';
import test from 'node:test';
import { idempotencyKeyOf } from './request-id.ts';

test('an empty request id is none, and blanks around one do not count', () => {
  assert.equal(idempotencyKeyOf(''), null);
  assert.equal(idempotencyKeyOf('  '), null);
  assert.equal(idempotencyKeyOf(' order-7 '), 'order-7');
});

test('a request id of any length is a key that an index can hold, and another id is another key', () => {
  const long = 'x'.repeat(100_000);
  const key = idempotencyKeyOf(long)!;
  assert.ok(key.length <= 255);
  assert.equal(idempotencyKeyOf(long), key);
  assert.notEqual(idempotencyKeyOf(`${long}y`), key);
});
