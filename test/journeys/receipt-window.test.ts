// Submitted messages without a receipt: after their receipt window they are unknown, reported once in each dialect, and stay
// charged.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageStatusCodes } from '../../src/domain/base/message.ts';
import { mobile, sendLegacy, sendRest } from '../support/clients.ts';
import { jobClient, notice } from '../support/ovh-jobs.ts';
import {
  openPlatform,
  priceMicros,
  type TestAccount,
  type TestPlatform,
  workingHours,
} from '../support/platform.ts';
import { until } from '../support/until.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Of an ordinary message: two days of validity, three of waiting. */
const windowMs = 5 * dayMs;
/** A slice is not looked at again sooner. */
const roundMs = 600_000;

const credit = { creditMicros: 100_000_000n };

async function sendUnreported(
  platform: TestPlatform,
  account: TestAccount,
  to: readonly string[],
): Promise<void> {
  const answer = await sendRest(platform.url, account, { to });
  assert.ok(answer.isAccepted, answer.body);
  await platform.quiet();
}

/** Until the loop has looked at every slice that is due. */
async function lookedAt(platform: TestPlatform): Promise<void> {
  await until('nothing is due', async () => {
    const due = await platform.query(
      `select 1 from receipt_windows where expires_from <= to_timestamp($1::float8 / 1000)`,
      [platform.clock.now() - 3 * dayMs],
    );
    return due.length === 0;
  });
}

test('without a receipt a message is unknown after its window, is reported once in its dialect, and stays charged', async () => {
  await using platform = await openPlatform();
  const rest = await platform.anAccount(credit);
  const legacy = await platform.anAccount(credit);
  const ovh = await platform.anAccount(credit);
  const quiet = await platform.anAccount({ ...credit, callbackPath: null });
  const client = jobClient(platform, ovh);
  await sendRest(platform.url, rest, { to: [mobile(1, '93'), mobile(2)] });
  await sendLegacy(platform.url, legacy, { to: [mobile(3, '93')] });
  const { ids } = await client.send({ ...notice, receivers: [`+${mobile(4, '93')}`] });
  await sendRest(platform.url, quiet, { to: [mobile(5, '93')] });
  await platform.quiet();
  await platform.customer.whenTold(mobile(2));
  const before = await platform.credit(rest);

  await platform.advance(windowMs - hourMs);
  await lookedAt(platform);
  assert.equal(platform.customer.pushes.length, 1, 'an hour is left');

  await platform.advance(2 * hourMs);
  assert.equal((await platform.customer.whenTold(mobile(1, '93'))).status, 'UNKNOWN_DELIVERY');
  const [push] = await platform.customer.whenTaken(1, legacy.path);
  assert.equal(push!.status, 'UNKNOWN_DELIVERY');
  const [called] = await platform.customer.whenTaken(1, ovh.path);
  assert.partialDeepStrictEqual(called!.fields, { id: String(ids[0]), ptt: '6', dlr: '2' });
  const read = await client.ok<{ ptt: number; deliveryReceipt: number; credits: number }>(
    'GET',
    `${client.path}/outgoing/${ids[0]}`,
  );
  assert.partialDeepStrictEqual(read, { ptt: 6, deliveryReceipt: 2, credits: 1 });
  await until(
    'nobody is told of this one',
    async () => (await platform.statusOf(mobile(5, '93'))) === 'unknown',
  );
  assert.deepEqual(await platform.credit(rest), before);
  assert.equal(before.availableMicros, credit.creditMicros - 2n * priceMicros);
  const [message] = await platform.query<{ error: string; connector: number; submitted: boolean }>(
    'select error, connector_id as connector, submitted_at is not null as submitted from messages where msisdn = $1',
    [Number(mobile(1, '93'))],
  );
  assert.deepEqual(message, { error: 'no receipt came in time', connector: 1, submitted: true });

  await platform.advance(dayMs);
  await lookedAt(platform);
  await platform.quiet();
  assert.equal(platform.customer.pushes.length, 4, 'each was told once');
});

test('the window is a setting', async () => {
  await using platform = await openPlatform({ config: { receiptWindowHours: 1, validityMinutes: 60 } });
  const account = await platform.anAccount(credit);
  await sendUnreported(platform, account, [mobile(1, '93')]);
  await platform.advance(2 * hourMs + 1_000);
  assert.equal((await platform.customer.whenTold(mobile(1, '93'))).status, 'UNKNOWN_DELIVERY');
});

test('a receipt after the window corrects the status, and is pushed', async () => {
  await using platform = await openPlatform({ carrier: { fates: { '94': { afterMs: windowMs + dayMs } } } });
  const account = await platform.anAccount(credit);
  // Two segments: the first to be reported does not tell yet.
  await sendRest(platform.url, account, { to: [mobile(1, '94')], text: 'long '.repeat(40) });
  await platform.quiet();
  const charged = await platform.credit(account);
  await platform.advance(windowMs + hourMs);
  assert.equal((await platform.customer.whenTold(mobile(1, '94'))).status, 'UNKNOWN_DELIVERY');
  await platform.quiet();

  await platform.advance(dayMs);
  const told = await platform.customer.whenTaken(2);
  assert.deepEqual(
    told.map(({ status }) => status),
    ['UNKNOWN_DELIVERY', 'DELIVERED'],
  );
  const rows = await platform.query('select status, error from messages');
  assert.deepEqual(rows, [{ status: messageStatusCodes.delivered, error: null }]);
  assert.deepEqual(await platform.credit(account), charged);
  await platform.quiet();
  assert.equal(platform.customer.pushes.length, 2);
});

test('several processes end thousands of messages once', async () => {
  const all = ['listeners', 'jobs', 'maintenance', 'dispatch', 'callbacks'] as const;
  await using platform = await openPlatform({ processes: [all, all, ['dispatch']] });
  const account = await platform.anAccount({ creditMicros: 1_000_000_000n });
  const count = 2_400;
  for (let first = 0; first < count; first += 400)
    await sendRest(platform.url, account, {
      to: Array.from({ length: 400 }, (_, i) => mobile(first + i, '93')),
    });
  await platform.quiet();
  await platform.advance(windowMs + hourMs);
  await platform.customer.whenTaken(count);
  await platform.quiet();
  assert.equal(platform.customer.pushes.length, count);
  assert.equal(new Set(platform.customer.pushes.map(({ number }) => number)).size, count);
  assert.ok(platform.customer.pushes.every(({ status }) => status === 'UNKNOWN_DELIVERY'));
});

test('messages that wait for their time delay no others, and are checked again later', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount(credit);
  const later = workingHours + 30 * dayMs;
  await sendRest(platform.url, account, { to: [mobile(1, '93')], sendAtMs: later });
  await sendRest(platform.url, account, { to: [mobile(2, '93')] });
  await until('it is charged', async () => (await platform.credit(account)).heldMicros === priceMicros);
  await platform.advance(windowMs + hourMs);
  await platform.customer.whenTold(mobile(2, '93'));
  await lookedAt(platform);
  assert.equal(await platform.statusOf(mobile(1, '93')), 'accepted');

  await platform.advance(later - platform.clock.now() + hourMs);
  await until('it left', () => platform.carrier.takenFor(mobile(1, '93')) === 1);
  await platform.quiet();
  await lookedAt(platform);
  assert.equal(platform.customer.pushes.length, 1);
  await platform.advance(windowMs);
  await platform.customer.whenTold(mobile(1, '93'));
  await platform.quiet();
  assert.equal(platform.customer.pushes.length, 2);
});

test('a slice is closed when its messages are final, and not while ids are taken from it', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount(credit);
  await sendUnreported(platform, account, [mobile(1, '93')]);
  const slices = async () =>
    (await platform.query<{ id: number }>('select first_id as id from receipt_windows order by 1')).map(
      ({ id }) => id,
    );
  await until('it is noted', async () => (await slices()).includes(0));
  await platform.query("update id_sequences set next = 30000 where name = 'message'");
  await until('the next is noted', async () => (await slices()).includes(20_000));
  await platform.advance(windowMs + roundMs);
  await platform.customer.whenTold(mobile(1, '93'));
  await until('the first is closed', async () => !(await slices()).includes(0));
  assert.deepEqual(await slices(), [20_000]);
});
