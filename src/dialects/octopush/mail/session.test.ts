import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import test from 'node:test';
import fc from 'fast-check';
import { createMailSessions, type IgnoredMail } from '#dialects/shared/mail-sessions.ts';
import { type RefusalReason, RefusedError, refusalReasons } from '#domain/base/refusals.ts';
import { silentLog } from '#lib/observability/log.ts';
import { demoKey, demoLogin, type Facts, fakeCustomers } from '../../../../test/support/fake-customers.ts';
import { octopushMail } from './session.ts';

const form =
  'sms_text=Bonjour&sms_recipients=%2B33601010101&sms_type=FR&sms_sender=UnSender&transactional=1&request_id=RET65Y6UTJ78';
const subject = `user_login=${encodeURIComponent(demoLogin)}&api_key=${demoKey}`;
const recipients = ['sms@octopush-dm.com'];
const envelope = { remoteAddress: '192.0.2.1', mailFrom: 'shop@example.com', recipients };
const valid = { subject, body: `start=start&${form}&end=end` };

interface Limits {
  readonly perAddress?: number;
  readonly perAccount?: number;
}

function openPlatform(facts: Partial<Facts> = {}, limits: Limits = {}) {
  const fake = fakeCustomers(facts);
  const noted: IgnoredMail[] = [];
  const clock = { now: () => fake.facts.nowMs };
  const mailboxes = ['sms@octopush-dm.com', 'sms@here.example'];
  const options = {
    clock,
    log: silentLog,
    perAddress: 0,
    perAccount: 0,
    ...limits,
    noteIgnored: async (mail: IgnoredMail) => {
      noted.push(mail);
    },
  };
  const openSessions = (changed: Partial<typeof options> = {}) =>
    createMailSessions({
      ...options,
      ...changed,
      families: [octopushMail({ ...fake.services, clock, mailboxes })],
    });
  const sessions = openSessions();
  return {
    fake,
    noted,
    sessions,
    openSessions,
    /** The reply to each command or mail. */
    async play(...commands: readonly (string | { subject: string; body: string })[]): Promise<string[]> {
      const replies: string[] = [];
      for (const line of commands) {
        const [, verb, address = ''] = typeof line === 'string' ? /^(\w+) ?(.*)$/.exec(line)! : [];
        const reply =
          typeof line !== 'string'
            ? await sessions.onMail(envelope, Buffer.from(`Subject: ${line.subject}\r\n\r\n${line.body}\r\n`))
            : verb === 'MAIL'
              ? sessions.onMailFrom(address)
              : sessions.onRcptTo(address);
        replies.push(reply === null ? '250' : `${reply.code} ${reply.text}`);
      }
      return replies;
    },
  };
}

const transcripts: readonly (readonly [
  what: string,
  services: Parameters<typeof openPlatform>,
  dialogue: readonly (readonly [command: string | typeof valid, reply: string])[],
])[] = [
  [
    'a mail to a mailbox, written in any case, is submitted',
    [],
    [
      ['MAIL 192.0.2.1', '250'],
      ['RCPT SMS@Octopush-DM.com', '250'],
      [valid, '250 OK: campaign 110000000021'],
    ],
  ],
  [
    'other mailboxes are refused: the listener is no relay',
    [],
    [
      ['MAIL 192.0.2.1', '250'],
      ['RCPT somebody@example.com', '550 No such mailbox here'],
      ['RCPT sms@octopush-dm.com.evil.example', '550 No such mailbox here'],
      ['RCPT sms@here.example', '250'],
    ],
  ],
  [
    'a simulation is planned and not sent',
    [],
    [[{ ...valid, body: valid.body.replace('&end', '&request_mode=simu&end') }, '250 OK: simulated']],
  ],
  [
    'an address above its limit receives reply 451',
    [{}, { perAddress: 2 }],
    [
      ['MAIL 192.0.2.1', '250'],
      ['MAIL 192.0.2.1', '250'],
      ['MAIL 192.0.2.1', '451 Too many mails from this address, try again in a minute'],
      ['MAIL 192.0.2.2', '250'],
    ],
  ],
  [
    'an account above its limit receives reply 451, whatever the address',
    [{}, { perAccount: 1 }],
    [
      [valid, '250 OK: campaign 110000000021'],
      [valid, '451 Too many mails for this account, try again in a minute'],
    ],
  ],
  [
    'a mail during a transfer of credit is requested again',
    [{ refuse: 'transfer-open' }],
    [[valid, '451 Not possible now, try again later']],
  ],
  [
    'a mail is requested again after an internal error',
    [{ refuse: 'internal' }],
    [[valid, '451 Not possible now, try again later']],
  ],
];

for (const [what, services, dialogue] of transcripts)
  test(what, async () => {
    const { play, noted } = openPlatform(...services);
    assert.deepEqual(
      await play(...dialogue.map(([command]) => command)),
      dialogue.map(([, reply]) => reply),
    );
    assert.deepEqual(noted, []);
  });

test('faults of a mail are reported in order of precedence', async () => {
  const { play, noted, fake } = openPlatform({ refuseAccount: 'account-blocked' });
  let mail = { subject: 'Hello', body: 'start=start&sms_text=&request_id=short' };
  const mend: readonly (readonly [reason: string, mended: () => unknown])[] = [
    ['frame-open', () => (mail = { ...mail, body: `${mail.body}&end=end` })],
    ['login-missing', () => (mail = { ...mail, subject: `user_login=${demoLogin}` })],
    ['key-missing', () => (mail = { ...mail, subject: `${mail.subject}&api_key=wrong` })],
    ['credentials-wrong', () => (mail = { ...mail, subject })],
    ['account-blocked', () => (fake.facts.refuseAccount = null)],
    ['request-id-malformed', () => (mail = { ...mail, body: valid.body.replace('Bonjour', '') })],
    ['text-missing', () => (mail = valid)],
  ];
  for (const [reason, mended] of mend) {
    assert.deepEqual(await play(mail), [`250 OK: ignored (${reason})`]);
    assert.equal(noted.at(-1)!.reason, reason);
    mended();
  }
  for (const reason of refusalReasons) {
    fake.facts.refuse = reason;
    const [told] = await play(mail);
    assert.match(
      told!,
      reason === 'internal' || reason === 'transfer-open' ? /^451 / : /^250 OK: ignored/,
      reason,
    );
  }
  fake.facts.refuse = null;
  assert.deepEqual(await play(mail), ['250 OK: campaign 110000000021']);
});

test('the note of an ignored mail contains no text and no whole number', async () => {
  const { sessions, noted, fake } = openPlatform({ refuse: 'credit-insufficient' });
  const raw = Buffer.from(`Subject: ${valid.subject}\n\n${valid.body}`);
  await sessions.onMail({ remoteAddress: '192.0.2.1', mailFrom: '33601020304@mms.example', recipients }, raw);
  assert.deepEqual(noted, [
    {
      atMs: fake.facts.nowMs,
      remoteAddress: '192.0.2.1',
      mailFrom: '…04@mms.example',
      sizeBytes: raw.length,
      login: demoLogin,
      accountId: 1,
      requestId: 'RET65Y6UTJ78',
      reason: 'credit-insufficient',
      detail: 'credit-insufficient',
    },
  ]);
  const inIds = valid.body.replace('RET65Y6UTJ78', '33601020304');
  await sessions.onMail(
    { remoteAddress: '', mailFrom: '', recipients },
    Buffer.from(`Subject: ${subject}\n\n${inIds}`),
  );
  assert.equal(noted.at(-1)!.requestId, '…04');
});

test('a mail that cannot be noted is requested again', async () => {
  const { openSessions } = openPlatform();
  const sessions = openSessions({
    noteIgnored: () => Promise.reject(new Error('no database')),
  });
  const reply = await sessions.onMail(
    { remoteAddress: '', mailFrom: '', recipients },
    Buffer.from('Subject: x\n\nHello'),
  );
  assert.equal(reply.code, 451);
});

test('the reply to an internal error does not contain its cause', async () => {
  const { sessions, fake, noted } = openPlatform();
  fake.authenticate = () => Promise.reject(new Error('password of the database'));
  const raw = Buffer.from(`Subject: ${valid.subject}\n\n${valid.body}`);
  const reply = await sessions.onMail({ remoteAddress: '', mailFrom: '', recipients }, raw);
  assert.deepEqual(reply, { code: 451, text: 'Not possible now, try again later' });
  assert.deepEqual(noted, []);
});

test('every mail is submitted, noted, or requested again', async () => {
  const { sessions, noted, fake } = openPlatform();
  const { submit } = fake;
  const reason = fc.constantFrom<RefusalReason | null>(null, ...refusalReasons);
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(form, 'start=start&', '&end=end', '\n', subject),
  );
  const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
  await fc.assert(
    fc.asyncProperty(text, text, reason, async (head, body, refuse) => {
      const before = [fake.submissions.length, noted.length] as const;
      fake.submit = async (account, submission) => {
        if (refuse !== null) throw new RefusedError(refuse);
        return submit(account, submission);
      };
      const raw = Buffer.from(`Subject: ${head}\n\n${body}`);
      const { code, text: told } = await sessions.onMail(
        { remoteAddress: '', mailFrom: head, recipients },
        raw,
      );
      const [sent, ignored] = [fake.submissions.length - before[0], noted.length - before[1]];
      if (code === 451) assert.deepEqual([sent, ignored], [0, 0]);
      else assert.deepEqual([sent, ignored], told.startsWith('OK: ignored') ? [0, 1] : [1, 0]);
      assert.match(told, /^[ -~]+$/, 'one line of ASCII');
      if (sent === 1)
        assert.deepEqual(
          fake.submissions.at(-1)!.recipients,
          [{ number: '+33601010101' }],
          'no other recipient',
        );
    }),
    { numRuns: 500 },
  );
});
