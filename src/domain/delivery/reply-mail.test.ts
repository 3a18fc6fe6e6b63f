import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Account, defaultSettings } from '#domain/account/account.ts';
import { replyPayload, skippedPayload } from './callback-payload.ts';
import { readMailto, replyMail } from './reply-mail.ts';

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
  const mail = replyMail.render(accountWith('answers@example.com'), replyPayload(stored, 'reply'))!;
  assert.deepEqual(readMailto(mail.url), { to: 'answers@example.com', subject: 'Reply from +33601010101' });
  assert.equal(mail.body, 'Oui\n\n-- \nFrom +33601010101 to 38200, 1970-01-01T00:00:00.000Z\n');
  const stop = replyMail.render(accountWith('answers@example.com'), replyPayload(stored, 'opt-out'))!;
  assert.equal(readMailto(stop.url)?.subject, 'STOP from +33601010101');
});

test('an account without an address, or a receipt, gives no mail', () => {
  assert.equal(replyMail.render(accountWith(null), replyPayload(stored, 'reply')), null);
  const skipped = skippedPayload({ msisdn: 33601010101, createdAtMs: 0 }, 1, null);
  assert.equal(replyMail.render(accountWith('answers@example.com'), skipped), null);
});

test('every address is read back unchanged', () => {
  fc.assert(
    fc.property(fc.emailAddress(), (address) => {
      const { url } = replyMail.render(accountWith(address), replyPayload(stored, 'reply'))!;
      assert.equal(readMailto(url)?.to, address);
    }),
  );
  assert.equal(readMailto('https://example.com/?subject=x'), null);
});
