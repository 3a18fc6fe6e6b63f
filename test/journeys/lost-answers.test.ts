// The database commits, and its answer is lost: no work is done twice for that, and none is lost.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { restTicket } from '../../src/dialects/octopush/rest/ticket.ts';
import { mobile, sendLegacy, sendRest } from '../support/clients.ts';
import { openPlatform } from '../support/platform.ts';
import { until } from '../support/until.ts';

test('a request with a lost answer to its commit receives an error, and its message is sent once', async () => {
  await using platform = await openPlatform({ overWire: true });
  const account = await platform.anAccount();
  const lost = platform.wire.loseAnswer('accept', 'SELECT 1');
  const answer = await sendLegacy(platform.url, account, { to: [mobile(1)] });
  await lost;
  assert.equal(answer.code, '125');
  assert.equal(await platform.count('messages'), 1, 'it was committed all the same');
  await platform.customer.whenTaken(1);
  await platform.quiet();
  assert.equal(platform.carrier.taken.length, 1);
});

test('with a request_id the customer can repeat the request, and learns its ticket', async () => {
  await using platform = await openPlatform({ overWire: true });
  const account = await platform.anAccount();
  const lost = platform.wire.loseAnswer('claim_keys', 'COMMIT');
  const order = { to: [mobile(1)], requestId: 'order' };
  assert.equal((await sendRest(platform.url, account, order)).status, 500);
  await lost;
  const { code, body } = await sendRest(platform.url, account, order);
  assert.equal(code, '182');
  const [campaign] = await platform.query<{ id: number }>('select id from campaigns');
  assert.equal((JSON.parse(body) as { sms_ticket: string }).sms_ticket, restTicket(campaign!.id));
  await platform.customer.whenTaken(1);
  await platform.quiet();
});

test('outcomes with a lost answer to their commit are charged once', async () => {
  await using platform = await openPlatform({ overWire: true });
  const account = await platform.anAccount({ creditMicros: 10_000_000n });
  const lost = platform.wire.loseAnswer('settle', 'COMMIT');
  const to = [...Array.from({ length: 20 }, (_, i) => mobile(i)), mobile(50, '91'), mobile(51, '91')];
  await sendRest(platform.url, account, { to });
  await lost;
  await platform.customer.whenTaken(22);
  await platform.quiet();
  assert.deepEqual(await platform.credit(account), { availableMicros: 9_000_000n, heldMicros: 0n });
  assert.deepEqual(platform.carrier.duplicates, []);
});

test('receipts with a lost answer to their commit are pushed after the carrier has repeated them', async () => {
  await using platform = await openPlatform({ overWire: true });
  const account = await platform.anAccount();
  const lost = platform.wire.loseAnswer('finish_messages', 'SELECT 5');
  await sendRest(platform.url, account, { to: Array.from({ length: 5 }, (_, i) => mobile(i)) });
  await lost;
  await platform.customer.whenTaken(5);
  await platform.quiet();
});

test('a lost claim is found and its messages are sent', async () => {
  await using platform = await openPlatform({ overWire: true });
  const account = await platform.anAccount();
  const sendAtMs = platform.clock.now() + 60_000;
  await sendRest(platform.url, account, { to: [mobile(1)], sendAtMs });
  const lost = platform.wire.loseAnswer('claim_chunks', 'UPDATE 1');
  await platform.advance(61_000);
  await lost;
  await platform.customer.whenTaken(1);
  await platform.quiet();
  assert.equal(platform.carrier.taken.length, 1);
});

test('a database that is away for seconds costs answers, and nothing that was accepted', async () => {
  await using platform = await openPlatform({ overWire: true });
  const account = await platform.anAccount();
  const to = Array.from({ length: 100 }, (_, i) => mobile(i));
  const accepted: string[] = [];
  const send = async (number: string) => {
    const answer = await sendLegacy(platform.url, account, { to: [number] });
    if (answer.isAccepted) accepted.push(number);
    return answer.isAccepted;
  };
  const before = to.slice(0, 50).map(send);
  await until('some are accepted', () => accepted.length > 5);
  platform.wire.cut();
  await Promise.all(before);
  assert.equal(await send(mobile(500)), false);
  platform.wire.mend();
  await until('requests are accepted again', () => send(mobile(600)));
  await Promise.all(to.slice(50).map(send));
  for (const number of accepted) await platform.customer.whenTold(number);
  await platform.quiet();
  assert.deepEqual(
    platform.carrier.duplicates.filter((number) => number !== mobile(600)),
    [],
  );
});
