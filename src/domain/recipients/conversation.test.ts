import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foldAddress, mayBeAnswered } from './conversation.ts';

test('a number is equal with plus, with zeros and without them, a name in any case', () => {
  for (const address of ['+33757000001', '0033757000001', '33757000001', ' 33757000001'])
    assert.equal(foldAddress(address), '33757000001');
  assert.equal(foldAddress('38200'), '38200');
  assert.equal(foldAddress('Chappe'), foldAddress('CHAPPE'));
});

test('only messages that can be answered are stored for replies', () => {
  const covers = { optOutsCoverTransactional: true };
  const plain = { optOutsCoverTransactional: false };
  const usual = { purpose: 'transactional', withReplies: false, text: 'Your code is 123456' } as const;
  assert.equal(mayBeAnswered(usual, plain), false);
  assert.equal(mayBeAnswered({ ...usual, withReplies: true }, plain), true);
  assert.equal(mayBeAnswered({ ...usual, purpose: 'marketing' }, plain), true);
  assert.equal(mayBeAnswered(usual, covers), true);
});

test('a text that contains STOP can be answered, whatever its purpose', () => {
  const settings = { optOutsCoverTransactional: false };
  for (const [text, isNamed] of [
    ['Soldes ! STOP au 36180', true],
    ['Sale\nSTOP 36180', true],
    ['no PUB=STOP', true],
    ['Reply stop to end', true],
    ['Nonstop flight confirmed', false],
    ['Your parcel is here', false],
  ] as const)
    assert.equal(
      mayBeAnswered({ purpose: 'transactional', withReplies: false, text }, settings),
      isNamed,
      text,
    );
});
