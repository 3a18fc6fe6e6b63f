import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Account, defaultSettings } from '#domain/account/account.ts';
import { endpointOf } from '#lib/async/endpoint-queues.ts';
import { replyPayload, skippedPayload } from './callback-payload.ts';
import { replyMail } from './reply-mail.ts';

function accountWith(replyEmail: string | null): Account {
  const callbacks = { ...defaultSettings.callbacks, replyEmail };
  return { settings: { ...defaultSettings, callbacks } } as Account;
}

const stored = {
  id: 3,
  campaignId: 1,
  messageId: 2,
  msisdn: 33601010101,
  recipient: '38200',
  text: 'Oui',
  atMs: 0,
};

test('a reply becomes a mail with the phone, the text and the destination', () => {
  const mail = replyMail.prepare(accountWith('answers@example.com'), replyPayload(stored, 'reply'));
  assert.deepEqual(mail, {
    kind: 'mail',
    to: 'answers@example.com',
    subject: 'Reply from +33601010101',
    text: 'Oui\n\n-- \nFrom +33601010101 to 38200, 1970-01-01T00:00:00.000Z\n',
  });
  const stop = replyMail.prepare(accountWith('answers@example.com'), replyPayload(stored, 'opt-out'));
  assert.equal(stop?.subject, 'STOP from +33601010101');
});

test('an account without an address, or a receipt, gives no mail', () => {
  const reply = replyPayload(stored, 'reply');
  assert.equal(replyMail.prepare(accountWith(null), reply), null);
  assert.equal(replyMail.addressOf(accountWith(null), reply), null);
  const skipped = skippedPayload({ msisdn: 33601010101, createdAtMs: 0 }, 1, null);
  assert.equal(replyMail.prepare(accountWith('answers@example.com'), skipped), null);
  assert.equal(replyMail.addressOf(accountWith('answers@example.com'), skipped), null);
});

test('two mailboxes have two queues', () => {
  const reply = replyPayload(stored, 'reply');
  const addresses = ['a@example.com', 'b@example.com'].map((email) =>
    replyMail.addressOf(accountWith(email), reply),
  );
  assert.notEqual(endpointOf(addresses[0]!), endpointOf(addresses[1]!));
});
