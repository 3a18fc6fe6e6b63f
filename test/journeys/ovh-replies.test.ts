// What follows a reply by the policy of its account: an answer, copies to others; and the alerts about users.
import assert from 'node:assert/strict';
import test from 'node:test';
import { rateCardOf } from '../../src/domain/money/rate-card.ts';
import { watchUsers } from '../../src/operations/money/user-alerts.ts';
import { runErrands } from '../../src/operations/operator/notifications.ts';
import { readAccount } from '../../src/store/accounts/accounts.ts';
import { insertErrands } from '../../src/store/platform/notifications.ts';
import { assignNumber, insertReplyNumber } from '../../src/store/platform/reply-numbers.ts';
import { mobile } from '../support/clients.ts';
import { anotherProcess, declareDead } from '../support/other-process.ts';
import { ovhClient } from '../support/ovh.ts';
import { type House, openHouse, priceMicros, type TestAccount } from '../support/platform.ts';
import { until } from '../support/until.ts';

const ownNumber = '33757000001';
const phone = mobile(1);

async function withOwnNumber(house: House, account: TestAccount, smsResponse: object) {
  await insertReplyNumber(
    house.query,
    { number: ownNumber, kind: 'virtual', countries: [] },
    house.clock.now(),
  );
  await assignNumber(house.query, ownNumber, account.id);
  const client = ovhClient(house.url, account.ovh, () => house.clock.now());
  const base = `/sms/${account.serviceName}`;
  await client.ok('PUT', base, { smsResponse });
  await client.ok('POST', `${base}/jobs`, {
    message: 'Who?',
    receivers: [`+${phone}`],
    sender: `+${ownNumber}`,
  });
  await house.quiet();
  house.clock.advance(1000);
}

const textsTo = (house: House, number: string) =>
  house.carrier.simulator
    .inbox()
    .filter(({ to }) => to === number)
    .map(({ text }) => text);

test('a reply is answered once with the text of the account, from the number it was sent to', async () => {
  await using house = await openHouse();
  const account = await house.anAccount({ callbackPath: null });
  await withOwnNumber(house, account, { responseType: 'text', text: 'Thanks, noted' });
  house.carrier.simulator.reply(phone, ownNumber, 'Me');
  // Carriers repeat what they believe unheard.
  house.carrier.simulator.reply(phone, ownNumber, 'Me');
  await until('the answer came', async () => textsTo(house, phone).includes('Thanks, noted'));
  house.carrier.simulator.reply(phone, ownNumber, 'STOP');
  await until('the STOP is known', async () => (await house.query('select from opt_outs')).length === 1);
  await house.quiet();
  assert.deepEqual(textsTo(house, phone), ['Who?', 'Thanks, noted']);
  const answer = house.carrier.simulator.inbox().find(({ text }) => text === 'Thanks, noted')!;
  assert.equal(answer.from, ownNumber);
});

test('what a phone writes first to a number of an account is for that account', async () => {
  await using house = await openHouse();
  const account = await house.anAccount();
  const number = { number: ownNumber, kind: 'virtual', countries: [] } as const;
  await insertReplyNumber(house.query, number, house.clock.now());
  await assignNumber(house.query, ownNumber, account.id);
  house.carrier.simulator.reply(phone, ownNumber, 'Are you open?');
  const [push] = await house.customer.whenTaken(1, account.path);
  assert.equal(push?.fields['message'], 'Are you open?');
  const client = ovhClient(house.url, account.ovh, () => house.clock.now());
  const incoming = `/sms/${account.serviceName}/incoming`;
  const ids = await client.ok<number[]>('GET', incoming);
  assert.equal(ids.length, 1);
  const one = await client.ok<{ sender: string; message: string }>('GET', `${incoming}/${ids[0]}`);
  assert.deepEqual([one.sender, one.message], [`+${phone}`, 'Are you open?']);
  await house.quiet();
});

test('a machine that answers our answers is not answered for ever', async () => {
  await using house = await openHouse();
  const account = await house.anAccount({ callbackPath: null });
  await withOwnNumber(house, account, { responseType: 'text', text: 'Thanks' });
  for (let i = 0; i < 9; i++) {
    house.carrier.simulator.reply(phone, ownNumber, `No ${i}`);
    await until('it is heard', async () => (await house.query('select from replies')).length === i + 1);
  }
  await until('all errands are run', async () => (await house.query('select from errands')).length === 0);
  await house.quiet();
  assert.equal(textsTo(house, phone).filter((text) => text === 'Thanks').length, 5);
});

test('an answer is sent once, though the process dies before it can say so', async () => {
  await using house = await openHouse({ processes: [['doors', 'dispatch']] });
  const account = await house.anAccount({ callbackPath: null });
  const { platform, engine } = house.processes[0]!;
  const known = (await readAccount(house.query, account.id))!;
  const errand = { media: 'sms', recipient: `+${phone}`, sender: null, text: 'Thanks' } as const;
  await insertErrands(house.query, known, [errand], house.clock.now());
  const [dead, heir] = [await anotherProcess(house), await anotherProcess(house)];
  const mail = async () => null;
  const rest = { buckets: () => [0], mail };
  const died = Promise.withResolvers<never>();
  const sent = Promise.withResolvers<void>();
  const dying = runErrands(engine, {
    ...rest,
    processId: dead,
    async submit(...order) {
      await platform.submit(...order);
      sent.resolve();
      return died.promise;
    },
  });
  await sent.promise;
  const run = () => runErrands(engine, { ...rest, processId: heir, submit: platform.submit });
  await house.advance(60 * 60_000);
  assert.equal(await run(), 0, 'it is in hand, however long that takes');
  await declareDead(house.database, dead);
  await until('it is run by another', async () => (await run()) === 1);
  await house.quiet();
  died.reject(new Error('killed'));
  await assert.rejects(dying, /killed/);
  assert.deepEqual(textsTo(house, phone), ['Thanks']);
  assert.deepEqual(await house.query('select from errands'), []);
});

test('a mail that a relay keeps waiting is not sent by another process as well', async () => {
  await using house = await openHouse({ processes: [['doors']] });
  const account = await house.anAccount({ callbackPath: null });
  const { engine } = house.processes[0]!;
  const known = (await readAccount(house.query, account.id))!;
  const errand = { media: 'mail', recipient: 'boss@example.com', subject: 'Reply', text: 'Yes' } as const;
  await insertErrands(house.query, known, [errand, errand], house.clock.now());
  const mails: string[] = [];
  const answer = Promise.withResolvers<null>();
  const options = { buckets: () => [0], submit: async () => assert.fail('no SMS is sent') };
  const slow = runErrands(engine, {
    ...options,
    processId: await anotherProcess(house),
    mail: (to) => {
      mails.push(to);
      return answer.promise;
    },
  });
  await until('the relay has the first', () => mails.length === 1);
  await house.advance(60 * 60_000);
  const other = { ...options, processId: await anotherProcess(house) };
  assert.equal(await runErrands(engine, { ...other, mail: async () => assert.fail('it is sent twice') }), 0);
  answer.resolve(null);
  assert.equal(await slow, 2);
  assert.equal(mails.length, 2);
  assert.deepEqual(await house.query('select from errands'), []);
});

test('copies of a reply go by mail and by SMS to whom the account names', async () => {
  await using house = await openHouse({ processes: [['doors', 'dispatch']] });
  const account = await house.anAccount({ callbackPath: null });
  await withOwnNumber(house, account, {
    responseType: 'none',
    trackingOptions: [
      { media: 'email', sender: '', target: 'boss@example.com' },
      { media: 'sms', sender: 'Chappe', target: `+${mobile(2)}` },
    ],
  });
  house.carrier.simulator.reply(phone, ownNumber, 'It is me');
  await until('it is heard', async () => (await house.query('select from errands')).length === 2);
  const mails: string[] = [];
  const { platform, engine } = house.processes[0]!;
  await runErrands(engine, {
    processId: await anotherProcess(house),
    buckets: () => [0],
    submit: platform.submit,
    async mail(...words) {
      mails.push(words.join(' | '));
      return null;
    },
  });
  await house.quiet();
  assert.deepEqual(mails, [`boss@example.com | SMS from +${phone} | It is me\n`]);
  assert.deepEqual(textsTo(house, mobile(2)), [`+${phone}: It is me`]);
});

test('an account is told once when little is left for a user, in its own words, and again at the next fall', async () => {
  await using house = await openHouse({ processes: [['doors', 'dispatch']] });
  const settings = { creditPriceMicros: Number(priceMicros) };
  const account = await house.anAccount({
    creditMicros: 100n * priceMicros,
    callbackPath: null,
    settings,
  });
  const client = ovhClient(house.url, account.ovh, () => house.clock.now());
  const base = `/sms/${account.serviceName}`;
  const desk = `${base}/users/desk`;
  const give = (quotaLeft: number) =>
    client.ok('PUT', desk, { quotaInformations: { quotaLeft, quotaStatus: 'active' } });
  await client.ok('POST', `${base}/users`, { login: 'desk', password: 'Secret12' });
  await client.ok('PUT', base, {
    templates: { customizedSmsMode: true, smsBody: '|USER| |REMAINING| |ALERTTHRESHOLD| |CREDITSLEFT|' },
  });
  await client.ok('PUT', desk, {
    alertThresholdInformations: {
      alertThreshold: 3,
      alertEmail: 'boss@example.com',
      alertNumber: `00${mobile(3)}`,
      support: 'both',
    },
  });
  await give(10);
  const rates = rateCardOf([{ country: 'FR', tier: 'premium', priceMicros }]);
  const { platform, engine } = house.processes[0]!;
  const mails: string[] = [];
  const watch = async () => {
    await Promise.all([watchUsers(engine, () => rates), watchUsers(engine, () => rates)]);
    await runErrands(engine, {
      processId: await anotherProcess(house),
      buckets: () => [0],
      submit: platform.submit,
      async mail(...words) {
        mails.push(words.join(' | '));
        return null;
      },
    });
    await house.quiet();
  };
  const send = (n: number) =>
    client.ok('POST', `${desk}/jobs`, {
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
    /^boss@example\.com \| SMS: 3 credits left for desk \| The user desk has 3 credits/,
  );
  assert.deepEqual(textsTo(house, mobile(3)), ['desk 3 3 90']);
  await give(20);
  await watch();
  await give(2);
  await watch();
  assert.equal(mails.length, 2);
  await client.ok('PUT', desk, { alertThresholdInformations: { alertThreshold: -1 } });
  await watch();
  await client.ok('PUT', desk, { alertThresholdInformations: { alertThreshold: 3, support: 'mail' } });
  await watch();
  assert.equal(mails.length, 3);
  await client.ok('PUT', desk, await client.ok('GET', desk));
  await watch();
  assert.equal(mails.length, 3, 'nothing has changed');
});
