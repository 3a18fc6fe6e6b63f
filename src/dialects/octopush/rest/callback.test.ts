import assert from 'node:assert/strict';
import test from 'node:test';
import { defaultSettings } from '#domain/account/account.ts';
import { type MessageStatus, messageStatusCodes } from '#domain/base/message.ts';
import { skippedPayload } from '#domain/delivery/callback-payload.ts';
import { accountWith } from '../../../../test/support/fake-customers.ts';
import { readPushes, writtenPush } from '../../../../test/support/pushes.ts';
import { restCallbackChannel } from './callback.ts';
import { restTicket } from './ticket.ts';

const url = 'https://shop.example/hook?k=dlr&t=a%20b';
const callbacks = {
  ...defaultSettings.callbacks,
  receiptUrl: url,
  replyUrl: `${url}2`,
  optOutUrl: `${url}3`,
};
const account = accountWith({ callbacks });
const receipt = {
  kind: 'receipt',
  campaignId: 21,
  listName: null,
  messageId: 5,
  msisdn: 33_601_010_101,
  status: 'delivered',
  error: null,
  costMicros: 55_028n,
  atMs: Date.UTC(2026, 5, 10, 9, 30, 5),
} as const;
const reply = {
  kind: 'reply',
  replyId: 7,
  campaignId: 21,
  messageId: 5,
  msisdn: 33_601_010_101,
  to: '36180',
  text: 'Dit "oui"\n',
  atMs: Date.UTC(2026, 0, 10, 9, 30, 5),
} as const;

for (const { name, callback, request } of readPushes('octopush-rest'))
  test(`wire: ${name}`, () => {
    const hook = 'https://shop.example/hook?k=dlr&t=a%20b';
    const urls = { receiptUrl: hook, replyUrl: hook, optOutUrl: hook };
    const asked = accountWith({ callbacks: { ...callbacks, ...urls } });
    assert.equal(writtenPush(restCallbackChannel.prepare(asked, callback)!), request);
  });

test('a receipt has the documented members, numbers as numbers and the number with its plus', () => {
  const request = restCallbackChannel.prepare(account, receipt)!;
  assert.equal(request.url, url);
  assert.equal(request.contentType, 'application/json; charset=utf-8');
  assert.deepEqual(JSON.parse(request.body), {
    channel: 'sms',
    message_id: restTicket(21),
    list_name: null,
    number: '+33601010101',
    status: 'DELIVERED',
    unit_price: 0.055028,
    delivery_date: '2026-06-10 11:30:05',
    meta_data: {},
  });
});

test('a receipt names the list that its campaign went to', () => {
  const { body } = restCallbackChannel.prepare(account, { ...receipt, listName: 'Clients "VIP"' })!;
  assert.equal(JSON.parse(body).list_name, 'Clients "VIP"');
});

test('an account may have its pushes as forms, with the same members', () => {
  const asForms = accountWith({ callbacks: { ...callbacks, restPayloadIsJson: false } });
  const request = restCallbackChannel.prepare(asForms, receipt)!;
  assert.match(request.contentType, /^application\/x-www-form-urlencoded/);
  const form = Object.fromEntries(new URLSearchParams(request.body));
  assert.equal(form['number'], '+33601010101');
  assert.equal(form['unit_price'], '0.055028');
  assert.equal(form['list_name'], '');
});

test('the callback of a reply names the number that received it', () => {
  const request = restCallbackChannel.prepare(account, reply)!;
  assert.equal(request.url, `${url}2`);
  assert.deepEqual(JSON.parse(request.body), {
    message_id: restTicket(21),
    number: '+33601010101',
    text: 'Dit "oui"\n',
    sim_card_number: '36180',
    reception_date: '2026-01-10 10:30:05',
  });
});

test('an opt-out that answers no campaign has no ticket', () => {
  const optOut = { ...reply, kind: 'opt-out', campaignId: null, messageId: null, text: 'STOP' } as const;
  const request = restCallbackChannel.prepare(account, optOut)!;
  assert.equal(request.url, `${url}3`);
  assert.deepEqual(JSON.parse(request.body), {
    message_id: null,
    number: '+33601010101',
    text: 'STOP',
    stop_date: '2026-01-10 10:30:05',
  });
});

test('each step that has a name in the dialect is pushed', () => {
  const expected: Record<MessageStatus, string | null> = {
    accepted: null,
    submitted: 'ACK',
    delivered: 'DELIVERED',
    undelivered: 'NOT_DELIVERED',
    expired: 'NOT_DELIVERED',
    rejected: 'NOT_ALLOWED',
    cancelled: null,
    unknown: 'UNKNOWN_DELIVERY',
  };
  for (const status of Object.keys(messageStatusCodes) as MessageStatus[]) {
    const request = restCallbackChannel.prepare(account, { ...receipt, status });
    assert.equal(request === null ? null : JSON.parse(request.body).status, expected[status]);
  }
  const unknownNumber = { ...receipt, status: 'rejected', error: 'ESME_RINVDSTADR' } as const;
  assert.equal(
    JSON.parse(restCallbackChannel.prepare(account, unknownNumber)!.body).status,
    'BAD_DESTINATION',
  );
});

test('a refused recipient is pushed with the reason, and with the number as sent if it is invalid', () => {
  const row = { msisdn: 33601010101, writtenNumber: null, createdAtMs: receipt.atMs };
  const told = (differences: object) => {
    const callback = skippedPayload({ ...row, ...differences }, 21, null);
    const { number, status, unit_price } = JSON.parse(restCallbackChannel.prepare(account, callback)!.body);
    return [number, status, unit_price];
  };
  const bad = { msisdn: null, writtenNumber: '+3361177' };
  for (const [differences, number, status] of [
    [{}, '+33601010101', 'BLACKLISTED_NUMBER'],
    [{ reason: 'recipient-opted-out' }, '+33601010101', 'BLACKLISTED_NUMBER'],
    [{ reason: 'number-invalid', ...bad }, '+3361177', 'BAD_DESTINATION'],
    [{ reason: 'number-invalid', ...bad, writtenNumber: '"\n' }, '"\n', 'BAD_DESTINATION'],
    [{ reason: 'number-not-mobile', ...bad }, '+3361177', 'BAD_DESTINATION'],
    [{ reason: 'country-unknown', ...bad }, '+3361177', 'BAD_DESTINATION'],
    [{ reason: 'country-not-covered' }, '+33601010101', 'NOT_ALLOWED'],
    [{ reason: 'tier-not-covered' }, '+33601010101', 'NOT_ALLOWED'],
    [{ reason: 'replies-not-covered' }, '+33601010101', 'NOT_ALLOWED'],
  ] as const)
    assert.deepEqual(told(differences), [number, status, 0]);
});

test('an account without an address is not called', () => {
  assert.equal(restCallbackChannel.prepare(accountWith({}), receipt), null);
  assert.equal(restCallbackChannel.prepare(accountWith({}), reply), null);
});
