// The pool of reply numbers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replyNumberPool } from './process-facts.ts';

const own = [{ number: '36999', kind: 'short-code', countries: ['FR'] }] as const;

test('the simulated carrier has a reply number if there is none; an installation with carriers has only its own', () => {
  assert.equal(replyNumberPool([], true).length, 1);
  assert.deepEqual(replyNumberPool([], false), []);
  assert.equal(replyNumberPool(own, true), own);
  assert.equal(replyNumberPool(own, false), own);
});
