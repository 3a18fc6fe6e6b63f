// When messages leave: at once, at the time asked for, at the next opening, or not at all any more.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMessageFacts } from '../../src/store/campaigns/message-timeline.ts';
import { field, mobile, sendLegacy, sendRest } from '../support/clients.ts';
import { openPlatform, workingHours } from '../support/platform.ts';
import { until } from '../support/until.ts';

const hour = 3_600_000;

test('a scheduled message is sent at its time, and not before', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const sendAtMs = workingHours + 2 * hour;
  const answer = await sendLegacy(platform.url, account, { to: [mobile(1)], sendAtMs });
  assert.equal(field(answer.body, 'sending_date'), String(sendAtMs / 1000));
  await sendRest(platform.url, account, { to: [mobile(2)], sendAtMs });
  // A shared platform may have sent to this number in an earlier test.
  const taken = platform.carrier.takenFor(mobile(1));

  await platform.advance(2 * hour - 60_000);
  // What comes after it and leaves tells that the dispatcher has looked since.
  await sendRest(platform.url, account, { to: [mobile(3)] });
  await platform.customer.whenTold(mobile(3));
  assert.equal(platform.carrier.takenFor(mobile(1)), taken);
  assert.equal(await platform.count('chunks'), 2);

  await platform.advance(60_000);
  await platform.customer.whenTold(mobile(1));
  await platform.customer.whenTold(mobile(2));
  await platform.quiet();
});

test('a time in the past means now', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  await sendRest(platform.url, account, { to: [mobile(1)], sendAtMs: workingHours - hour });
  await platform.customer.whenTold(mobile(1));
});

test('marketing on a Saturday night waits until Monday at eight, and the answer contains this time', async () => {
  const saturdayNight = Date.UTC(2026, 10, 21, 22, 30);
  const mondayAtEight = Date.UTC(2026, 10, 23, 7);
  await using platform = await openPlatform({ nowMs: saturdayNight });
  const account = await platform.anAccount({ creditMicros: 1_000_000n });
  const text = 'Soldes ! STOP au XXXXX';
  const answer = await sendLegacy(platform.url, account, { to: [mobile(1)], text, purpose: 'marketing' });
  assert.ok(answer.isAccepted, answer.body);
  assert.equal(field(answer.body, 'sending_date'), String(mondayAtEight / 1000));
  assert.deepEqual(await platform.credit(account), { availableMicros: 950_000n, heldMicros: 50_000n });

  await sendRest(platform.url, account, { to: [mobile(2)], purpose: 'transactional' });
  await platform.customer.whenTold(mobile(2));
  assert.equal(
    platform.carrier.takenFor(mobile(1)),
    0,
    'transactional leaves at any hour, marketing does not',
  );

  await platform.advance(mondayAtEight - platform.clock.now() - 1000);
  await sendRest(platform.url, account, { to: [mobile(3)], purpose: 'transactional' });
  await platform.customer.whenTold(mobile(3));
  assert.equal(platform.carrier.takenFor(mobile(1)), 0);
  await platform.advance(1000);
  await platform.customer.whenTold(mobile(1));
});

test('an opted-out recipient is skipped by marketing and reported as a failure, and receives transactional messages', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ creditMicros: 1_000_000n });
  await platform.query('insert into opt_outs (bucket, account_id, msisdn, at) values (0, $1, $2, now())', [
    account.id,
    Number(mobile(1)),
  ]);
  const to = [mobile(1), mobile(2)];
  const text = 'Soldes ! STOP au XXXXX';
  const answer = await sendLegacy(platform.url, account, { to, text, purpose: 'marketing' });
  assert.ok(answer.isAccepted, answer.body);
  assert.match(
    answer.body,
    new RegExp(`<failure>\\s*<recipient>\\+${mobile(1)}</recipient>\\s*<error_code>209`),
  );
  await platform.customer.whenTold(mobile(2));
  assert.equal(platform.carrier.takenFor(mobile(1)), 0);
  const alone = await sendLegacy(platform.url, account, { to: [mobile(1)], text, purpose: 'marketing' });
  assert.equal(alone.code, '209');
  await sendLegacy(platform.url, account, { to: [mobile(1)], purpose: 'transactional' });
  await platform.customer.whenTold(mobile(1));
  await platform.quiet();
  assert.deepEqual(await platform.credit(account), { availableMicros: 900_000n, heldMicros: 0n });
});

test('a message that expired while the carrier was unavailable is not sent, is reported, and is released', async () => {
  await using platform = await openPlatform({ config: { validityMinutes: 60 } });
  const account = await platform.anAccount({ creditMicros: 1_000_000n });
  await platform.carrier.down();
  await until('the platform has noticed', () => !platform.processes[0]!.running.connectors.isAnyAvailable);
  await sendRest(platform.url, account, { to: [mobile(1)] });
  await platform.advance(61 * 60_000);
  await sendRest(platform.url, account, { to: [mobile(2)] });
  await platform.carrier.up();
  assert.equal((await platform.customer.whenTold(mobile(1))).status, 'NOT_DELIVERED');
  assert.equal((await platform.customer.whenTold(mobile(2))).status, 'DELIVERED');
  assert.equal(await platform.statusOf(mobile(1)), 'expired');
  assert.equal(platform.carrier.takenFor(mobile(1)), 0);
  await platform.quiet();
  assert.deepEqual(await platform.credit(account), { availableMicros: 950_000n, heldMicros: 0n });
});

test('REST accepts a campaign to one opted-out recipient, charges nothing, and pushes the failure', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ creditMicros: 1_000_000n });
  await platform.query('insert into opt_outs (bucket, account_id, msisdn, at) values (0, $1, $2, now())', [
    account.id,
    Number(mobile(1)),
  ]);
  const text = 'Soldes ! STOP au XXXXX';
  const alone = await sendRest(platform.url, account, { to: [mobile(1)], text, purpose: 'marketing' });
  assert.equal(alone.status, 201, alone.body);
  assert.partialDeepStrictEqual(JSON.parse(alone.body), {
    number_of_contacts: 0,
    number_of_sms_needed: 0,
    total_cost: 0,
    residual_credit: 1,
  });
  const push = await platform.customer.whenTold(mobile(1));
  assert.deepEqual([push.ticket, push.fields['status']], [alone.ticket, 'BLACKLISTED_NUMBER']);
  const beside = await sendRest(platform.url, account, {
    to: [mobile(1), mobile(2)],
    text,
    purpose: 'marketing',
  });
  assert.equal(JSON.parse(beside.body).number_of_contacts, 1);
  await platform.customer.whenTold(mobile(2));
  await platform.quiet();
  assert.deepEqual(await platform.credit(account), { availableMicros: 950_000n, heldMicros: 0n });
});

test('the short code of another provider in the STOP mention is replaced by ours, with a note on the message', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const text = 'Soldes ! STOP au 30101';
  await sendRest(platform.url, account, { to: [mobile(1)], text, purpose: 'marketing' });
  await platform.customer.whenTold(mobile(1));
  assert.equal(platform.carrier.inbox()[0]!.text, 'Soldes ! STOP au 36180');
  const [message] = await platform.query<{ id: number }>('select id from messages');
  const told = await readMessageFacts(platform.query, message!.id);
  assert.match(told!.steps.find(({ step }) => step === 'noted')!.detail, /30101 replaced by 36180/);
});
