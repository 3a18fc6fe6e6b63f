import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import test from 'node:test';
import { createMailSessions, type IgnoredMail } from '#dialects/shared/mail-sessions.ts';
import { silentLog } from '#lib/observability/log.ts';
import type { SenderStatus } from '#operations/account/senders.ts';
import { type Facts, fakeCustomers } from '../../../../test/support/fake-customers.ts';
import { fakeOvhMail, ovhSubject } from '../../../../test/support/fake-ovh-mail.ts';
import { ovhMail } from './session.ts';

function openPlatform(facts: Partial<Facts> = {}, senderStatus: SenderStatus = 'name') {
  const fake = fakeCustomers(facts);
  const ovh = fakeOvhMail(fake, senderStatus);
  const noted: IgnoredMail[] = [];
  const sessions = createMailSessions({
    families: [ovhMail(ovh)],
    clock: { now: () => fake.facts.nowMs },
    log: silentLog,
    perAddress: 0,
    perAccount: 0,
    noteIgnored: async (mail) => {
      noted.push(mail);
    },
  });
  async function send(mail: string, mailFrom = 'bounce@example.com') {
    const envelope = { remoteAddress: '192.0.2.1', mailFrom, recipients: ['Email2SMS@ovh.net'] };
    const { code, text } = await sessions.onMail(envelope, Buffer.from(mail.replaceAll('\n', '\r\n')));
    return `${code} ${text}`;
  }
  return { fake, ovh, noted, sessions, send };
}

const mailOf = (subject: string, body: string) =>
  `From: Shop <shop@example.com>\nMessage-ID: <one@example.com>\nSubject: ${subject}\n\n${body}\n`;

test('OVH’s mailboxes are accepted, and every address of its domain', () => {
  const { sessions } = openPlatform();
  for (const address of ['email2sms@ovh.net', 'EMAIL2SMS@OVH.NET', '33601010101@email2sms.ovh.net'])
    assert.equal(sessions.onRcptTo(address), null, address);
  for (const address of ['other@ovh.net', 'x@notemail2sms.ovh.net', 'email2sms@ovh.net.example'])
    assert.equal(sessions.onRcptTo(address)?.code, 550, address);
});

test('a mail is submitted for its user, with its message id as idempotency key, and answered by a report', async () => {
  const { fake, ovh, send } = openPlatform();
  assert.match(
    await send(mailOf(`${ovhSubject}:Chappe:+33601010101`, 'Bonjour\n\n-- \nShop')),
    /^250 OK: campaign/,
  );
  assert.partialDeepStrictEqual(fake.submissions[0], {
    dialect: 'ovh',
    text: 'Bonjour',
    sender: 'Chappe',
    purpose: 'marketing',
    stopClause: 'appended',
    idempotencyKey: '<one@example.com>',
    label: { tag: null, userId: 7, batchId: null },
  });
  const [report] = ovh.reports;
  assert.equal(report!.recipient, 'shop@example.com');
  assert.equal(report!.subject, 'SMS report: OK');
  assert.match(report!.text, /SMS sent: 1 .*\nCredits left: 138\.60\n/);
});

test('a refused mail is reported to a sender with the right password only', async () => {
  const { ovh, noted, send } = openPlatform({}, 'unknown');
  assert.match(
    await send(mailOf(`${ovhSubject}:Nobody:+33601010101`, 'Bonjour')),
    /ignored \(sender-unknown\)/,
  );
  assert.match(ovh.reports[0]!.text, /Nothing was sent: The sender does not exist/);
  assert.equal(ovh.reports[0]!.subject, 'SMS report: KO');
  assert.match(
    await send(mailOf('sms-aa00001-1:office:wrong:Chappe:+33601010101', 'Bonjour')),
    /credentials-wrong/,
  );
  assert.match(await send(mailOf('hello', 'Bonjour')), /item-missing/);
  assert.match(await send(mailOf(`${ovhSubject}:Nobody:+33601010101`, 'Bonjour'), ''), /sender-unknown/);
  assert.equal(ovh.reports.length, 1);
  assert.deepEqual(
    noted.map(({ reason, accountId }) => [reason, accountId]),
    [
      ['sender-unknown', 1],
      ['credentials-wrong', null],
      ['item-missing', null],
      ['sender-unknown', 1],
    ],
  );
});

test('a mail that its relay repeats is not reported again', async () => {
  const { ovh, send } = openPlatform({ refuse: 'request-already-seen' });
  assert.match(await send(mailOf(`${ovhSubject}:Chappe:+33601010101`, 'Bonjour')), /request-already-seen/);
  assert.deepEqual(ovh.reports, []);
});
