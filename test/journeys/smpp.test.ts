// The software of a customer binds to the platform by the npm package smpp: it submits, and receives receipts, replies and
// STOPs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mobile } from '../support/clients.ts';
import { openPlatform, priceMicros, type TestPlatform, workingHours } from '../support/platform.ts';
import { receiptOf, SmppClient, textOf } from '../support/smpp-client.ts';
import { until } from '../support/until.ts';

const urlOf = (platform: TestPlatform, process = 0) => platform.processes[process]!.running.smppUrl!;

/** A platform with one account and one transceiver. */
async function openBound(options: Parameters<TestPlatform['anAccount']>[0] = {}) {
  const platform = await openPlatform({ withSmpp: true });
  const account = await platform.anAccount({ callbackPath: null, ...options });
  const client = await SmppClient.bind(urlOf(platform), account.smpp);
  return {
    platform,
    account,
    client,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await platform[Symbol.asyncDispose]();
    },
  };
}

test('a submission over a transceiver is answered with an id, and its receipt has that id', async () => {
  await using scene = await openBound();
  const { platform, client } = scene;
  const answer = await client.submit(mobile(1), 'Bonjour');
  assert.equal(answer.command_status, 0);
  assert.match(answer.message_id!, /^c[0-9a-f]+$/);
  const [receipt] = await client.deliveries(1);
  assert.deepEqual(receiptOf(receipt!), {
    id: answer.message_id,
    stat: 'DELIVRD',
    err: '000',
    dlvrd: '001',
  });
  assert.equal(receipt!.esm_class, 4);
  assert.equal(receipt!.source_addr, mobile(1));
  assert.equal(receipt!.destination_addr, 'Chappe');
  assert.equal(receipt!.receipted_message_id, answer.message_id);
  assert.equal(receipt!.message_state, 2);
  await platform.quiet();
});

test('each fate of a message has its receipt, and a receipt that was not asked for does not leave', async () => {
  await using scene = await openBound();
  const { platform, client } = scene;
  const undelivered = await client.submit(mobile(2, '90'), 'a', { registered_delivery: 2 });
  const refused = await client.submit(mobile(3, '91'), 'b');
  const expired = await client.submit(mobile(4, '92'), 'c');
  await client.submit(mobile(5), 'd', { registered_delivery: 2 });
  await client.submit(mobile(6), 'e', { registered_delivery: 0 });
  const delivered = await client.submit(mobile(7), 'f', { registered_delivery: 3 });
  await platform.quiet();
  await client.deliveries(4);
  const states = new Map(client.delivered.map((pdu) => [receiptOf(pdu).id, receiptOf(pdu).stat]));
  assert.deepEqual(
    states,
    new Map([
      ...states,
      [undelivered.message_id, 'UNDELIV'],
      [refused.message_id, 'REJECTD'],
      [expired.message_id, 'EXPIRED'],
      [delivered.message_id, 'DELIVRD'],
    ]),
  );
  assert.equal(states.size, 4);
});

test('a text of 200 characters in one submit_sm is sent and billed as two segments', async () => {
  await using scene = await openBound({ creditMicros: 1_000_000n });
  const { platform, account, client } = scene;
  await client.submit(mobile(8), 'x'.repeat(200));
  await platform.quiet();
  assert.equal(platform.carrier.takenFor(mobile(8)), 2);
  assert.equal((await platform.credit(account)).availableMicros, 1_000_000n - 2n * priceMicros);
});

test('a text in message_payload and one in UCS-2 with an emoji arrive whole', async () => {
  await using scene = await openBound();
  const { platform, client } = scene;
  const long = 'Un texte assez long pour trois segments. '.repeat(9);
  const payload = await client.submit(mobile(9), '', {
    message_payload: { message: long },
    short_message: '',
  });
  assert.equal(payload.command_status, 0);
  const emoji = await client.submit(mobile(10), 'Bonjour 👋 Łódź', { data_coding: 8 });
  assert.equal(emoji.command_status, 0);
  await platform.quiet();
  const texts = platform.carrier.inbox().map(({ text }) => text);
  assert.deepEqual(texts.toSorted(), ['Bonjour 👋 Łódź', long].toSorted());
});

/** The parts of a text with a header, as clients cut them. */
function partsOf(texts: readonly string[], reference: number): Record<string, unknown>[] {
  return texts.map((message, index) => ({
    esm_class: 0x40,
    short_message: { udh: Buffer.of(5, 0, 3, reference, texts.length, index + 1), message },
  }));
}

test('parts that the client cut become one message, with one receipt for each part', async () => {
  await using scene = await openBound({ creditMicros: 1_000_000n });
  const { platform, account, client } = scene;
  const [first, second, third] = partsOf(['a'.repeat(153), 'b'.repeat(153), 'c'.repeat(20)], 7);
  // The last part first, and the second twice.
  const answers = [];
  for (const part of [third, first, second, second]) answers.push(await client.submit(mobile(11), '', part));
  assert.deepEqual(
    answers.map(({ command_status }) => command_status),
    [0, 0, 0, 0],
  );
  const ids = answers.map(({ message_id }) => message_id!);
  assert.equal(ids[2], ids[3]);
  assert.equal(new Set(ids).size, 3);
  await client.deliveries(3);
  await platform.quiet();
  assert.deepEqual(
    platform.carrier.inbox().map(({ text }) => text),
    ['a'.repeat(153) + 'b'.repeat(153) + 'c'.repeat(20)],
  );
  assert.equal((await platform.credit(account)).availableMicros, 1_000_000n - 3n * priceMicros);
  assert.deepEqual(client.delivered.map((pdu) => receiptOf(pdu).id).toSorted(), [...new Set(ids)].toSorted());
});

test('a text whose last part is refused reports that by the answer, and by a receipt of the other part', async () => {
  await using scene = await openBound({ creditMicros: priceMicros });
  const { platform, client } = scene;
  const [first, second] = partsOf(['a'.repeat(153), 'b'.repeat(153)], 8);
  const one = await client.submit(mobile(12), '', first);
  assert.equal(one.command_status, 0);
  const two = await client.submit(mobile(12), '', second);
  assert.equal(two.command_status, 0x45);
  const [receipt] = await client.deliveries(1);
  assert.deepEqual(receiptOf(receipt!), { id: one.message_id, stat: 'REJECTD', err: '999', dlvrd: '000' });
  await platform.quiet();
  assert.equal(platform.carrier.takenFor(mobile(12)), 0);
});

test('a text whose part never comes is sent after five minutes with the parts that did', async () => {
  await using scene = await openBound();
  const { platform, client } = scene;
  const [first] = partsOf(['Bonjour', 'b'], 9);
  await client.submit(mobile(13), '', first);
  await platform.advance(5 * 60_000 + 1_000);
  await client.deliveries(1);
  assert.deepEqual(
    platform.carrier.inbox().map(({ text }) => text),
    ['Bonjour'],
  );
});

test('replies and STOPs come over the bind, and a STOP closes the number', async () => {
  await using scene = await openBound();
  const { platform, client } = scene;
  await client.submit(mobile(14, '98'), 'Votre table. STOP au 36180');
  await client.submit(mobile(15, '99'), 'Votre table. STOP au 36180');
  await client.deliveries(4);
  const replies = client.delivered.filter(({ esm_class }) => esm_class === 0);
  assert.deepEqual(replies.map((pdu) => [pdu.source_addr, textOf(pdu)]).toSorted(), [
    [mobile(14, '98'), 'OK'],
    [mobile(15, '99'), 'STOP'],
  ]);
  const again = await client.submit(mobile(15, '99'), 'Soldes ! STOP au 36180', { service_type: 'PROMO' });
  assert.equal(again.command_status, 0x0b);
  await platform.quiet();
});

test('a message to a number of the account that answers nothing comes over the bind', async () => {
  await using scene = await openBound();
  const { platform, account, client } = scene;
  await platform.query(
    "insert into reply_numbers (number, kind, countries, created_at, account_id) values ($1, 'virtual', '{FR}', now(), $2)",
    ['33700000001', account.id],
  );
  platform.carrier.reply(mobile(16), '33700000001', 'Bonjour ?');
  const [reply] = await client.deliveries(1);
  assert.deepEqual(
    [reply!.source_addr, reply!.destination_addr, textOf(reply!)],
    [mobile(16), '33700000001', 'Bonjour ?'],
  );
});

test('receipts of a customer without a bind wait for the next one', async () => {
  await using platform = await openPlatform({ withSmpp: true });
  const account = await platform.anAccount({ callbackPath: null });
  const ids: string[] = [];
  {
    await using transmitter = await SmppClient.bind(urlOf(platform), account.smpp, 'bind_transmitter');
    for (let i = 0; i < 30; i++) ids.push((await transmitter.submit(mobile(20 + i), `n ${i}`)).message_id!);
    await until('all are delivered', async () => {
      const [row] = await platform.query<{ n: number }>(
        'select count(*) as n from messages where status = 2',
      );
      return row!.n === 30;
    });
    assert.deepEqual(transmitter.delivered, []);
  }
  await platform.advance(2 * 3_600_000);
  await using receiver = await SmppClient.bind(urlOf(platform), account.smpp, 'bind_receiver');
  await receiver.deliveries(30);
  assert.deepEqual(receiver.delivered.map((pdu) => receiptOf(pdu).id).toSorted(), ids.toSorted());
  await platform.quiet();
  assert.equal(await platform.count('callbacks'), 0);
});

test('a receipt without a response is given to another bind, one that is refused for now comes again, a final refusal ends it', async () => {
  await using scene = await openBound();
  const { platform, account, client } = scene;
  client.answer = () => null;
  const silent = await client.submit(mobile(60), 'no response');
  await client.deliveries(1);
  await client[Symbol.asyncDispose]();
  await using second = await SmppClient.bind(urlOf(platform), account.smpp);
  const [repeated] = await second.deliveries(1);
  assert.equal(receiptOf(repeated!).id, silent.message_id);

  let refusals = 0;
  second.answer = () => (refusals++ === 0 ? 0x14 : 0);
  const full = await second.submit(mobile(61), 'queue full');
  await second.deliveries(2);
  await platform.advance(10_000);
  await second.deliveries(3);
  assert.deepEqual(
    second.delivered.slice(1).map((pdu) => receiptOf(pdu).id),
    [full.message_id, full.message_id],
  );
  second.answer = () => 0x65;
  await second.submit(mobile(62), 'never again');
  await second.deliveries(4);
  await until('no callback is left', async () => (await platform.count('callbacks')) === 0);
});

test('a customer is reached over a bind of another process', async () => {
  await using platform = await openPlatform({
    withSmpp: true,
    processes: [['listeners'], ['dispatch', 'callbacks', 'jobs', 'maintenance', 'listeners']],
  });
  const account = await platform.anAccount({ callbackPath: null });
  await using transmitter = await SmppClient.bind(urlOf(platform, 0), account.smpp, 'bind_transmitter');
  await using receiver = await SmppClient.bind(urlOf(platform, 0), account.smpp, 'bind_receiver');
  const answer = await transmitter.submit(mobile(63), 'Bonjour');
  const [receipt] = await receiver.deliveries(1);
  assert.equal(receiptOf(receipt!).id, answer.message_id);
  await receiver[Symbol.asyncDispose]();
  await using other = await SmppClient.bind(urlOf(platform, 1), account.smpp, 'bind_receiver');
  const next = await transmitter.submit(mobile(64), 'Bonjour');
  const [elsewhere] = await other.deliveries(1);
  assert.equal(receiptOf(elsewhere!).id, next.message_id);
  await platform.quiet();
});

test('submit_multi has one id, and names the destinations that it refuses', async () => {
  await using scene = await openBound();
  const { platform, client } = scene;
  const destinations = [mobile(70), mobile(71), '12'].map((destination_addr) => ({
    dest_addr_ton: 1,
    dest_addr_npi: 1,
    destination_addr,
  }));
  const answer = await client.ask('submit_multi', {
    source_addr: 'Chappe',
    dest_address: destinations,
    short_message: 'Bonjour',
    registered_delivery: 1,
  });
  assert.equal(answer.command_status, 0);
  assert.deepEqual(
    (answer['unsuccess_sme'] as { destination_addr: string; error_status_code: number }[]).map(
      ({ destination_addr, error_status_code }) => [destination_addr, error_status_code],
    ),
    [['12', 0x0b]],
  );
  await client.deliveries(2);
  assert.deepEqual(client.delivered.map((pdu) => [receiptOf(pdu).id, pdu.source_addr]).toSorted(), [
    [answer.message_id, mobile(70)],
    [answer.message_id, mobile(71)],
  ]);
  await platform.quiet();
});

test('a scheduled message is queried and cancelled by its id and its addresses, and its receipt says DELETED', async () => {
  await using scene = await openBound();
  const { platform, account, client } = scene;
  const later = '000001000000000R';
  const first = await client.submit(mobile(80), 'Plus tard', { schedule_delivery_time: later });
  const second = await client.submit(mobile(81), 'Plus tard', { schedule_delivery_time: later });
  const query = (message_id: string, source_addr = 'Chappe') =>
    client.ask('query_sm', { message_id, source_addr });
  assert.equal((await query(first.message_id!))['message_state'], 1);
  assert.equal((await query(first.message_id!, 'Other')).command_status, 0x0c);
  assert.equal((await query('c999999')).command_status, 0x0c);
  const cancelled = await client.ask('cancel_sm', {
    message_id: first.message_id,
    source_addr: 'Chappe',
    destination_addr: mobile(80),
  });
  assert.equal(cancelled.command_status, 0);
  const byAddress = await client.ask('cancel_sm', {
    message_id: '',
    source_addr: 'Chappe',
    destination_addr: mobile(81),
  });
  assert.equal(byAddress.command_status, 0);
  await client.deliveries(2);
  assert.deepEqual(
    client.delivered.map((pdu) => [receiptOf(pdu).id, receiptOf(pdu).stat]).toSorted(),
    [
      [first.message_id, 'DELETED'],
      [second.message_id, 'DELETED'],
    ].toSorted(),
  );
  const state = await query(first.message_id!);
  assert.deepEqual([state['message_state'], state.command_status], [4, 0]);
  const sent = await client.submit(mobile(82), 'Maintenant');
  await client.deliveries(3);
  const late = await client.ask('cancel_sm', { message_id: sent.message_id, source_addr: 'Chappe' });
  assert.equal(late.command_status, 0x11);
  const replace = await client.ask('replace_sm', {
    message_id: sent.message_id,
    source_addr: 'Chappe',
    short_message: 'x',
  });
  assert.equal(replace.command_status, 0x13);
  const other = await platform.anAccount({ callbackPath: null });
  await using foreign = await SmppClient.bind(urlOf(platform), other.smpp);
  const asked = await foreign.ask('query_sm', { message_id: sent.message_id, source_addr: 'Chappe' });
  assert.equal(asked.command_status, 0x0c);
  assert.equal((await platform.credit(account)).heldMicros, 0n);
  await platform.quiet();
});

const refusals: readonly (readonly [what: string, status: number, fields: Record<string, unknown>])[] = [
  ['a number that is none', 0x0b, { destination_addr: '12' }],
  ['a landline', 0x0b, { destination_addr: '33144556677' }],
  ['a country without a price', 0x0b, { destination_addr: '4915112345678' }],
  ['a sender of 15 letters', 0x0a, { source_addr: 'abcdefghijklmno' }],
  ['no text', 0x01, { short_message: '' }],
  [
    'a text of 31 segments',
    0x01,
    { short_message: '', message_payload: { message: 'x'.repeat(153 * 30 + 1) } },
  ],
  ['binary content', 0x45, { data_coding: 4, short_message: { message: Buffer.of(1, 2, 3) } }],
  ['a schedule that is no time', 0x61, { schedule_delivery_time: '991301000000000+' }],
  ['a schedule in two years', 0x61, { schedule_delivery_time: '281130000000000+' }],
  ['a validity in the past', 0x62, { validity_period: '200101000000000+' }],
  ['marketing without its STOP', 0x45, { service_type: 'PROMO' }],
  ['a header beyond the text', 0x43, { esm_class: 0x40, short_message: { message: Buffer.of(200, 1) } }],
];

test('each refusal has its command_status', async () => {
  await using scene = await openBound({ creditMicros: 1_000_000n });
  const { platform, account, client } = scene;
  for (const [what, status, fields] of refusals) {
    const answer = await client.submit(mobile(90), 'Bonjour', fields);
    assert.equal(answer.command_status, status, what);
  }
  assert.deepEqual(await platform.credit(account), { availableMicros: 1_000_000n, heldMicros: 0n });
  assert.equal(await platform.count('campaigns'), 0);
  // The bind lives.
  assert.equal((await client.submit(mobile(90), 'Bonjour')).command_status, 0);
  await platform.quiet();
});

test('a message leaves at its absolute time, and expires by its validity', async () => {
  await using scene = await openBound();
  const { platform, client } = scene;
  const at = (ms: number) => {
    const [date = '', time = ''] = new Date(ms).toISOString().split('T');
    return `${date.slice(2).replaceAll('-', '')}${time.slice(0, 8).replaceAll(':', '')}000+`;
  };
  await client.submit(mobile(91), 'Dans une heure', { schedule_delivery_time: at(workingHours + 3_600_000) });
  assert.equal(platform.carrier.takenFor(mobile(91)), 0);
  await platform.advance(3_600_000 + 1_000);
  await client.deliveries(1);
  assert.equal(platform.carrier.takenFor(mobile(91)), 1);
});
