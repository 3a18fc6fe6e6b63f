// Two-way: the reply of a phone finds its message and is pushed; a STOP is recorded, and cancels waiting messages.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { notify } from '../../src/store/database/notices.ts';
import { insertReplyNumber } from '../../src/store/platform/reply-numbers.ts';
import { insertOptOut } from '../../src/store/recipients/opt-outs.ts';
import { mobile, sendLegacy, sendRest } from '../support/clients.ts';
import { openPlatform, priceMicros, type TestPlatform, workingHours } from '../support/platform.ts';
import { callRest } from '../support/rest.ts';
import { until } from '../support/until.ts';

const hour = 3_600_000;
const text = 'Soldes ! STOP au XXXXX';
const shortCode = '38200';

/** A pool with one French short code, known to every process. */
async function withPool(platform: TestPlatform): Promise<void> {
  await insertReplyNumber(
    platform.query,
    { number: shortCode, kind: 'short-code', countries: ['FR'] },
    platform.clock.now(),
  );
  await notify(platform.query, 'rates');
  // A notice that came in order with the one above tells that both were heard.
  await until('the pool is known', async () => {
    const account = await platform.anAccount();
    const answer = await sendLegacy(platform.url, account, {
      to: [mobile(999)],
      withReplies: true,
      dryRun: true,
    });
    return answer.isAccepted;
  });
}

function repliesTo(
  platform: TestPlatform,
): Promise<{ text: string; account_id: number; message_id: number | null }[]> {
  return platform.query('select text, account_id, message_id from replies order by id');
}

test('legacy: an answer of a phone is pushed as a reply, a STOP as an opt-out', async () => {
  await using platform = await openPlatform();
  await withPool(platform);
  const account = await platform.anAccount({ creditMicros: 1_000_000n });
  const to = [mobile(1, '98'), mobile(2, '99')];
  const answer = await sendLegacy(platform.url, account, { to, withReplies: true });
  assert.ok(answer.isAccepted, answer.body);
  const pushes = await platform.customer.whenTaken(4, account.path);
  const reply = pushes.find(({ fields }) => 'answer_date' in fields);
  assert.partialDeepStrictEqual(reply?.fields, {
    message_id: answer.ticket,
    number: `00${mobile(1, '98')}`,
    text: 'OK',
  });
  const optOut = pushes.find(({ fields }) => 'stop_date' in fields);
  assert.partialDeepStrictEqual(optOut?.fields, { number: `00${mobile(2, '99')}`, text: 'STOP' });
  await platform.quiet();
  assert.deepEqual(
    platform.carrier.inbox().map(({ from }) => from),
    [shortCode, shortCode],
  );
  assert.deepEqual(await platform.credit(account), {
    availableMicros: 1_000_000n - 2n * (priceMicros + 30_000n),
    heldMicros: 0n,
  });
});

test('rest: an answer of a phone is pushed as a reply, a STOP as an opt-out', async () => {
  await using platform = await openPlatform();
  await withPool(platform);
  const account = await platform.anAccount();
  const to = [mobile(1, '98'), mobile(2, '99')];
  const answer = await sendRest(platform.url, account, { to, withReplies: true });
  const pushes = await platform.customer.whenTaken(4, account.path);
  const reply = pushes.find(({ fields }) => 'reception_date' in fields);
  assert.partialDeepStrictEqual(reply?.fields, {
    message_id: answer.ticket,
    number: `+${mobile(1, '98')}`,
    text: 'OK',
    sim_card_number: shortCode,
  });
  const optOut = pushes.find(({ fields }) => 'stop_date' in fields);
  assert.partialDeepStrictEqual(optOut?.fields, {
    message_id: answer.ticket,
    number: `+${mobile(2, '99')}`,
    text: 'STOP',
  });
  await platform.quiet();
  assert.equal(platform.customer.pushes.length, 4, 'each is told once');
});

test('a reply answers the last message from the number it was sent to, for two days', async () => {
  await using platform = await openPlatform();
  await withPool(platform);
  const [first, second] = [await platform.anAccount(), await platform.anAccount()];
  const number = mobile(1);
  for (const account of [first, second]) {
    await sendRest(platform.url, account, { to: [number], withReplies: true });
    await platform.customer.whenTaken(1, account.path);
    await platform.advance(1000);
  }
  // One that still waits was not read by anybody.
  await sendRest(platform.url, first, { to: [number], withReplies: true, sendAtMs: workingHours + 3 * hour });
  platform.carrier.reply(number, shortCode, 'Pour qui ?');
  const [, push] = await platform.customer.whenTaken(2, second.path);
  assert.equal(push?.fields['text'], 'Pour qui ?');
  platform.carrier.reply(number, '36999', 'Une erreur');
  await platform.advance(49 * hour);
  await platform.customer.whenTaken(2, first.path);
  await platform.advance(49 * hour);
  platform.carrier.reply(number, shortCode, 'Trop tard');
  await until('all are recorded', async () => (await repliesTo(platform)).length === 3);
  assert.deepEqual(
    (await repliesTo(platform)).map((reply) => [reply.text, reply.account_id]),
    [
      ['Pour qui ?', second.id],
      ['Une erreur', 0],
      ['Trop tard', 0],
    ],
  );
});

test('a STOP to the shared number belongs to the last account that wrote; its marketing skips the phone afterwards', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ creditMicros: 1_000_000n });
  const other = await platform.anAccount();
  const number = mobile(1);
  await sendLegacy(platform.url, account, { to: [number], text, purpose: 'marketing' });
  await platform.customer.whenTold(number);
  platform.carrier.reply(number, '36180', 'Stop svp !');
  const [, optOut] = await platform.customer.whenTaken(2, account.path);
  assert.ok('stop_date' in optOut!.fields);

  const to = [number, mobile(2)];
  const rest = await sendRest(platform.url, account, { to, text, purpose: 'marketing' });
  assert.ok(rest.isAccepted, rest.body);
  const pushes = await platform.customer.whenTaken(4, account.path);
  const skipped = pushes.find(({ status }) => status === 'BLACKLISTED_NUMBER');
  assert.partialDeepStrictEqual(skipped, { number, ticket: rest.ticket });
  const removing = await callRest(platform.url, account, 'POST sms-campaign/send', {
    recipients: to.map((phone_number) => ({ phone_number })),
    purpose: 'alert',
    text,
    auto_remove_blacklisted_numbers: true,
  });
  assert.equal(removing.members['number_of_contacts'], 1);
  const legacy = await sendLegacy(platform.url, account, { to, text, purpose: 'marketing' });
  assert.match(legacy.body, /<failure>\s*<recipient>.*<\/recipient>\s*<error_code>209/);
  await sendLegacy(platform.url, other, { to: [number], text, purpose: 'marketing' });
  await platform.customer.whenTaken(1, other.path);
  await platform.quiet();
  assert.equal(platform.carrier.takenFor(number), 2, 'a STOP is said to one account');
  assert.deepEqual(await platform.credit(account), { availableMicros: 800_000n, heldMicros: 0n });
  const removed = String(removing.members['sms_ticket']);
  assert.deepEqual(
    platform.customer.taken.filter(({ ticket }) => ticket === removed).map((push) => push.number),
    [mobile(2)],
    'who asked to have them removed is not told of them',
  );
});

test('a STOP cancels waiting marketing, releases its credit and reports it; transactional messages are sent', async () => {
  await using platform = await openPlatform({
    processes: [['listeners', 'jobs', 'maintenance', 'dispatch', 'callbacks'], ['dispatch']],
  });
  const account = await platform.anAccount({ creditMicros: 1_000_000n });
  const number = mobile(1);
  await sendRest(platform.url, account, { to: [number], text, purpose: 'marketing' });
  await platform.customer.whenTold(number);
  const later = { sendAtMs: workingHours + hour, text };
  const waiting = await sendRest(platform.url, account, {
    to: [number, mobile(2)],
    purpose: 'marketing',
    ...later,
  });
  await sendRest(platform.url, account, { to: [number], sendAtMs: later.sendAtMs });
  assert.equal((await platform.credit(account)).heldMicros, 3n * priceMicros);

  platform.carrier.reply(number, 'Chappe', 'STOP');
  const pushes = await platform.customer.whenTaken(3, account.path);
  const stopped = pushes.find(({ status }) => status === 'BLACKLISTED_NUMBER');
  assert.partialDeepStrictEqual(stopped, { number, ticket: waiting.ticket });
  assert.deepEqual(await platform.credit(account), {
    availableMicros: 850_000n,
    heldMicros: 2n * priceMicros,
  });

  await platform.advance(hour);
  await platform.customer.whenTaken(5, account.path);
  await platform.quiet();
  assert.equal(platform.carrier.takenFor(number), 2);
  assert.equal(platform.carrier.takenFor(mobile(2)), 1);
  assert.deepEqual(await platform.credit(account), { availableMicros: 850_000n, heldMicros: 0n });
});

test('for an account with opt-outs of every purpose, a STOP cancels every waiting message', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ settings: { optOutsCoverTransactional: true } });
  const number = mobile(1, '99');
  await sendRest(platform.url, account, { to: [number], sendAtMs: workingHours + hour });
  await sendRest(platform.url, account, { to: [number] });
  const pushes = await platform.customer.whenTaken(3, account.path);
  assert.deepEqual(pushes.map(({ status, fields }) => status || Object.keys(fields).at(-1)).sort(), [
    'BLACKLISTED_NUMBER',
    'DELIVERED',
    'stop_date',
  ]);
  await platform.quiet();
  const later = await sendRest(platform.url, account, { to: [number] });
  assert.equal(JSON.parse(later.body).number_of_contacts, 0);
  const told = (await platform.customer.whenTaken(4, account.path)).at(-1)!;
  assert.deepEqual([told.status, told.ticket], ['BLACKLISTED_NUMBER', later.ticket]);
});

test('a reply that the carrier repeats counts once; the same words about another message count', async () => {
  await using platform = await openPlatform();
  await withPool(platform);
  const account = await platform.anAccount();
  const number = mobile(1);
  await sendRest(platform.url, account, { to: [number], withReplies: true });
  await platform.customer.whenTold(number);
  for (let i = 0; i < 3; i++) platform.carrier.reply(number, shortCode, '1');
  await platform.customer.whenTaken(2, account.path);
  await platform.advance(1000);
  await sendRest(platform.url, account, { to: [number], withReplies: true });
  await platform.customer.whenTaken(3, account.path);
  platform.carrier.reply(number, shortCode, '1');
  await platform.customer.whenTaken(4, account.path);
  await platform.quiet();
  assert.equal((await repliesTo(platform)).length, 2);
});

test('without a number of the pool for its country, a campaign with replies is refused', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  assert.equal((await sendLegacy(platform.url, account, { to: [mobile(1)], withReplies: true })).code, '201');
  assert.equal((await sendRest(platform.url, account, { to: [mobile(1)], withReplies: true })).code, '201');
});

test('replies pass through separate processes for listeners, dispatch and callbacks', async () => {
  await using platform = await openPlatform({
    processes: [['listeners', 'jobs', 'maintenance'], ['dispatch'], ['callbacks']],
  });
  await withPool(platform);
  const account = await platform.anAccount();
  await sendRest(platform.url, account, { to: [mobile(1, '98'), mobile(2, '99')], withReplies: true });
  await platform.customer.whenTaken(4, account.path);
  await platform.quiet();
});

test('a reply with a lost answer to its commit is repeated by the carrier, and counts once', async () => {
  await using platform = await openPlatform({ overWire: true });
  const account = await platform.anAccount({ creditMicros: 1_000_000n });
  const number = mobile(1, '99');
  const sendAtMs = workingHours + hour;
  await sendRest(platform.url, account, { to: [number, mobile(2)], text, purpose: 'marketing', sendAtMs });
  const lost = platform.wire.loseAnswer('lock_phone', 'COMMIT');
  await sendRest(platform.url, account, { to: [number], text, purpose: 'marketing' });
  await lost;
  await platform.customer.whenTaken(3, account.path);
  const { counters } = platform.carrier.simulator;
  await until('the carrier has its answer', () => counters.redelivered > 0 && counters.acknowledged === 2, {
    tell: () => counters,
  });
  await platform.advance(hour);
  await platform.customer.whenTold(mobile(2));
  await platform.quiet();
  assert.deepEqual(
    platform.customer.pushes.map(({ status, fields }) => status || Object.keys(fields).at(-1)).sort(),
    ['BLACKLISTED_NUMBER', 'DELIVERED', 'DELIVERED', 'stop_date'],
  );
  assert.equal((await repliesTo(platform)).length, 1);
  assert.equal(platform.carrier.takenFor(number), 1);
  assert.deepEqual(await platform.credit(account), { availableMicros: 900_000n, heldMicros: 0n });
});

test('the callback of a reply is pushed after the process that recorded it has ended', async () => {
  await using platform = await openPlatform({
    processes: [['listeners', 'jobs', 'maintenance', 'dispatch']],
  });
  const account = await platform.anAccount();
  await sendRest(platform.url, account, { to: [mobile(1, '99')], text, purpose: 'marketing' });
  await until('it is recorded', async () => (await repliesTo(platform)).length === 1);
  await platform.processes[0]!.stop();
  await platform.start(['callbacks']);
  const pushes = await platform.customer.whenTaken(2, account.path);
  assert.ok(pushes.some(({ fields }) => 'stop_date' in fields));
  await platform.quiet();
});

test('a STOP that came between acceptance and the turn of a message is found when its turn comes', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ creditMicros: 1_000_000n });
  const strict = await platform.anAccount({
    creditMicros: 1_000_000n,
    settings: { optOutsCoverTransactional: true },
  });
  const sendAtMs = workingHours + hour;
  await sendRest(platform.url, account, { to: [mobile(1), mobile(2)], text, purpose: 'marketing', sendAtMs });
  await sendRest(platform.url, account, { to: [mobile(3)], sendAtMs });
  await sendRest(platform.url, strict, { to: [mobile(4), mobile(5)], sendAtMs });
  for (const [whose, index] of [
    [account, 1],
    [account, 3],
    [strict, 4],
  ] as const)
    await insertOptOut(
      platform.query,
      { bucket: 0, id: whose.id },
      Number(mobile(index)),
      null,
      platform.clock.now(),
    );
  await platform.advance(hour);
  for (const index of [1, 4])
    assert.equal((await platform.customer.whenTold(mobile(index))).status, 'BLACKLISTED_NUMBER');
  for (const index of [2, 3, 5])
    assert.equal((await platform.customer.whenTold(mobile(index))).status, 'DELIVERED');
  await platform.quiet();
  assert.equal(platform.carrier.taken.length, 3);
  assert.deepEqual(await platform.credit(account), { availableMicros: 900_000n, heldMicros: 0n });
  assert.deepEqual(await platform.credit(strict), { availableMicros: 950_000n, heldMicros: 0n });
});
