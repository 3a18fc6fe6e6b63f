import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultSettings } from './account.ts';
import { changeCallbacks, changeUserUrls, shownUrl } from './callback-urls.ts';

const none = defaultSettings.callbacks;

test('an address that a customer sets is marked as theirs, and one of the operator stays trusted', () => {
  const ofOperator = { ...none, receiptUrl: 'http://inside/' };
  assert.deepEqual(changeCallbacks(ofOperator, { receiptUrl: 'http://inside/' }).customerUrls, []);
  const after = changeCallbacks(ofOperator, { optOutUrl: 'https://shop.example/' });
  assert.deepEqual(after.customerUrls, ['https://shop.example/']);
  assert.equal(after.receiptUrl, 'http://inside/');
});

test('an address that is no longer in use loses its mark', () => {
  const withUser = changeUserUrls(none, 7, { receiptUrl: 'https://a.example/' });
  const both = changeCallbacks(withUser, { replyUrl: 'https://a.example/' });
  assert.deepEqual(both.customerUrls, ['https://a.example/']);
  const one = changeUserUrls(both, 7, null);
  assert.deepEqual(one.customerUrls, ['https://a.example/']);
  assert.deepEqual(changeCallbacks(one, { replyUrl: null }).customerUrls, []);
});

test('fields that are not named stay as they are, and a user without addresses has no entry', () => {
  const one = changeUserUrls(none, 7, { receiptUrl: 'https://a.example/' });
  const two = changeUserUrls(one, 7, { optOutUrl: 'https://b.example/' });
  assert.deepEqual(two.userUrls, {
    7: { receiptUrl: 'https://a.example/', optOutUrl: 'https://b.example/' },
  });
  assert.deepEqual(changeUserUrls(two, 7, { receiptUrl: null, optOutUrl: null }), none);
  assert.deepEqual(changeUserUrls(none, 8, null), none);
});

test('a password in an address is shown as asterisks, and stays when this form is sent back', () => {
  for (const [stored, shown] of [
    ['https://user:p%40w@shop.example/x?a=b', 'https://user:***@shop.example/x?a=b'],
    ['http://user:@shop.example/', 'http://user:***@shop.example/'],
    ['http://:secret@shop.example', 'http://:***@shop.example'],
    ['http://user@shop.example/', 'http://user@shop.example/'],
    ['http://shop.example/a:b@c', 'http://shop.example/a:b@c'],
    ['http://shop.example:8080/', 'http://shop.example:8080/'],
    ['http://a:b@c@shop.example/', 'http://a:***@shop.example/'],
  ] as const) {
    assert.equal(shownUrl(stored), shown);
    const before = { ...none, receiptUrl: stored };
    assert.equal(changeCallbacks(before, { receiptUrl: shown }).receiptUrl, stored);
    const user = changeUserUrls(none, 7, { optOutUrl: stored });
    assert.equal(changeUserUrls(user, 7, { optOutUrl: shown }).userUrls[7]!.optOutUrl, stored);
  }
  const before = { ...none, receiptUrl: 'http://a:b@shop.example/' };
  const other = 'http://a:***@other.example/';
  assert.equal(changeCallbacks(before, { receiptUrl: other }).receiptUrl, other);
  assert.equal(changeCallbacks(before, { receiptUrl: null }).receiptUrl, null);
  assert.equal(shownUrl(null), null);
});
