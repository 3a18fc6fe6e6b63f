import assert from 'node:assert/strict';
import test from 'node:test';
import { defaultSettings } from '#domain/account/account.ts';
import { type MessageStatus, messageStatusCodes } from '#domain/base/message.ts';
import { accountWith } from '../../../../test/support/fake-customers.ts';
import { readPushes, writtenPush } from '../../../../test/support/pushes.ts';
import { legacyCallbackChannel } from './callback.ts';

const url = 'https://shop.example/push?k=1&t=a+b';
const callbacks = {
  ...defaultSettings.callbacks,
  receiptUrl: url,
  replyUrl: `${url}2`,
  optOutUrl: `${url}3`,
};
const account = accountWith({ callbacks });
const receipt = {
  kind: 'receipt',
  campaignId: 110_000_000_021,
  listName: null,
  messageId: 5,
  msisdn: 33_601_010_101,
  status: 'delivered',
  error: null,
  costMicros: 55_000n,
  atMs: Date.UTC(2014, 5, 10, 9, 30, 5),
} as const;
const reply = {
  kind: 'reply',
  replyId: 7,
  campaignId: 21,
  messageId: 5,
  msisdn: 33_601_010_101,
  to: '36180',
  text: 'Oui, à 9h + toi & moi',
  atMs: Date.UTC(2014, 0, 10, 9, 30, 5),
} as const;

const fieldsOf = (body: string) => Object.fromEntries(new URLSearchParams(body));

for (const { name, callback, request } of readPushes('octopush-legacy'))
  test(`wire: ${name}`, () => {
    const hook = 'https://shop.example/hook?k=dlr&t=a%20b';
    const urls = { receiptUrl: hook, replyUrl: hook, optOutUrl: hook };
    const asked = accountWith({ callbacks: { ...callbacks, ...urls } });
    assert.equal(writtenPush(legacyCallbackChannel.prepare(asked, callback)!), request);
  });

test('a receipt is a form with ticket, number, status and the date of Paris', () => {
  const request = legacyCallbackChannel.prepare(account, receipt)!;
  assert.equal(request.url, url);
  assert.equal(request.contentType, 'application/x-www-form-urlencoded; charset=UTF-8');
  assert.deepEqual(fieldsOf(request.body), {
    message_id: 'api110000000021',
    number: '0033601010101',
    status: 'DELIVERED',
    delivery_date: '2014-06-10 11:30:05',
  });
});

test('the number of a push is written as the account wants it', () => {
  for (const [formNumberFormat, number] of [
    ['plus', '+33601010101'],
    ['bare', '33601010101'],
  ] as const) {
    const other = accountWith({ callbacks: { ...callbacks, formNumberFormat } });
    const request = legacyCallbackChannel.prepare(other, receipt)!;
    assert.equal(fieldsOf(request.body)['number'], number);
  }
});

test('a reply carries its ticket twice and its date under both names', () => {
  const request = legacyCallbackChannel.prepare(account, reply)!;
  assert.equal(request.url, `${url}2`);
  assert.deepEqual(fieldsOf(request.body), {
    message_id: 'api000000000021',
    number: '0033601010101',
    text: 'Oui, à 9h + toi & moi',
    sms_ticket: 'api000000000021',
    answer_date: '2014-01-10 10:30:05',
    reception_date: '2014-01-10 10:30:05',
  });
});

test('an opt-out is number, text and stop_date, and no other date', () => {
  const request = legacyCallbackChannel.prepare(account, { ...reply, kind: 'opt-out', text: 'STOP \ud800' })!;
  assert.equal(request.url, `${url}3`);
  assert.deepEqual(fieldsOf(request.body), {
    number: '0033601010101',
    text: 'STOP \ufffd',
    stop_date: '2014-01-10 10:30:05',
  });
});

test('each final status has a name of the manual, and steps before the end are not pushed', () => {
  const names = [
    'DELIVERED',
    'NOT_DELIVERED',
    'INVALID_DESTINATION_ADDRESS',
    'NOT_ALLOWED',
    'UNKNOWN_DELIVERY',
    'UNDEFINED',
  ];
  for (const status of Object.keys(messageStatusCodes) as MessageStatus[]) {
    const request = legacyCallbackChannel.prepare(account, { ...receipt, status });
    const isPushed = !['accepted', 'submitted', 'cancelled'].includes(status);
    assert.equal(request !== null, isPushed, status);
    if (request !== null) assert.ok(names.includes(fieldsOf(request.body)['status']!));
  }
});

test('a number that the carrier does not know is pushed as an invalid address', () => {
  for (const [error, status] of [
    ['11', 'INVALID_DESTINATION_ADDRESS'],
    ['0x0000000B', 'INVALID_DESTINATION_ADDRESS'],
    ['ESME_RINVDSTADR', 'INVALID_DESTINATION_ADDRESS'],
    ['ESME_RSUBMITFAIL', 'NOT_ALLOWED'],
    ['8', 'NOT_ALLOWED'],
    [null, 'NOT_ALLOWED'],
  ] as const) {
    const request = legacyCallbackChannel.prepare(account, { ...receipt, status: 'rejected', error })!;
    assert.equal(fieldsOf(request.body)['status'], status);
  }
});

test('an account without an address is not called', () => {
  const silent = accountWith({});
  assert.equal(legacyCallbackChannel.prepare(silent, receipt), null);
  assert.equal(legacyCallbackChannel.prepare(silent, reply), null);
  assert.equal(legacyCallbackChannel.prepare(silent, { ...reply, kind: 'opt-out' }), null);
});
