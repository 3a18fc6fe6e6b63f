// OVH's mail form: both spellings of the subject, where the text ends, numbers in a file.
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import test from 'node:test';
import fc from 'fast-check';
import type { SenderStatus } from '#dialects/ovh/sending.ts';
import { silentLog } from '#lib/observability/log.ts';
import { type Facts, fakeCustomers } from '../../../../test/support/fake-customers.ts';
import { fakeOvhMail, ovhSubject } from '../../../../test/support/fake-ovh-mail.ts';
import { MailFaultError } from './errors.ts';
import { readMail } from './mail.ts';
import {
  type OvhMailOrder,
  readOvhCredentials,
  readOvhOrder,
  readOvhSubject,
  readOvhText,
} from './ovh-mail.ts';
import { createMailSessions, type IgnoredMail } from './session.ts';

function read(subject: string, more: { text?: string; contacts?: string } = {}) {
  const items = readOvhSubject(subject);
  const mail = { subject, text: 'Bonjour', from: null, messageId: null, contacts: null, ...more };
  return { ...readOvhCredentials(items), ...readOvhOrder(items, mail) };
}

const usual = {
  account: 'sms-ab1234-1',
  login: 'desk',
  password: 'Secret12',
  sender: 'Chappe',
  numbers: ['+33601010101'],
  senderForResponse: false,
  sendAtMs: null,
  messageClass: 1,
  isNoAdvertising: false,
};
const start = 'sms-ab1234-1:desk:Secret12:Chappe:+33601010101';
const deferred = { sendAtMs: Date.UTC(2026, 10, 25, 11, 50) };

const subjects: readonly (readonly [string, Partial<OvhMailOrder> & { account?: string }])[] = [
  [start, {}],
  [start.replaceAll(':', ';'), {}],
  [`[SPAM] Fwd: ${start}`, {}],
  [`${start},+33602020202, 0033603030303`, { numbers: ['+33601010101', '+33602020202', '0033603030303'] }],
  // As a checklist program of a restaurant wrote it: the 1 is the coding.
  [`${start}:::1`, {}],
  [`${start}:125025112026:0:1:1`, { ...deferred, messageClass: 0, isNoAdvertising: true }],
  [`${start}::::NoStop=1`, { isNoAdvertising: true }],
  [`${start}::2`, { messageClass: 2 }],
  // As net-tools/SMS-Ovh writes it.
  [
    'Account=sms-ab1234-1:Login=desk:Password=Secret12:From=Chappe:NoStop=1:To=+33601010101',
    { isNoAdvertising: true },
  ],
  [
    'to=+33601010101; class=3; deferred=125025112026; from=Chappe; password=Secret12; login=desk; account=sms-ab1234-1',
    { ...deferred, messageClass: 3 },
  ],
  [start.replace('Chappe', 'senderForResponse=1'), { sender: '', senderForResponse: true }],
  [
    `Account=sms-ab1234-1:Login=desk:Password=Secret12:From=senderForResponse=1:To=+33601010101`,
    { sender: '', senderForResponse: true },
  ],
  [start.replace(':+', '\n:+'), {}],
];

for (const [subject, expected] of subjects)
  test(`the subject ${JSON.stringify(subject)} is understood`, () => {
    assert.deepEqual(read(subject), { ...usual, text: 'Bonjour', ...expected });
  });

test('what is missing or cannot be is told by its name', () => {
  const faults: readonly (readonly [string, RegExp])[] = [
    ['', /account is missing/],
    ['hello', /login is missing/],
    ['sms-ab1234-1:desk', /password is missing/],
    ['sms-ab1234-1:desk:Secret12', /from is missing/],
    ['sms-ab1234-1:desk:Secret12:Chappe', /receiver is missing/],
    ['sms-ab1234-1:desk:Secret12:Chappe:,,', /receiver is missing/],
    [`${start}:250011122026`, /date of sending/],
    [`${start}::9`, /class is 0/],
  ];
  for (const [subject, problem] of faults) assert.throws(() => read(subject), problem, subject);
});

test('the text ends at an empty line or at --end, whichever comes first', () => {
  assert.equal(readOvhText('\n\n one\ntwo\n\n-- \nMy firm'), 'one\ntwo');
  assert.equal(readOvhText('one --end two\n\nthree'), 'one');
  assert.equal(readOvhText('one\n--end'), 'one');
  assert.throws(() => readOvhText('\n\n--end'), /text is missing/);
});

test('numbers stand in the subject, in the file, or in both', () => {
  assert.deepEqual(
    read(start.slice(0, start.lastIndexOf(':')), { contacts: '+33602020202\n\n+33603030303\n' }).numbers,
    ['+33602020202', '+33603030303'],
  );
  assert.equal(read(start, { contacts: '+33602020202' }).numbers.length, 2);
});

test('whatever the subject is, it is read or refused as a fault of a mail', () => {
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom(':', ';', '=', 'to=', 'Account=', '\n', ...start.split(':')),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), fc.string({ unit: 'binary' }), (pieces, text) => {
      try {
        read(pieces.join(''), { text });
      } catch (error) {
        assert.ok(error instanceof MailFaultError, String(error));
      }
    }),
  );
});

function openPlatform(facts: Partial<Facts> = {}, senderStatus: SenderStatus = 'name') {
  const customers = fakeCustomers(facts);
  const ovh = fakeOvhMail(customers, senderStatus);
  const noted: IgnoredMail[] = [];
  const sessions = createMailSessions({
    authenticate: (login, key) => customers.authenticate('smtp', login, key),
    submit: customers.submit,
    clock: { now: () => customers.facts.nowMs },
    log: silentLog,
    mailboxes: ['sms@octopush-dm.com'],
    ovh,
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
  return { customers, ovh, noted, sessions, send };
}

const mailOf = (subject: string, body: string) =>
  `From: Shop <shop@example.com>\nMessage-ID: <one@example.com>\nSubject: ${subject}\n\n${body}\n`;

test('OVH’s mailboxes are taken, and every address of its domain', () => {
  const { sessions } = openPlatform();
  for (const address of ['email2sms@ovh.net', 'EMAIL2SMS@OVH.NET', '33601010101@email2sms.ovh.net'])
    assert.equal(sessions.onRcptTo(address), null, address);
  for (const address of ['other@ovh.net', 'x@notemail2sms.ovh.net', 'email2sms@ovh.net.example'])
    assert.equal(sessions.onRcptTo(address)?.code, 550, address);
});

test('a mail is sent once, in the name of its user, and a report goes back', async () => {
  const { customers, ovh, send } = openPlatform();
  assert.match(
    await send(mailOf(`${ovhSubject}:Chappe:+33601010101`, 'Bonjour\n\n-- \nShop')),
    /^250 OK: campaign/,
  );
  assert.partialDeepStrictEqual(customers.submissions[0], {
    dialect: 'ovh',
    text: 'Bonjour',
    sender: 'Chappe',
    purpose: 'marketing',
    stopClause: 'appended',
    idempotencyKey: '<one@example.com>',
    label: { tag: null, userId: 7, batchId: null },
  });
  const [report] = ovh.told;
  assert.equal(report!.recipient, 'shop@example.com');
  assert.equal(report!.subject, 'SMS report: OK');
  assert.match(report!.text, /SMS sent: 1 .*\nCredits left: 138\.60\n/);
});

test('who knows the password is told why nothing was sent; nobody else is written to', async () => {
  const { ovh, noted, send } = openPlatform({}, 'unknown');
  assert.match(
    await send(mailOf(`${ovhSubject}:Nobody:+33601010101`, 'Bonjour')),
    /ignored \(sender-unknown\)/,
  );
  assert.match(ovh.told[0]!.text, /Nothing was sent: the sender does not exist/);
  assert.equal(ovh.told[0]!.subject, 'SMS report: KO');
  assert.match(
    await send(mailOf('sms-aa00001-1:desk:wrong:Chappe:+33601010101', 'Bonjour')),
    /credentials-wrong/,
  );
  assert.match(await send(mailOf('hello', 'Bonjour')), /item-missing/);
  assert.match(await send(mailOf(`${ovhSubject}:Nobody:+33601010101`, 'Bonjour'), ''), /sender-unknown/);
  assert.equal(ovh.told.length, 1);
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

test('a mail that the relay brings again is not reported again', async () => {
  const { ovh, send } = openPlatform({ refuse: 'request-already-seen' });
  assert.match(await send(mailOf(`${ovhSubject}:Chappe:+33601010101`, 'Bonjour')), /request-already-seen/);
  assert.deepEqual(ovh.told, []);
});

test('the file named contact is found among attachments', async () => {
  const mail = await readMail(
    Buffer.from(
      [
        'Subject: x',
        'Content-Type: multipart/mixed; boundary=b',
        '',
        '--b',
        'Content-Type: text/plain',
        '',
        'Bonjour',
        '--b',
        'Content-Type: text/plain; name=contact.txt',
        'Content-Disposition: attachment; filename=contact.txt',
        'Content-Transfer-Encoding: base64',
        '',
        Buffer.from('+33601010101\r\n+33602020202\r\n').toString('base64'),
        '--b--',
        '',
      ].join('\r\n'),
    ),
  );
  assert.equal(mail.contacts, '+33601010101\n+33602020202\n');
  assert.equal(mail.text.trim(), 'Bonjour');
});
