// The database commits, and its answer is lost on the way: nothing may be done twice for that, and nothing forgotten.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mobile, sendLegacy, sendRest } from '../support/clients.ts';
import { openHouse } from '../support/platform.ts';
import { until } from '../support/until.ts';

test('a request whose commit was not heard of is answered with an error, and its message still leaves once', async () => {
  await using house = await openHouse({ overWire: true });
  const account = await house.anAccount();
  const lost = house.wire.loseAnswer('accept', 'SELECT 1');
  const answer = await sendLegacy(house.url, account, { to: [mobile(1)] });
  await lost;
  assert.equal(answer.code, '125');
  assert.equal(await house.count('messages'), 1, 'it was committed all the same');
  await house.customer.whenTaken(1);
  await house.quiet();
  assert.equal(house.carrier.taken.length, 1);
});

test('with a request_id the customer may simply ask again, and learns that it was seen', async () => {
  await using house = await openHouse({ overWire: true });
  const account = await house.anAccount();
  const lost = house.wire.loseAnswer('claim_keys', 'COMMIT');
  const order = { to: [mobile(1)], requestId: 'order' };
  assert.equal((await sendRest(house.url, account, order)).status, 500);
  await lost;
  assert.equal((await sendRest(house.url, account, order)).code, '182');
  await house.customer.whenTaken(1);
  await house.quiet();
});

test('outcomes whose commit was not heard of are charged once', async () => {
  await using house = await openHouse({ overWire: true });
  const account = await house.anAccount({ creditMicros: 10_000_000n });
  const lost = house.wire.loseAnswer('settle', 'COMMIT');
  const to = [...Array.from({ length: 20 }, (_, i) => mobile(i)), mobile(50, '91'), mobile(51, '91')];
  await sendRest(house.url, account, { to });
  await lost;
  await house.customer.whenTaken(22);
  await house.quiet();
  assert.deepEqual(await house.credit(account), { availableMicros: 9_000_000n, heldMicros: 0n });
  assert.deepEqual(house.carrier.duplicates, []);
});

test('receipts whose commit was not heard of are told once the carrier has repeated them', async () => {
  await using house = await openHouse({ overWire: true });
  const account = await house.anAccount();
  const lost = house.wire.loseAnswer('finish_messages', 'SELECT 5');
  await sendRest(house.url, account, { to: Array.from({ length: 5 }, (_, i) => mobile(i)) });
  await lost;
  await house.customer.whenTaken(5);
  await house.quiet();
});

test('a claim that was not heard of does not keep its messages for ever', async () => {
  await using house = await openHouse({ overWire: true });
  const account = await house.anAccount();
  const sendAtMs = house.clock.now() + 60_000;
  await sendRest(house.url, account, { to: [mobile(1)], sendAtMs });
  const lost = house.wire.loseAnswer('claim_chunks', 'UPDATE 1');
  await house.advance(61_000);
  await lost;
  await house.customer.whenTaken(1);
  await house.quiet();
  assert.equal(house.carrier.taken.length, 1);
});

test('a database that is away for seconds costs answers, and nothing that was accepted', async () => {
  await using house = await openHouse({ overWire: true });
  const account = await house.anAccount();
  const to = Array.from({ length: 100 }, (_, i) => mobile(i));
  const accepted: string[] = [];
  const send = async (number: string) => {
    const answer = await sendLegacy(house.url, account, { to: [number] });
    if (answer.isAccepted) accepted.push(number);
    return answer.isAccepted;
  };
  const before = to.slice(0, 50).map(send);
  await until('some are accepted', () => accepted.length > 5);
  house.wire.cut();
  await Promise.all(before);
  assert.equal(await send(mobile(500)), false);
  house.wire.mend();
  await until('requests are accepted again', () => send(mobile(600)));
  await Promise.all(to.slice(50).map(send));
  for (const number of accepted) await house.customer.whenTold(number);
  await house.quiet();
  assert.deepEqual(
    house.carrier.duplicates.filter((number) => number !== mobile(600)),
    [],
  );
});
