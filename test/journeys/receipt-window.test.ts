// Messages that a carrier took and never told the end of: after their receipt window they are unknown, told once in each
// dialect, and stay charged.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageStatusCodes } from '../../src/domain/base/message.ts';
import { mobile, sendLegacy, sendRest } from '../support/clients.ts';
import { jobClient, notice } from '../support/ovh-jobs.ts';
import { type House, openHouse, priceMicros, type TestAccount, workingHours } from '../support/platform.ts';
import { until } from '../support/until.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Of an ordinary message: two days of validity, three of waiting. */
const windowMs = 5 * dayMs;
/** A slice is not looked at again sooner. */
const roundMs = 600_000;

const credit = { creditMicros: 100_000_000n };

async function sendUnreported(house: House, account: TestAccount, to: readonly string[]): Promise<void> {
  const answer = await sendRest(house.url, account, { to });
  assert.ok(answer.isAccepted, answer.body);
  await house.quiet();
}

/** Until the loop has looked at every slice that is due. */
async function lookedAt(house: House): Promise<void> {
  await until('nothing is due', async () => {
    const due = await house.query(
      `select 1 from receipt_windows where expires_from <= to_timestamp($1::float8 / 1000)`,
      [house.clock.now() - 3 * dayMs],
    );
    return due.length === 0;
  });
}

test('without a receipt a message is unknown after its window, told once in its dialect, and stays charged', async () => {
  await using house = await openHouse();
  const rest = await house.anAccount(credit);
  const legacy = await house.anAccount(credit);
  const ovh = await house.anAccount(credit);
  const quiet = await house.anAccount({ ...credit, callbackPath: null });
  const client = jobClient(house, ovh);
  await sendRest(house.url, rest, { to: [mobile(1, '93'), mobile(2)] });
  await sendLegacy(house.url, legacy, { to: [mobile(3, '93')] });
  const { ids } = await client.send({ ...notice, receivers: [`+${mobile(4, '93')}`] });
  await sendRest(house.url, quiet, { to: [mobile(5, '93')] });
  await house.quiet();
  await house.customer.whenTold(mobile(2));
  const before = await house.credit(rest);

  await house.advance(windowMs - hourMs);
  await lookedAt(house);
  assert.equal(house.customer.pushes.length, 1, 'an hour is left');

  await house.advance(2 * hourMs);
  assert.equal((await house.customer.whenTold(mobile(1, '93'))).status, 'UNKNOWN_DELIVERY');
  const [push] = await house.customer.whenTaken(1, legacy.path);
  assert.equal(push!.status, 'UNKNOWN_DELIVERY');
  const [called] = await house.customer.whenTaken(1, ovh.path);
  assert.partialDeepStrictEqual(called!.fields, { id: String(ids[0]), ptt: '6', dlr: '2' });
  const read = await client.ok<{ ptt: number; deliveryReceipt: number; credits: number }>(
    'GET',
    `${client.path}/outgoing/${ids[0]}`,
  );
  assert.partialDeepStrictEqual(read, { ptt: 6, deliveryReceipt: 2, credits: 1 });
  await until(
    'nobody is told of this one',
    async () => (await house.statusOf(mobile(5, '93'))) === 'unknown',
  );
  assert.deepEqual(await house.credit(rest), before);
  assert.equal(before.availableMicros, credit.creditMicros - 2n * priceMicros);
  const [message] = await house.query<{ error: string; connector: number; submitted: boolean }>(
    'select error, connector_id as connector, submitted_at is not null as submitted from messages where msisdn = $1',
    [Number(mobile(1, '93'))],
  );
  assert.deepEqual(message, { error: 'no receipt came in time', connector: 1, submitted: true });

  await house.advance(dayMs);
  await lookedAt(house);
  await house.quiet();
  assert.equal(house.customer.pushes.length, 4, 'each was told once');
});

test('the window is a setting', async () => {
  await using house = await openHouse({ config: { receiptWindowHours: 1, validityMinutes: 60 } });
  const account = await house.anAccount(credit);
  await sendUnreported(house, account, [mobile(1, '93')]);
  await house.advance(2 * hourMs + 1_000);
  assert.equal((await house.customer.whenTold(mobile(1, '93'))).status, 'UNKNOWN_DELIVERY');
});

test('a receipt that comes after the window corrects what was told, and is told too', async () => {
  await using house = await openHouse({ carrier: { fates: { '94': { afterMs: windowMs + dayMs } } } });
  const account = await house.anAccount(credit);
  // Two segments: the first to be reported does not tell yet.
  await sendRest(house.url, account, { to: [mobile(1, '94')], text: 'long '.repeat(40) });
  await house.quiet();
  const charged = await house.credit(account);
  await house.advance(windowMs + hourMs);
  assert.equal((await house.customer.whenTold(mobile(1, '94'))).status, 'UNKNOWN_DELIVERY');
  await house.quiet();

  await house.advance(dayMs);
  const told = await house.customer.whenTaken(2);
  assert.deepEqual(
    told.map(({ status }) => status),
    ['UNKNOWN_DELIVERY', 'DELIVERED'],
  );
  const rows = await house.query('select status, error from messages');
  assert.deepEqual(rows, [{ status: messageStatusCodes.delivered, error: null }]);
  assert.deepEqual(await house.credit(account), charged);
  await house.quiet();
  assert.equal(house.customer.pushes.length, 2);
});

test('several processes end thousands of messages once', async () => {
  const all = ['doors', 'dispatch', 'callbacks'] as const;
  await using house = await openHouse({ processes: [all, all, ['dispatch']] });
  const account = await house.anAccount({ creditMicros: 1_000_000_000n });
  const count = 2_400;
  for (let first = 0; first < count; first += 400)
    await sendRest(house.url, account, {
      to: Array.from({ length: 400 }, (_, i) => mobile(first + i, '93')),
    });
  await house.quiet();
  await house.advance(windowMs + hourMs);
  await house.customer.whenTaken(count);
  await house.quiet();
  assert.equal(house.customer.pushes.length, count);
  assert.equal(new Set(house.customer.pushes.map(({ number }) => number)).size, count);
  assert.ok(house.customer.pushes.every(({ status }) => status === 'UNKNOWN_DELIVERY'));
});

test('messages that wait for their time hold nobody back, and are looked at again in their turn', async () => {
  await using house = await openHouse();
  const account = await house.anAccount(credit);
  const later = workingHours + 30 * dayMs;
  await sendRest(house.url, account, { to: [mobile(1, '93')], sendAtMs: later });
  await sendRest(house.url, account, { to: [mobile(2, '93')] });
  await until('it is charged', async () => (await house.credit(account)).heldMicros === priceMicros);
  await house.advance(windowMs + hourMs);
  await house.customer.whenTold(mobile(2, '93'));
  await lookedAt(house);
  assert.equal(await house.statusOf(mobile(1, '93')), 'accepted');

  await house.advance(later - house.clock.now() + hourMs);
  await until('it left', () => house.carrier.takenFor(mobile(1, '93')) === 1);
  await house.quiet();
  await lookedAt(house);
  assert.equal(house.customer.pushes.length, 1);
  await house.advance(windowMs);
  await house.customer.whenTold(mobile(1, '93'));
  await house.quiet();
  assert.equal(house.customer.pushes.length, 2);
});

test('a slice is closed when its messages have their ends, and one that ids are still taken from is not', async () => {
  await using house = await openHouse();
  const account = await house.anAccount(credit);
  await sendUnreported(house, account, [mobile(1, '93')]);
  const slices = async () =>
    (await house.query<{ id: number }>('select first_id as id from receipt_windows order by 1')).map(
      ({ id }) => id,
    );
  await until('it is noted', async () => (await slices()).includes(0));
  await house.query("update id_sequences set next = 30000 where name = 'message'");
  await until('the next is noted', async () => (await slices()).includes(20_000));
  await house.advance(windowMs + roundMs);
  await house.customer.whenTold(mobile(1, '93'));
  await until('the first is closed', async () => !(await slices()).includes(0));
  assert.deepEqual(await slices(), [20_000]);
});
