import assert from 'node:assert/strict';
import test from 'node:test';
import { readFields } from './request.ts';

test('the body wins over the query', () => {
  const fields = readFields('/api/sms?a=1&b=2', undefined, Buffer.from('b=3'));
  assert.deepEqual(Object.fromEntries(fields), { a: '1', b: '3' });
});
