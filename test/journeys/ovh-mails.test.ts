// Mail to SMS in OVH's form, from an ordinary mail program to the phone, and the report back to its mailbox.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTransport } from 'nodemailer';
import { mobile } from '../support/clients.ts';
import { freePort } from '../support/free-port.ts';
import { readAll } from '../support/mails.ts';
import { openPlatform, priceMicros, type TestAccount, type TestPlatform } from '../support/platform.ts';
import { Relay } from '../support/relay.ts';
import { until } from '../support/until.ts';

const portOf = (platform: TestPlatform) => Number(new URL(platform.processes[0]!.running.smtpUrl!).port);

const subjectOf = ({ serviceName, user }: TestAccount, rest: string) =>
  `${serviceName}:${user.login}:${user.password}:${rest}`;

async function send(platform: TestPlatform, mail: Readonly<Record<string, unknown>>): Promise<string> {
  const transport = createTransport({ host: '127.0.0.1', port: portOf(platform), ignoreTLS: true });
  try {
    const { response } = await transport.sendMail({
      from: 'Shop <shop@example.com>',
      to: 'email2sms@ovh.net',
      ...mail,
    });
    return response;
  } finally {
    transport.close();
  }
}

test('a mail becomes one SMS for each receiver, once, and its writer gets a report', async () => {
  await using relay = await Relay.open();
  await using platform = await openPlatform({ config: { smtpPort: await freePort(), mailRelay: relay.url } });
  const account = await platform.anAccount({ creditMicros: 10n * priceMicros, callbackPath: null });
  const mail = {
    messageId: '<one@example.com>',
    subject: subjectOf(account, `Chappe:+${mobile(1)},${mobile(2)}::::1`),
    text: 'Fire in the hall\n\n-- \nThe alarm',
    attachments: [{ filename: 'contact.txt', content: `+${mobile(3)}\r\n0123\r\n` }],
  };
  assert.match(await send(platform, mail), /^250 OK: campaign \d+$/);
  assert.match(await send(platform, mail), /request-already-seen/);
  await platform.quiet();
  assert.deepEqual(
    (await readAll(platform.query)).sort(),
    [1, 2, 3].map((i) => [mobile(i), 'Fire in the hall']),
  );
  await until('the report is there', async () => relay.mails.length > 0);
  const [report] = relay.mails;
  assert.deepEqual(report!.envelopeTo, ['shop@example.com']);
  assert.equal(report!.subject, 'SMS report: OK');
  assert.match(report!.text!, /SMS sent: 3 \(3\.00 credits\)\nCredits left: 7\.00\n/);
  assert.match(report!.text!, /Not sent to 0123/);
  assert.equal(relay.mails.length, 1);
});

test('items with names are accepted at an address of the domain; faults are reported to a sender with the password', async () => {
  await using relay = await Relay.open();
  await using platform = await openPlatform({ config: { smtpPort: await freePort(), mailRelay: relay.url } });
  const account = await platform.anAccount({ creditMicros: 10n * priceMicros, callbackPath: null });
  const { serviceName, user } = account;
  const keys = `Account=${serviceName}:Login=${user.login}:Password=${user.password}`;
  const to = `${mobile(1)}@email2sms.ovh.net`;
  const named = { to, subject: `${keys}:From=Chappe:NoStop=1:To=+${mobile(1)}`, text: 'Hello' };
  assert.match(await send(platform, named), /^250 OK: campaign/);
  assert.match(
    await send(platform, { ...named, subject: `${keys}:From=Nobody:To=+${mobile(2)}` }),
    /sender-unknown/,
  );
  assert.match(
    await send(platform, { ...named, subject: named.subject.replace(user.password, 'wrong') }),
    /credentials-wrong/,
  );
  assert.match(await send(platform, { ...named, subject: 'Hello' }), /item-missing/);
  await until('both reports are there', async () => relay.mails.length === 2);
  await platform.quiet();
  assert.deepEqual(relay.mails.map(({ subject }) => subject).sort(), ['SMS report: KO', 'SMS report: OK']);
  assert.equal(await platform.count('messages'), 1);
  const ignored = await platform.query<{ reason: string }>('select reason from ignored_mails order by id');
  assert.deepEqual(
    ignored.map(({ reason }) => reason),
    ['sender-unknown', 'credentials-wrong', 'item-missing'],
  );
});
