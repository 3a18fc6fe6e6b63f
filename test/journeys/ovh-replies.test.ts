// Actions after a reply by the policy of its account: an answer, copies to others; and the alerts about users.
import assert from 'node:assert/strict';
import test from 'node:test';
import { rateCardOf } from '../../src/domain/money/rate-card.ts';
import { watchUsers } from '../../src/operations/money/user-alerts.ts';
import { createNotificationJob } from '../../src/operations/operator/notifications/job.ts';
import { readAccount } from '../../src/store/accounts/accounts.ts';
import { insertNotifications } from '../../src/store/platform/notifications.ts';
import { assignNumber, insertReplyNumber } from '../../src/store/platform/reply-numbers.ts';
import { mobile } from '../support/clients.ts';
import { anotherProcess, declareDead } from '../support/other-process.ts';
import { ovhClient } from '../support/ovh.ts';
import { openPlatform, priceMicros, type TestAccount, type TestPlatform } from '../support/platform.ts';
import { until } from '../support/until.ts';

const ownNumber = '33757000001';
const phone = mobile(1);

async function withOwnNumber(platform: TestPlatform, account: TestAccount, smsResponse: object) {
  await insertReplyNumber(
    platform.query,
    { number: ownNumber, kind: 'virtual', countries: [] },
    platform.clock.now(),
  );
  await assignNumber(platform.query, ownNumber, account.id);
  const client = ovhClient(platform.url, account.ovh, () => platform.clock.now());
  const base = `/sms/${account.serviceName}`;
  await client.ok('PUT', base, { smsResponse });
  await client.ok('POST', `${base}/jobs`, {
    message: 'Who?',
    receivers: [`+${phone}`],
    sender: `+${ownNumber}`,
  });
  await platform.quiet();
  platform.clock.advance(1000);
}

const textsTo = (platform: TestPlatform, number: string) =>
  platform.carrier.simulator
    .inbox()
    .filter(({ to }) => to === number)
    .map(({ text }) => text);

test('a reply is answered once with the text of the account, from the number it was sent to', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ callbackPath: null });
  await withOwnNumber(platform, account, { responseType: 'text', text: 'Thanks, noted' });
  platform.carrier.reply(phone, ownNumber, 'Me');
  // Carriers repeat what they believe unheard.
  platform.carrier.reply(phone, ownNumber, 'Me');
  await until('the answer came', async () => textsTo(platform, phone).includes('Thanks, noted'));
  platform.carrier.reply(phone, ownNumber, 'STOP');
  await until('the STOP is known', async () => (await platform.query('select from opt_outs')).length === 1);
  await platform.quiet();
  assert.deepEqual(textsTo(platform, phone), ['Who?', 'Thanks, noted']);
  const answer = platform.carrier.inbox().find(({ text }) => text === 'Thanks, noted')!;
  assert.equal(answer.from, ownNumber);
});

test('the first message of a phone to a number of an account belongs to that account', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const number = { number: ownNumber, kind: 'virtual', countries: [] } as const;
  await insertReplyNumber(platform.query, number, platform.clock.now());
  await assignNumber(platform.query, ownNumber, account.id);
  platform.carrier.reply(phone, ownNumber, 'Are you open?');
  const [push] = await platform.customer.whenTaken(1, account.path);
  assert.equal(push?.fields['message'], 'Are you open?');
  const client = ovhClient(platform.url, account.ovh, () => platform.clock.now());
  const incoming = `/sms/${account.serviceName}/incoming`;
  const ids = await client.ok<number[]>('GET', incoming);
  assert.equal(ids.length, 1);
  const one = await client.ok<{ sender: string; message: string }>('GET', `${incoming}/${ids[0]}`);
  assert.deepEqual([one.sender, one.message], [`+${phone}`, 'Are you open?']);
  await platform.quiet();
});

test('a machine that answers our answers is not answered for ever', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ callbackPath: null });
  await withOwnNumber(platform, account, { responseType: 'text', text: 'Thanks' });
  for (let i = 0; i < 9; i++) {
    platform.carrier.reply(phone, ownNumber, `No ${i}`);
    await until('it is heard', async () => (await platform.query('select from replies')).length === i + 1);
  }
  await until(
    'all notifications are sent',
    async () => (await platform.query('select from notifications')).length === 0,
  );
  await platform.quiet();
  assert.equal(textsTo(platform, phone).filter((text) => text === 'Thanks').length, 5);
});

test('an answer is sent once, also if the process ends before it records the result', async () => {
  await using platform = await openPlatform({
    processes: [['listeners', 'jobs', 'maintenance', 'dispatch']],
  });
  const account = await platform.anAccount({ callbackPath: null });
  const { running, runtime } = platform.processes[0]!;
  const known = (await readAccount(platform.query, account.id))!;
  const notification = { media: 'sms', recipient: `+${phone}`, sender: null, text: 'Thanks' } as const;
  await insertNotifications(platform.query, known, [notification], platform.clock.now());
  const [dead, heir] = [await anotherProcess(platform), await anotherProcess(platform)];
  const mail = async () => null;
  const rest = { mail };
  const died = Promise.withResolvers<never>();
  const sent = Promise.withResolvers<void>();
  const dying = createNotificationJob(runtime, {
    ...rest,
    processId: dead,
    async submit(...order) {
      await running.submit(...order);
      sent.resolve();
      return died.promise;
    },
  }).runOnce(0);
  await sent.promise;
  const run = () =>
    createNotificationJob(runtime, { ...rest, processId: heir, submit: running.submit }).runOnce(0);
  await platform.advance(60 * 60_000);
  assert.equal(await run(), 0, 'it is in hand, however long that takes');
  await declareDead(platform.database, dead);
  await until('it is run by another', async () => (await run()) === 1);
  await platform.quiet();
  died.reject(new Error('killed'));
  await assert.rejects(dying, /killed/);
  assert.deepEqual(textsTo(platform, phone), ['Thanks']);
  assert.deepEqual(await platform.query('select from notifications'), []);
});

test('a mail that a relay keeps waiting is not sent by another process as well', async () => {
  await using platform = await openPlatform({ processes: [['listeners', 'jobs', 'maintenance']] });
  const account = await platform.anAccount({ callbackPath: null });
  const { runtime } = platform.processes[0]!;
  const known = (await readAccount(platform.query, account.id))!;
  const notification = {
    media: 'mail',
    recipient: 'boss@example.com',
    subject: 'Reply',
    text: 'Yes',
  } as const;
  await insertNotifications(platform.query, known, [notification, notification], platform.clock.now());
  const mails: string[] = [];
  const answer = Promise.withResolvers<null>();
  const options = { submit: async () => assert.fail('no SMS is sent') };
  const slow = createNotificationJob(runtime, {
    ...options,
    processId: await anotherProcess(platform),
    mail: (to) => {
      mails.push(to);
      return answer.promise;
    },
  }).runOnce(0);
  await until('the relay has the first', () => mails.length === 1);
  await platform.advance(60 * 60_000);
  const other = { ...options, processId: await anotherProcess(platform) };
  assert.equal(
    await createNotificationJob(runtime, {
      ...other,
      mail: async () => assert.fail('it is sent twice'),
    }).runOnce(0),
    0,
  );
  answer.resolve(null);
  assert.equal(await slow, 2);
  assert.equal(mails.length, 2);
  assert.deepEqual(await platform.query('select from notifications'), []);
});

test('copies of a reply go by mail and by SMS to whom the account names', async () => {
  await using platform = await openPlatform({
    processes: [['listeners', 'jobs', 'maintenance', 'dispatch']],
  });
  const account = await platform.anAccount({ callbackPath: null });
  await withOwnNumber(platform, account, {
    responseType: 'none',
    trackingOptions: [
      { media: 'email', sender: '', target: 'boss@example.com' },
      { media: 'sms', sender: 'Chappe', target: `+${mobile(2)}` },
    ],
  });
  platform.carrier.reply(phone, ownNumber, 'It is me');
  await until('it is heard', async () => (await platform.query('select from notifications')).length === 2);
  const mails: string[] = [];
  const { running, runtime } = platform.processes[0]!;
  await createNotificationJob(runtime, {
    processId: await anotherProcess(platform),
    submit: running.submit,
    async mail(...words) {
      mails.push(words.join(' | '));
      return null;
    },
  }).runOnce(0);
  await platform.quiet();
  assert.deepEqual(mails, [`boss@example.com | SMS from +${phone} | It is me\n`]);
  assert.deepEqual(textsTo(platform, mobile(2)), [`+${phone}: It is me`]);
});

test('an account is alerted once when the quota of a user is low, in its text, and again after the next fall', async () => {
  await using platform = await openPlatform({
    processes: [['listeners', 'jobs', 'maintenance', 'dispatch']],
  });
  const settings = { creditPriceMicros: Number(priceMicros) };
  const account = await platform.anAccount({
    creditMicros: 100n * priceMicros,
    callbackPath: null,
    settings,
  });
  const client = ovhClient(platform.url, account.ovh, () => platform.clock.now());
  const base = `/sms/${account.serviceName}`;
  const user = `${base}/users/shop`;
  const give = (quotaLeft: number) =>
    client.ok('PUT', user, { quotaInformations: { quotaLeft, quotaStatus: 'active' } });
  await client.ok('POST', `${base}/users`, { login: 'shop', password: 'Secret12' });
  await client.ok('PUT', base, {
    templates: { customizedSmsMode: true, smsBody: '|USER| |REMAINING| |ALERTTHRESHOLD| |CREDITSLEFT|' },
  });
  await client.ok('PUT', user, {
    alertThresholdInformations: {
      alertThreshold: 3,
      alertEmail: 'boss@example.com',
      alertNumber: `00${mobile(3)}`,
      support: 'both',
    },
  });
  await give(10);
  const rates = rateCardOf([{ country: 'FR', tier: 'premium', priceMicros }]);
  const { running, runtime } = platform.processes[0]!;
  const mails: string[] = [];
  const watch = async () => {
    await Promise.all([watchUsers(runtime, () => rates), watchUsers(runtime, () => rates)]);
    await createNotificationJob(runtime, {
      processId: await anotherProcess(platform),
      submit: running.submit,
      async mail(...words) {
        mails.push(words.join(' | '));
        return null;
      },
    }).runOnce(0);
    await platform.quiet();
  };
  const send = (n: number) =>
    client.ok('POST', `${user}/jobs`, {
      message: 'Hello',
      receivers: Array.from({ length: n }, (_, i) => `+${mobile(10 + i)}`),
      sender: 'Chappe',
      noStopClause: true,
    });
  await send(6);
  await watch();
  assert.deepEqual(mails, [], 'four are more than three');
  await send(1);
  await watch();
  await watch();
  assert.equal(mails.length, 1);
  assert.match(
    mails[0]!,
    /^boss@example\.com \| SMS: 3 credits left for shop \| The user shop has 3 credits/,
  );
  assert.deepEqual(textsTo(platform, mobile(3)), ['shop 3 3 90']);
  await give(20);
  await watch();
  await give(2);
  await watch();
  assert.equal(mails.length, 2);
  await client.ok('PUT', user, { alertThresholdInformations: { alertThreshold: -1 } });
  await watch();
  await client.ok('PUT', user, { alertThresholdInformations: { alertThreshold: 3, support: 'mail' } });
  await watch();
  assert.equal(mails.length, 3);
  await client.ok('PUT', user, await client.ok('GET', user));
  await watch();
  assert.equal(mails.length, 3, 'nothing has changed');
});
