import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Account, defaultSettings } from '#domain/account/account.ts';
import { noReplyPolicy, type ReplyPolicy } from '#domain/account/reply-policy.ts';
import { notificationsOfReply } from './notification.ts';

const reply = { msisdn: 33601020304, recipient: '36180', text: 'Yes', isOptOut: false };

function notifications(
  policy: Partial<ReplyPolicy>,
  differs: Partial<typeof reply> = {},
  isTalkative = false,
) {
  const settings = { ...defaultSettings, replyPolicy: { ...noReplyPolicy, ...policy } };
  return notificationsOfReply({ settings } as Account, { ...reply, ...differs }, isTalkative);
}

test('an answer has the number that received the reply as its sender, and a STOP or a machine gets none', () => {
  const policy = { answersWithText: true, text: 'Thanks' };
  const answer = { media: 'sms', recipient: '+33601020304', sender: '36180', text: 'Thanks' };
  assert.deepEqual(notifications(policy), [answer]);
  assert.deepEqual(notifications(policy, { isOptOut: true }), []);
  assert.deepEqual(notifications(policy, {}, true), []);
  assert.deepEqual(notifications({ text: 'Thanks' }), []);
});

test('each configured address gets a copy, also of a STOP, and a copy by SMS has a limited length', () => {
  const forwards = [
    { media: 'mail', sender: '', target: 'a@example.com' },
    { media: 'sms', sender: '', target: '+33611111111' },
    { media: 'sms', sender: 'Shop', target: '+33622222222' },
  ] as const;
  const text = 'x'.repeat(1000);
  const [mail, usual, own] = notifications({ forwards, forwardSender: 'Chappe' }, { isOptOut: true, text });
  assert.deepEqual(mail, {
    media: 'mail',
    recipient: 'a@example.com',
    subject: 'SMS from +33601020304',
    text: `${text}\n`,
  });
  assert.partialDeepStrictEqual(usual, { recipient: '+33611111111', sender: 'Chappe' });
  assert.partialDeepStrictEqual(own, { recipient: '+33622222222', sender: 'Shop' });
  assert.equal(usual?.text.length, 300);
});
