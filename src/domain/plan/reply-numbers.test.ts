import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseReplyNumber, type ReplyNumber } from './reply-numbers.ts';

const french: ReplyNumber = { number: '38200', kind: 'short-code', countries: ['FR'] };
const southern: ReplyNumber = { number: '34600000001', kind: 'virtual', countries: ['ES', 'IT', 'FR'] };
const open: ReplyNumber = { number: '447700900001', kind: 'virtual', countries: [] };

test('the number that serves most of the countries is chosen', () => {
  assert.equal(chooseReplyNumber([french, southern], new Set(['FR', 'ES']), 1), southern);
  assert.equal(chooseReplyNumber([french, southern, open], new Set(['FR', 'ES', 'DE']), 1), open);
});

test('without a number for any of the countries, none is chosen', () => {
  assert.equal(chooseReplyNumber([french, southern], new Set(['DE']), 1), null);
  assert.equal(chooseReplyNumber([], new Set(['FR']), 1), null);
  assert.equal(chooseReplyNumber([open], new Set(), 1), null);
});

test('of equal numbers an account keeps the same one, and another account gets another', () => {
  const pool = [french, southern];
  const ofFirst = chooseReplyNumber(pool, new Set(['FR']), 1);
  assert.equal(chooseReplyNumber(pool, new Set(['FR']), 1), ofFirst);
  assert.notEqual(chooseReplyNumber(pool, new Set(['FR']), 2), ofFirst);
});
