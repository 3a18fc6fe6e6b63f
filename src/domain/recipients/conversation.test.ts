import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foldAddress, mayBeAnswered } from './conversation.ts';

test('a number is the same with plus, with zeros and bare, a name in any case', () => {
  for (const address of ['+33757000001', '0033757000001', '33757000001', ' 33757000001'])
    assert.equal(foldAddress(address), '33757000001');
  assert.equal(foldAddress('38200'), '38200');
  assert.equal(foldAddress('Chappe'), foldAddress('CHAPPE'));
});

test('only what may be answered is kept for replies', () => {
  const covers = { optOutsCoverTransactional: true };
  const plain = { optOutsCoverTransactional: false };
  assert.equal(mayBeAnswered({ purpose: 'transactional', withReplies: false }, plain), false);
  assert.equal(mayBeAnswered({ purpose: 'transactional', withReplies: true }, plain), true);
  assert.equal(mayBeAnswered({ purpose: 'marketing', withReplies: false }, plain), true);
  assert.equal(mayBeAnswered({ purpose: 'transactional', withReplies: false }, covers), true);
});
