// Mail to SMS, from an ordinary mail program to the phone and back: both forms, refused mails, ignored mails with their
// reason, a thousand concurrent mails.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTransport } from 'nodemailer';
import { mobile } from '../support/clients.ts';
import { freePort } from '../support/free-port.ts';
import { readAll, sendMail, subjectOf } from '../support/mails.ts';
import { openPlatform, priceMicros, type TestAccount, type TestPlatform } from '../support/platform.ts';

async function openMailPlatform(config: Parameters<typeof openPlatform>[0] = {}): Promise<TestPlatform> {
  return openPlatform({ ...config, config: { ...config.config, smtpPort: await freePort() } });
}

const portOf = (platform: TestPlatform) => Number(new URL(platform.processes[0]!.running.smtpUrl!).port);

interface Ignored {
  readonly reason: string;
  readonly accountId: number | null;
  readonly requestId: string | null;
}

const ignoredMails = (platform: TestPlatform) =>
  platform.query<Ignored>(
    'select reason, account_id as "accountId", request_id as "requestId" from ignored_mails order by id',
  );

function framed(account: TestAccount, to: readonly string[], requestId: string, more = {}) {
  const form = new URLSearchParams({
    sms_text: 'Hello by mail',
    sms_recipients: to.map((number) => `+${number}`).join(','),
    sms_type: 'FR',
    sms_sender: 'Chappe',
    transactional: '1',
    request_id: requestId,
    ...more,
  });
  return {
    subject: subjectOf(account),
    text: `start=start&${form}&end=end\n-- \nSent from my +33 6 09 09 09 09`,
  };
}

test('a mail in either form becomes an SMS, and its receipt is pushed in the legacy form', async () => {
  await using platform = await openMailPlatform();
  const account = await platform.anAccount();
  const first = await sendMail(
    portOf(platform),
    framed(account, [mobile(1), mobile(2, '90')], 'firstMail001'),
  );
  assert.match(first, /^250 OK: campaign \d+$/);
  const everything = new URLSearchParams({
    sms_recipients: mobile(3),
    sms_type: 'FR',
    sms_sender: 'Chappe',
    transactional: '1',
    request_id: 'secondMail02',
  });
  const second = { subject: `${subjectOf(account)}&${everything}`, text: '-----\nÀ tout à l’heure\n_____\n' };
  assert.match(await sendMail(portOf(platform), second), /^250 OK: campaign \d+$/);
  await platform.customer.whenTaken(3);
  await platform.quiet();
  const push = await platform.customer.whenTold(mobile(2, '90'));
  assert.deepEqual([push.status, push.path], ['NOT_DELIVERED', account.path]);
  assert.match(push.fields['message_id']!, /^api\d{12}$/);
  assert.equal(first, `250 OK: campaign ${push.fields['message_id']!.slice(3)}`);
  assert.deepEqual(await readAll(platform.query), [
    [mobile(1), 'Hello by mail'],
    [mobile(2, '90'), 'Hello by mail'],
    [mobile(3), 'À tout à l’heure'],
  ]);
  assert.deepEqual(await ignoredMails(platform), []);
});

test('a fault of a mail is reported to the operator, not to its sender', async () => {
  await using platform = await openMailPlatform();
  const account = await platform.anAccount({ creditMicros: priceMicros });
  const port = portOf(platform);
  const send = (mail: Parameters<typeof sendMail>[1]) => sendMail(port, mail);
  const stranger = { ...account, apiKey: 'wrong' };
  assert.match(await send(framed(stranger, [mobile(1)], 'strangerMail')), /^250 OK: ignored/);
  assert.match(await send(framed(account, [mobile(1)], 'short')), /^250 OK: ignored/);
  assert.match(await send(framed(account, [mobile(1), mobile(2)], 'tooPoorForIt')), /^250 OK: ignored/);
  assert.match(await send(framed(account, [mobile(1)], 'theOneAndOnly')), /^250 OK: campaign/);
  assert.match(await send(framed(account, [mobile(1)], 'theOneAndOnly')), /^250 OK: ignored/);
  assert.match(
    await send(framed(account, [mobile(1)], 'withoutAWayOut', { transactional: '0' })),
    /^250 OK: ignored/,
  );
  assert.match(await send({ subject: 'Hello', text: '0033601020304' }), /^250 OK: ignored/);
  assert.deepEqual(await ignoredMails(platform), [
    { reason: 'credentials-wrong', accountId: null, requestId: 'strangerMail' },
    { reason: 'request-id-malformed', accountId: account.id, requestId: 'short' },
    { reason: 'credit-insufficient', accountId: account.id, requestId: 'tooPoorForIt' },
    { reason: 'request-already-seen', accountId: account.id, requestId: 'theOneAndOnly' },
    { reason: 'stop-clause-missing', accountId: account.id, requestId: 'withoutAWayOut' },
    { reason: 'frame-missing', accountId: null, requestId: null },
  ]);
  const [row] = await platform.query<{ told: string }>(
    'select json_agg(m)::text as told from ignored_mails m',
  );
  assert.doesNotMatch(row!.told, /Hello by mail|6\d{8}/, 'no text, no whole number');
  await platform.quiet();
});

test('a request id used by HTTP is used by mail as well', async () => {
  await using platform = await openMailPlatform();
  const account = await platform.anAccount();
  const form = new URLSearchParams({
    user_login: account.login,
    api_key: account.apiKey,
    sms_text: 'x',
    sms_recipients: mobile(1),
    sms_type: 'FR',
    sms_sender: 'Chappe',
    transactional: '1',
    request_id: 'oneForBothDoors',
  });
  await fetch(`${platform.url}/api/sms`, { method: 'POST', body: form });
  assert.match(
    await sendMail(portOf(platform), framed(account, [mobile(2)], 'oneForBothDoors')),
    /ignored \(request-already-seen\)/,
  );
  await platform.quiet();
});

test('all of a thousand concurrent mails are accepted, and each is sent once', async () => {
  await using platform = await openMailPlatform();
  const account = await platform.anAccount();
  const count = 1000;
  const transport = createTransport({
    host: '127.0.0.1',
    port: portOf(platform),
    ignoreTLS: true,
    pool: true,
    maxConnections: 50,
    maxMessages: Number.POSITIVE_INFINITY,
  });
  const answers = await Promise.all(
    Array.from({ length: count }, (_, i) =>
      transport.sendMail({
        from: 'shop@example.com',
        to: 'sms@octopush-dm.com',
        ...framed(account, [mobile(i)], `mailNumber${String(i).padStart(4, '0')}`),
      }),
    ),
  );
  transport.close();
  for (const { response } of answers) assert.match(response, /^250 OK: campaign/);
  await platform.customer.whenTaken(count);
  await platform.quiet();
  assert.equal(await platform.count('messages'), count);
  assert.deepEqual(platform.carrier.duplicates, []);
  assert.deepEqual(await ignoredMails(platform), []);
});
