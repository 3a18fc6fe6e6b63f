import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test, { type TestContext } from 'node:test';
import { createTransport } from 'nodemailer';
import { silentLog } from '#lib/observability/log.ts';
import {
  demoKey,
  demoLogin,
  type FakeCustomers,
  fakeCustomers,
} from '../../../../test/support/fake-customers.ts';
import { fakeOvhMail } from '../../../../test/support/fake-ovh-mail.ts';
import { sendMail } from '../../../../test/support/mails.ts';
import { until } from '../../../../test/support/until.ts';
import { type MailListener, type MailListenerOptions, maxMailBytes, openMailListener } from './server.ts';
import type { IgnoredMail } from './session.ts';

const pem = (name: string) =>
  readFileSync(join(import.meta.dirname, `../../../../test/support/loopback-${name}.pem`), 'utf8');
const certificate = { cert: pem('cert'), key: pem('key') };

interface TestPlatform {
  readonly door: MailListener;
  readonly customers: FakeCustomers;
  readonly noted: IgnoredMail[];
}

/** Closed at the end of the test. */
async function openPlatform(
  t: TestContext,
  options: Partial<MailListenerOptions> = {},
): Promise<TestPlatform> {
  const customers = fakeCustomers();
  const noted: IgnoredMail[] = [];
  const door = await openMailListener({
    host: '127.0.0.1',
    port: 0,
    tls: null,
    maxConnections: 100,
    services: {
      authenticate: (login, key) => customers.authenticate('smtp', login, key),
      submit: (account, submission) => customers.submit(account, submission),
      clock: { now: () => customers.facts.nowMs },
      log: silentLog,
      mailboxes: ['sms@octopush-dm.com'],
      ovh: fakeOvhMail(customers),
      perAddress: 0,
      perAccount: 0,
      noteIgnored: async (mail) => {
        noted.push(mail);
      },
    },
    ...options,
  });
  t.after(() => door.stop());
  return { door, customers, noted };
}

const subject = `user_login=${encodeURIComponent(demoLogin)}&api_key=${demoKey}`;
const options = '&sms_recipients=%2B33601010101&sms_type=FR&sms_sender=UnSender&request_id=abcdefghijkl';

/** A client that waits for each answer; null hangs up. */
class Client {
  readonly #socket: Socket;
  readonly #lines: AsyncIterator<string>;

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1');
    this.#lines = createInterface({ input: this.#socket })[Symbol.asyncIterator]();
  }

  /** The next reply, all its lines. */
  async hear(): Promise<string> {
    let reply = '';
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done === true) return reply;
      reply += reply === '' ? value : `\n${value}`;
      if (value[3] !== '-') return reply;
    }
  }

  async say(...lines: readonly string[]): Promise<string> {
    this.#socket.write(lines.map((line) => `${line}\r\n`).join(''));
    return this.hear();
  }

  async introduce(): Promise<string> {
    assert.match(await this.hear(), /^220 chappe ESMTP/);
    return this.say('EHLO test.example');
  }

  hangUp(): void {
    this.#socket.destroy();
  }
}

const wire = join(import.meta.dirname, '../../../../test/wire/smtp');
for (const name of readdirSync(wire).toSorted()) {
  // Marks as in the exchanges over HTTP: # the source, > what is said, < how the reply begins, = the submission before it.
  const lines = readFileSync(join(wire, name), 'utf8').trimEnd().split('\n');
  test(`wire: ${name} (${lines[0]!.slice(2)})`, async (t) => {
    const { door, customers } = await openPlatform(t);
    const client = new Client(door.port);
    await client.introduce();
    let said: string[] = [];
    let submission: object | null = null;
    for (const line of lines.slice(1)) {
      const text = line.slice(2);
      if (line[0] === '>') said.push(text);
      else if (line[0] === '=') submission = JSON.parse(text) as object;
      else {
        const reply = await client.say(...said);
        assert.equal(reply.slice(0, text.length), text);
        if (submission !== null) assert.partialDeepStrictEqual(customers.submissions.at(-1), submission);
        said = [];
        submission = null;
      }
    }
    client.hangUp();
  });
}

test('a session on a socket, line by line', async (t) => {
  const services = await openPlatform(t);
  const client = new Client(services.door.port);
  const offered = await client.introduce();
  assert.match(offered, new RegExp(`^250.SIZE ${maxMailBytes}$`, 'm'));
  assert.doesNotMatch(offered, /STARTTLS|AUTH/, 'without a certificate of ours, none is shown');
  assert.match(await client.say(`MAIL FROM:<shop@example.com> SIZE=${maxMailBytes + 1}`), /^552/);
  assert.match(await client.say('MAIL FROM:<shop@example.com>'), /^250/);
  assert.match(await client.say('RCPT TO:<somebody@example.com>'), /^550 No such mailbox/);
  assert.match(await client.say('DATA'), /^503/);
  assert.match(await client.say('RCPT TO:<sms@octopush-dm.com>'), /^250/);
  assert.match(await client.say('DATA'), /^354/);
  assert.equal(
    await client.say(`Subject: ${subject}${options}`, '', '..Bonjour. STOP au XXXXX', '.'),
    '250 OK: campaign 110000000021',
  );
  assert.partialDeepStrictEqual(services.customers.submissions, [
    { dialect: 'smtp', text: '.Bonjour. STOP au XXXXX', recipients: [{ number: '+33601010101' }] },
  ]);
  assert.match(await client.say('STARTTLS'), /^500/);
  assert.match(await client.say('QUIT'), /^221/);
});

test('a mail larger than what is offered is refused when it has come', async (t) => {
  const services = await openPlatform(t);
  const client = new Client(services.door.port);
  await client.introduce();
  await client.say('MAIL FROM:<shop@example.com>');
  await client.say('RCPT TO:<sms@octopush-dm.com>');
  await client.say('DATA');
  const line = 'x'.repeat(998);
  const lines = Array.from({ length: Math.ceil(maxMailBytes / 1000) + 1 }, () => line);
  assert.match(await client.say(`Subject: ${subject}${options}`, '', ...lines, '.'), /^552/);
  assert.match(await client.say('MAIL FROM:<shop@example.com>'), /^250/, 'the session goes on');
  client.hangUp();
  assert.deepEqual([services.customers.submissions, services.noted], [[], []]);
});

test('a client that goes away in the middle of its mail has sent nothing', async (t) => {
  const services = await openPlatform(t);
  const client = new Client(services.door.port);
  await client.introduce();
  await client.say('MAIL FROM:<shop@example.com>');
  await client.say('RCPT TO:<sms@octopush-dm.com>');
  await client.say('DATA');
  const left = new Promise<void>((resolve) => setImmediate(resolve));
  client.hangUp();
  await left;
  await sendMail(services.door.port, { subject: `${subject}${options}`, text: 'Bonjour. STOP au XXXXX' });
  assert.equal(services.customers.submissions.length, 1);
});

test('a mail that takes too long to come is given up', async (t) => {
  const services = await openPlatform(t, { mailTimeoutMs: 50 });
  const client = new Client(services.door.port);
  await client.introduce();
  await client.say('MAIL FROM:<shop@example.com>');
  await client.say('RCPT TO:<sms@octopush-dm.com>');
  await client.say('DATA');
  assert.match(await client.say(`Subject: ${subject}${options}`, '', 'Bonjour'), /^421 .*too long/);
  assert.equal(await client.hear(), '', 'and the connection is closed');
});

test('connections beyond the limit are told to come again', async (t) => {
  const services = await openPlatform(t, { maxConnections: 1 });
  const first = new Client(services.door.port);
  await first.introduce();
  const second = new Client(services.door.port);
  assert.match(await second.hear(), /^421/);
  assert.match(await first.say('NOOP'), /^250/);
  first.hangUp();
});

test('with a certificate of the operator, STARTTLS is offered and taken', async (t) => {
  const services = await openPlatform(t, { tls: certificate });
  const transport = createTransport({
    host: 'localhost',
    port: services.door.port,
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

test('what a mail program makes of both forms is understood, HTML and all', async (t) => {
  const services = await openPlatform(t);
  const { port } = services.door;
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
  assert.equal(services.customers.submissions.length, mails.length * 2);
  for (const submission of services.customers.submissions) {
    assert.equal(submission.text, text);
    assert.equal(submission.recipients.length, 60);
    assert.equal(submission.recipients[59]!.number, '+33601010169');
  }
});

test('told to stop, the door answers the mail under way and lets nobody begin another', async (t) => {
  const services = await openPlatform(t);
  let answer: (() => void) | null = null;
  const submit = services.customers.submit;
  services.customers.submit = async (account, submission) => {
    await new Promise<void>((resolve) => {
      answer = resolve;
    });
    return submit(account, submission);
  };
  const idle = new Client(services.door.port);
  await idle.introduce();
  const sending = sendMail(services.door.port, {
    subject: `${subject}${options}`,
    text: 'Bonjour. STOP au XXXXX',
  });
  const release = await until('the mail is being taken', () => answer);
  const stopped = services.door.stop();
  assert.match(await idle.say('MAIL FROM:<shop@example.com>'), /^421/);
  release();
  assert.match(await sending, /^250 OK: campaign/);
  await stopped;
  const late = connect(services.door.port, '127.0.0.1');
  const [error] = (await once(late, 'error')) as [NodeJS.ErrnoException];
  assert.equal(error.code, 'ECONNREFUSED');
});
