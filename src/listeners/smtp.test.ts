import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test, { type TestContext } from 'node:test';
import { createTransport } from 'nodemailer';
import { octopushMail } from '#dialects/octopush/mail/session.ts';
import { createMailSessions, type IgnoredMail } from '#dialects/shared/mail-sessions.ts';
import { silentLog } from '#lib/observability/log.ts';
import { demoKey, demoLogin, type FakeCustomers, fakeCustomers } from '../../test/support/fake-customers.ts';
import { sendMail } from '../../test/support/mails.ts';
import { until } from '../../test/support/until.ts';
import { type MailListener, type MailListenerOptions, maxMailBytes, openMailListener } from './smtp.ts';

const pem = (name: string) =>
  readFileSync(join(import.meta.dirname, `../../test/support/loopback-${name}.pem`), 'utf8');
const certificate = { cert: pem('cert'), key: pem('key') };

interface TestPlatform {
  readonly listener: MailListener;
  readonly fake: FakeCustomers;
  readonly noted: IgnoredMail[];
}

/** Closed at the end of the test. */
async function openPlatform(
  t: TestContext,
  options: Partial<MailListenerOptions> = {},
): Promise<TestPlatform> {
  const fake = fakeCustomers();
  const noted: IgnoredMail[] = [];
  const clock = { now: () => fake.facts.nowMs };
  const listener = await openMailListener({
    host: '127.0.0.1',
    port: 0,
    tls: null,
    maxConnections: 100,
    log: silentLog,
    handler: createMailSessions({
      families: [octopushMail({ ...fake.services, clock, mailboxes: ['sms@octopush-dm.com'] })],
      clock,
      log: silentLog,
      perAddress: 0,
      perAccount: 0,
      noteIgnored: async (mail) => {
        noted.push(mail);
      },
    }),
    ...options,
  });
  t.after(() => listener.stop());
  return { listener, fake, noted };
}

const subject = `user_login=${encodeURIComponent(demoLogin)}&api_key=${demoKey}`;
const options = '&sms_recipients=%2B33601010101&sms_type=FR&sms_sender=UnSender&request_id=abcdefghijkl';

/** A client that waits for each reply. */
class Client {
  readonly #socket: Socket;
  readonly #lines: AsyncIterator<string>;

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1');
    this.#lines = createInterface({ input: this.#socket })[Symbol.asyncIterator]();
  }

  /** The next reply, all its lines. */
  async readReply(): Promise<string> {
    let reply = '';
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done === true) return reply;
      reply += reply === '' ? value : `\n${value}`;
      if (value[3] !== '-') return reply;
    }
  }

  async send(...lines: readonly string[]): Promise<string> {
    this.#socket.write(lines.map((line) => `${line}\r\n`).join(''));
    return this.readReply();
  }

  async greet(): Promise<string> {
    assert.match(await this.readReply(), /^220 chappe ESMTP/);
    return this.send('EHLO test.example');
  }

  disconnect(): void {
    this.#socket.destroy();
  }
}

const wire = join(import.meta.dirname, '../../test/wire/smtp');
for (const name of readdirSync(wire).toSorted()) {
  // Marks as in the HTTP exchanges: # source, > lines of the client, < beginning of the reply, = submission before it.
  const lines = readFileSync(join(wire, name), 'utf8').trimEnd().split('\n');
  test(`wire: ${name} (${lines[0]!.slice(2)})`, async (t) => {
    const { listener, fake } = await openPlatform(t);
    const client = new Client(listener.port);
    await client.greet();
    let sent: string[] = [];
    let submission: object | null = null;
    for (const line of lines.slice(1)) {
      const text = line.slice(2);
      if (line[0] === '>') sent.push(text);
      else if (line[0] === '=') submission = JSON.parse(text) as object;
      else {
        const reply = await client.send(...sent);
        assert.equal(reply.slice(0, text.length), text);
        if (submission !== null) assert.partialDeepStrictEqual(fake.submissions.at(-1), submission);
        sent = [];
        submission = null;
      }
    }
    client.disconnect();
  });
}

test('a session on a socket is answered line by line', async (t) => {
  const platform = await openPlatform(t);
  const client = new Client(platform.listener.port);
  const offered = await client.greet();
  assert.match(offered, new RegExp(`^250.SIZE ${maxMailBytes}$`, 'm'));
  assert.doesNotMatch(offered, /STARTTLS|AUTH/, 'STARTTLS is not offered without a certificate');
  assert.match(await client.send(`MAIL FROM:<shop@example.com> SIZE=${maxMailBytes + 1}`), /^552/);
  assert.match(await client.send('MAIL FROM:<shop@example.com>'), /^250/);
  assert.match(await client.send('RCPT TO:<somebody@example.com>'), /^550 No such mailbox/);
  assert.match(await client.send('DATA'), /^503/);
  assert.match(await client.send('RCPT TO:<sms@octopush-dm.com>'), /^250/);
  assert.match(await client.send('DATA'), /^354/);
  assert.equal(
    await client.send(`Subject: ${subject}${options}`, '', '..Bonjour. STOP au XXXXX', '.'),
    '250 OK: campaign 110000000021',
  );
  assert.partialDeepStrictEqual(platform.fake.submissions, [
    { dialect: 'smtp', text: '.Bonjour. STOP au XXXXX', recipients: [{ number: '+33601010101' }] },
  ]);
  assert.match(await client.send('STARTTLS'), /^500/);
  assert.match(await client.send('QUIT'), /^221/);
});

test('a mail above the offered size is refused after its last line', async (t) => {
  const platform = await openPlatform(t);
  const client = new Client(platform.listener.port);
  await client.greet();
  await client.send('MAIL FROM:<shop@example.com>');
  await client.send('RCPT TO:<sms@octopush-dm.com>');
  await client.send('DATA');
  const line = 'x'.repeat(998);
  const lines = Array.from({ length: Math.ceil(maxMailBytes / 1000) + 1 }, () => line);
  assert.match(await client.send(`Subject: ${subject}${options}`, '', ...lines, '.'), /^552/);
  assert.match(await client.send('MAIL FROM:<shop@example.com>'), /^250/, 'the session goes on');
  client.disconnect();
  assert.deepEqual([platform.fake.submissions, platform.noted], [[], []]);
});

test('a client that disconnects in the middle of its mail has sent nothing', async (t) => {
  const platform = await openPlatform(t);
  const client = new Client(platform.listener.port);
  await client.greet();
  await client.send('MAIL FROM:<shop@example.com>');
  await client.send('RCPT TO:<sms@octopush-dm.com>');
  await client.send('DATA');
  const left = new Promise<void>((resolve) => setImmediate(resolve));
  client.disconnect();
  await left;
  await sendMail(platform.listener.port, { subject: `${subject}${options}`, text: 'Bonjour. STOP au XXXXX' });
  assert.equal(platform.fake.submissions.length, 1);
});

test('a mail that exceeds its time limit is refused and the connection is closed', async (t) => {
  const platform = await openPlatform(t, { mailTimeoutMs: 50 });
  const client = new Client(platform.listener.port);
  await client.greet();
  await client.send('MAIL FROM:<shop@example.com>');
  await client.send('RCPT TO:<sms@octopush-dm.com>');
  await client.send('DATA');
  assert.match(await client.send(`Subject: ${subject}${options}`, '', 'Bonjour'), /^421 .*too long/);
  assert.equal(await client.readReply(), '', 'and the connection is closed');
});

test('connections above the limit receive reply 421', async (t) => {
  const platform = await openPlatform(t, { maxConnections: 1 });
  const first = new Client(platform.listener.port);
  await first.greet();
  const second = new Client(platform.listener.port);
  assert.match(await second.readReply(), /^421/);
  assert.match(await first.send('NOOP'), /^250/);
  first.disconnect();
});

test("STARTTLS works with the operator's certificate", async (t) => {
  const platform = await openPlatform(t, { tls: certificate });
  const transport = createTransport({
    host: 'localhost',
    port: platform.listener.port,
    requireTLS: true,
    tls: { ca: certificate.cert },
  });
  const text = '-----Bonjour. STOP au XXXXX_____';
  const { response } = await transport.sendMail({
    from: 'shop@example.com',
    to: 'sms@octopush-dm.com',
    subject: `${subject}${options}`,
    text,
  });
  transport.close();
  assert.equal(response, '250 OK: campaign 110000000021');
});

test('both forms are read as a mail program writes them, HTML included', async (t) => {
  const platform = await openPlatform(t);
  const { port } = platform.listener;
  const text = 'Été à Noël: 5 € — « œuf » STOP au XXXXX';
  const form = new URLSearchParams({
    sms_text: text,
    sms_recipients: Array.from({ length: 60 }, (_, i) => `+336010101${10 + i}`).join(','),
    sms_type: 'FR',
    sms_sender: 'UnSender',
    request_id: 'abcdefghijkl',
  });
  const frame = `start=start&${form}&end=end`;
  const html = (body: string) => `<p>${body.replaceAll('&', '&amp;')}</p><p>-- <br>33609090909</p>`;
  const mails = [
    { subject, text: frame },
    { subject, text: `${frame}\n-- \nSent from my phone 33609090909` },
    { subject, html: html(frame) },
    { subject, text: frame, html: '<p>33609090909</p>' },
    { subject: `${subject}&${form.toString().replace(/sms_text=[^&]*&/, '')}`, text },
    { subject: `${subject}&${form.toString().replace(/sms_text=[^&]*&/, '')}`, html: `<b>${text}</b>` },
  ];
  for (const mail of mails)
    for (const textEncoding of ['quoted-printable', 'base64'] as const) {
      const transport = createTransport({ host: '127.0.0.1', port, ignoreTLS: true });
      const { response } = await transport.sendMail({
        from: 'shop@example.com',
        to: 'sms@octopush-dm.com',
        textEncoding,
        ...mail,
      });
      transport.close();
      assert.match(response, /^250 OK: campaign/, JSON.stringify(mail).slice(0, 60));
    }
  assert.equal(platform.fake.submissions.length, mails.length * 2);
  for (const submission of platform.fake.submissions) {
    assert.equal(submission.text, text);
    assert.equal(submission.recipients.length, 60);
    assert.equal(submission.recipients[59]!.number, '+33601010169');
  }
});

test('a stopping listener answers the mail in progress and accepts no further one', async (t) => {
  const platform = await openPlatform(t);
  let answer: (() => void) | null = null;
  const submit = platform.fake.submit;
  platform.fake.submit = async (account, submission) => {
    await new Promise<void>((resolve) => {
      answer = resolve;
    });
    return submit(account, submission);
  };
  const idle = new Client(platform.listener.port);
  await idle.greet();
  const sending = sendMail(platform.listener.port, {
    subject: `${subject}${options}`,
    text: 'Bonjour. STOP au XXXXX',
  });
  const release = await until('the mail is being submitted', () => answer);
  const stopped = platform.listener.stop();
  assert.match(await idle.send('MAIL FROM:<shop@example.com>'), /^421/);
  release();
  assert.match(await sending, /^250 OK: campaign/);
  await stopped;
  const late = connect(platform.listener.port, '127.0.0.1');
  const [error] = (await once(late, 'error')) as [NodeJS.ErrnoException];
  assert.equal(error.code, 'ECONNREFUSED');
});
