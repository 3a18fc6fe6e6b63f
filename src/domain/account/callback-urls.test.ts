import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultSettings } from './account.ts';
import { changeCallbacks, changeUserUrls } from './callback-urls.ts';

const none = defaultSettings.callbacks;

test('an address that a customer sets is noted as his, one of the operator stays trusted', () => {
  const ofOperator = { ...none, receiptUrl: 'http://inside/' };
  assert.deepEqual(changeCallbacks(ofOperator, { receiptUrl: 'http://inside/' }).customerUrls, []);
  const after = changeCallbacks(ofOperator, { optOutUrl: 'https://shop.example/' });
  assert.deepEqual(after.customerUrls, ['https://shop.example/']);
  assert.equal(after.receiptUrl, 'http://inside/');
});

test('an address that is no longer in use is forgotten, wherever it stood', () => {
  const withUser = changeUserUrls(none, 7, { receiptUrl: 'https://a.example/' });
  const both = changeCallbacks(withUser, { replyUrl: 'https://a.example/' });
  assert.deepEqual(both.customerUrls, ['https://a.example/']);
  const one = changeUserUrls(both, 7, null);
  assert.deepEqual(one.customerUrls, ['https://a.example/']);
  assert.deepEqual(changeCallbacks(one, { replyUrl: null }).customerUrls, []);
});

test('a user keeps what is not named, and leaves nothing when he has no address', () => {
  const one = changeUserUrls(none, 7, { receiptUrl: 'https://a.example/' });
  const two = changeUserUrls(one, 7, { optOutUrl: 'https://b.example/' });
  assert.deepEqual(two.userUrls, {
    7: { receiptUrl: 'https://a.example/', optOutUrl: 'https://b.example/' },
  });
  assert.deepEqual(changeUserUrls(two, 7, { receiptUrl: null, optOutUrl: null }), none);
  assert.deepEqual(changeUserUrls(none, 8, null), none);
});
