// Request in, receipt out, for every fate of the simulated carrier.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mobile, sendLegacy, sendRest } from '../support/clients.ts';
import { openPlatform, priceMicros } from '../support/platform.ts';
import { until } from '../support/until.ts';

const dialects = [
  ['octopush-legacy', sendLegacy],
  ['octopush-rest', sendRest],
] as const;

for (const [dialect, send] of dialects) {
  test(`${dialect}: a message is delivered, charged and reported`, async () => {
    await using platform = await openPlatform();
    const account = await platform.anAccount({ creditMicros: 1_000_000n });
    const number = mobile(1);
    const answer = await send(platform.url, account, { to: [number], text: 'Bonjour' });
    assert.ok(answer.isAccepted, answer.body);

    const push = await platform.customer.whenTold(number);
    assert.equal(push.status, 'DELIVERED');
    assert.equal(push.ticket, answer.ticket);
    assert.equal(push.path, account.path);
    await platform.quiet();
    assert.deepEqual(await platform.credit(account), { availableMicros: 950_000n, heldMicros: 0n });
    const [text] = platform.carrier.inbox();
    assert.partialDeepStrictEqual(text, { from: 'Chappe', to: number, text: 'Bonjour' });
    assert.equal(platform.customer.pushes.length, 1);
  });
}

/** Last digits of the number, final status, status in the callback, whether it is charged. */
const endings = [
  ['00', 'delivered', 'DELIVERED', true],
  ['90', 'undelivered', 'NOT_DELIVERED', true],
  ['91', 'rejected', 'BAD_DESTINATION', false],
  ['92', 'expired', 'NOT_DELIVERED', true],
  ['95', 'delivered', 'DELIVERED', true],
  ['96', 'delivered', 'DELIVERED', true],
  ['97', 'delivered', 'DELIVERED', true],
  ['98', 'delivered', 'DELIVERED', true],
  ['99', 'delivered', 'DELIVERED', true],
] as const;

test('every fate has its final status and one callback, and is charged only when the carrier took the message', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ creditMicros: 1_000_000n });
  for (const [ending] of endings) {
    const answer = await sendRest(platform.url, account, { to: [mobile(2, ending)], text: `fate ${ending}` });
    assert.ok(answer.isAccepted, answer.body);
  }
  for (const [ending, , reported] of endings)
    assert.equal((await platform.customer.whenTold(mobile(2, ending))).status, reported, `fate ${ending}`);
  await platform.quiet();
  for (const [ending, status] of endings)
    assert.equal(await platform.statusOf(mobile(2, ending)), status, `fate ${ending}`);
  const charged = BigInt(endings.filter(([, , , isCharged]) => isCharged).length) * priceMicros;
  assert.deepEqual(await platform.credit(account), { availableMicros: 1_000_000n - charged, heldMicros: 0n });
  assert.equal(platform.customer.pushes.length, endings.length, 'one callback each');
  assert.deepEqual(platform.carrier.duplicates, []);

  const replies = await until('both phones have answered', async () => {
    const rows = await platform.query<{ text: string; is_opt_out: boolean; msisdn: number }>(
      'select text, is_opt_out, msisdn from replies order by text',
    );
    return rows.length === 2 && rows;
  });
  assert.deepEqual(replies, [
    { text: 'OK', is_opt_out: false, msisdn: Number(mobile(2, '98')) },
    { text: 'STOP', is_opt_out: true, msisdn: Number(mobile(2, '99')) },
  ]);
});

test('a message that never gets a receipt is charged and stays submitted', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ creditMicros: 1_000_000n });
  await sendRest(platform.url, account, { to: [mobile(3, '93')] });
  await until('it is charged', async () => (await platform.credit(account)).heldMicros === 0n);
  assert.equal(platform.carrier.takenFor(mobile(3, '93')), 1);
  assert.equal(await platform.statusOf(mobile(3, '93')), 'accepted');
  assert.deepEqual(await platform.credit(account), { availableMicros: 950_000n, heldMicros: 0n });
  assert.deepEqual(platform.customer.pushes, []);
});

test('a late receipt is pushed when it arrives', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const number = mobile(4, '94');
  await sendRest(platform.url, account, { to: [number] });
  await until('the carrier has it', () => platform.carrier.takenFor(number) === 1);
  await until('it is charged', async () => (await platform.credit(account)).heldMicros === 0n);
  assert.deepEqual(platform.customer.pushes, []);
  await platform.advance(30_000);
  assert.equal((await platform.customer.whenTold(number)).status, 'DELIVERED');
});

test('a long message is delivered when all its parts are', async () => {
  const number = mobile(5);
  await using platform = await openPlatform({ carrier: { behaviour: { holdReceipts: true } } });
  const account = await platform.anAccount({ creditMicros: 1_000_000n });
  const text = 'In three parts. '.repeat(28).trim();
  assert.ok((await sendRest(platform.url, account, { to: [number], text })).isAccepted);
  await until('its three parts are charged', async () => (await platform.credit(account)).heldMicros === 0n);
  assert.deepEqual(await platform.credit(account), { availableMicros: 850_000n, heldMicros: 0n });
  assert.equal(platform.carrier.takenFor(number), 3);
  assert.equal(platform.carrier.inbox()[0]?.text, text);
  assert.equal(await platform.statusOf(number), 'accepted', 'no part was reported yet');
  platform.carrier.simulator.setBehaviour({ holdReceipts: false });
  assert.equal((await platform.customer.whenTold(number)).status, 'DELIVERED');
  await platform.quiet();
  assert.equal(platform.customer.pushes.length, 1);
  const [row] = await platform.query('select done_segments from messages');
  assert.deepEqual(row, { done_segments: 0b111 });
});

test('a long message with one failed part has failed, with any result of its other parts', async () => {
  const number = mobile(6, '90');
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  await sendRest(platform.url, account, { to: [number], text: 'In three parts. '.repeat(28).trim() });
  assert.equal((await platform.customer.whenTold(number)).status, 'NOT_DELIVERED');
  await platform.quiet();
  assert.equal(platform.customer.pushes.length, 1);
});

test('each of five hundred recipients in one request receives one message and causes one callback', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ creditMicros: 100_000_000n });
  const to = Array.from({ length: 500 }, (_, i) => mobile(1000 + i));
  const answer = await sendRest(platform.url, account, { to });
  assert.ok(answer.isAccepted, answer.body);
  assert.equal(JSON.parse(answer.body).number_of_contacts, 500);
  await platform.customer.whenTaken(500);
  await platform.quiet();
  assert.equal(platform.carrier.taken.length, 500);
  assert.deepEqual(platform.carrier.duplicates, []);
  assert.equal(platform.customer.pushes.length, 500);
  assert.deepEqual(await platform.credit(account), { availableMicros: 75_000_000n, heldMicros: 0n });
});
