// Replies as real carriers bring them: in parts, one at a time, repeated, over a link that breaks, from senders in any
// form. Each counts once, and none is lost.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listReplies } from '../../src/store/pipeline/replies.ts';
import { insertReplyNumber } from '../../src/store/platform/reply-numbers.ts';
import { mobile, sendLegacy } from '../support/clients.ts';
import { openPlatform, type TestAccount, type TestPlatform } from '../support/platform.ts';
import { isOptedOut, optOutOf } from '../support/replies.ts';
import { ScriptedCarrier } from '../support/scripted-carrier.ts';
import { until } from '../support/until.ts';

const minute = 60_000;
const shortCode = '36180';
const taken = { status: 0 };
const number = mobile(1);
/** As a carrier of France writes it. */
const national = `0${number.slice(2)}`;

const texts = [
  'STOP. Je ne suis plus client chez vous ',
  'depuis trois ans, et je vous ai ',
  'déjà écrit deux fois.',
];

function partOf(index: number, over: { reference?: number; from?: string; text?: string } = {}) {
  const { reference = 7, from = national, text = texts[index]! } = over;
  return {
    source_addr: from,
    source_addr_ton: 2,
    source_addr_npi: 1,
    destination_addr: shortCode,
    esm_class: 0x40,
    data_coding: 3,
    short_message: Buffer.concat([
      Uint8Array.of(5, 0, 3, reference, texts.length, index + 1),
      Buffer.from(text, 'latin1'),
    ]),
  };
}

async function scene(over: { country?: string; processes?: number } = { country: 'FR' }) {
  const carrier = new ScriptedCarrier();
  await carrier.up();
  const roles = ['listeners', 'jobs', 'maintenance', 'dispatch', 'callbacks'] as const;
  const platform = await openPlatform({
    processes: Array.from({ length: over.processes ?? 1 }, () => roles),
    link: { port: carrier.port, ...(over.country === undefined ? {} : { country: over.country }) },
  });
  return {
    carrier,
    platform,
    async [Symbol.asyncDispose]() {
      await platform[Symbol.asyncDispose]();
      await carrier.down();
    },
  };
}

/** The phone has got advertising, which it can answer with a STOP. */
async function withMarketing(platform: TestPlatform): Promise<TestAccount> {
  const account = await platform.anAccount();
  const text = 'Soldes ! STOP au XXXXX';
  const answer = await sendLegacy(platform.url, account, { to: [number], text, purpose: 'marketing' });
  assert.ok(answer.isAccepted, answer.body);
  await haveLeft(platform, 1);
  return account;
}

async function haveLeft(platform: TestPlatform, count: number): Promise<void> {
  await until('all have left', async () => {
    const [row] = await platform.query<{ n: number }>('select count(*) as n from carrier_references');
    return row!.n === count;
  });
}

const allReplies = (platform: TestPlatform) =>
  listReplies(platform.query, { isUnlinked: false, isUnmatched: false }, 100);

test('a carrier that repeats its parts and restarts in the middle makes one reply, one opt-out, one callback', async () => {
  await using stage = await scene();
  const { carrier, platform } = stage;
  const account = await withMarketing(platform);
  assert.deepEqual(
    await carrier.deliver(partOf(0)),
    taken,
    'the first part is answered before the second is there',
  );
  assert.deepEqual(await carrier.deliver(partOf(0)), taken);
  assert.deepEqual(await carrier.deliver(partOf(1)), taken);
  await carrier.down();
  await carrier.up();
  assert.deepEqual(await carrier.deliver(partOf(1)), taken);
  assert.deepEqual(await carrier.deliver(partOf(2)), taken);
  for (const index of [2, 0, 1, 2]) assert.deepEqual(await carrier.deliver(partOf(index)), taken);
  await platform.advance(10 * minute);
  for (const index of [0, 1, 2]) assert.deepEqual(await carrier.deliver(partOf(index)), taken);

  const [push] = await platform.customer.whenTaken(1, account.path);
  assert.deepEqual(optOutOf(push!), { number, text: texts.join('') });
  await platform.advance(6 * minute);
  assert.deepEqual(
    (await allReplies(platform)).map((r) => [r.msisdn, r.text, r.isOptOut, r.isIncomplete]),
    [[Number(number), texts.join(''), true, false]],
  );
  assert.ok(await isOptedOut(platform.query, account.id, number));
  assert.equal(platform.customer.pushes.length, 1);
});

test('parts that came to two processes are joined', async () => {
  await using stage = await scene({ country: 'FR', processes: 2 });
  const { carrier, platform } = stage;
  const account = await withMarketing(platform);
  assert.deepEqual(await carrier.deliver(partOf(2)), taken);
  assert.deepEqual(await carrier.deliver(partOf(0)), taken);
  await platform.processes[0]!.stop();
  assert.deepEqual(await carrier.deliver(partOf(1)), taken);
  const [push] = await platform.customer.whenTaken(1, account.path);
  assert.deepEqual(optOutOf(push!), { number, text: texts.join('') });
});

test('a reply whose last part never comes is a reply after five minutes, and its parts are deleted later', async () => {
  await using stage = await scene();
  const { carrier, platform } = stage;
  const account = await withMarketing(platform);
  assert.deepEqual(await carrier.deliver(partOf(0)), taken);
  await platform.advance(4 * minute);
  assert.deepEqual(await carrier.deliver(partOf(1)), taken);
  await platform.advance(4 * minute);
  // Its beginning is not there: what it begins with is not its first word.
  assert.deepEqual(await carrier.deliver(partOf(1, { reference: 8, text: 'STOP' })), taken);
  assert.equal((await allReplies(platform)).length, 0);
  await platform.advance(6 * minute);
  await until('both are recorded', async () => (await allReplies(platform)).length === 2);
  const replies = await allReplies(platform);
  assert.deepEqual(replies.map((r) => [r.text, r.isOptOut, r.isIncomplete]).sort(), [
    ['STOP', false, true],
    [texts[0]! + texts[1]!, true, true],
  ]);
  await platform.customer.whenTaken(1, account.path);
  await platform.advance(16 * minute);
  const count = () => platform.query<{ n: number }>('select count(*) as n from inbound_parts');
  await until('the parts are gone', async () => (await count())[0]!.n === 0);
});

test('a sender that cannot be read and a reply that is no text are kept for the operator', async () => {
  await using stage = await scene({});
  const { carrier, platform } = stage;
  await withMarketing(platform);
  const plain = { destination_addr: '39999', short_message: Buffer.from('STOP') };
  assert.deepEqual(await carrier.deliver({ ...plain, source_addr: national }), taken);
  assert.deepEqual(await carrier.deliver({ ...plain, source_addr: 'Bank', source_addr_ton: 5 }), taken);
  assert.deepEqual(
    await carrier.deliver({
      source_addr: number,
      source_addr_ton: 1,
      destination_addr: shortCode,
      esm_class: 0x40,
      short_message: Buffer.concat([Uint8Array.of(6, 5, 4, 0x0b, 0x84, 0x23, 0xf0), Buffer.from('STOP')]),
    }),
    taken,
  );
  const kept = await listReplies(platform.query, { isUnlinked: false, isUnmatched: true }, 100);
  assert.deepEqual(
    kept.map((r) => [r.msisdn, r.source, r.text, r.isBinary]),
    [
      [Number(number), number, '53544f50', true],
      [null, 'Bank', 'STOP', false],
      [null, national, 'STOP', false],
    ],
  );
  assert.equal(platform.customer.pushes.length, 0);
});

test('without a country of the link, the country of the answered number reads a national sender', async () => {
  await using stage = await scene({});
  const { carrier, platform } = stage;
  const account = await withMarketing(platform);
  await insertReplyNumber(
    platform.query,
    { number: shortCode, kind: 'short-code', countries: ['FR'] },
    platform.clock.now(),
  );
  const reply = { source_addr: national, destination_addr: shortCode, short_message: Buffer.from('stop it') };
  assert.deepEqual(await carrier.deliver(reply), taken);
  assert.deepEqual(await carrier.deliver({ ...reply, source_addr: `+${number}` }), taken, 'and once only');
  const [push] = await platform.customer.whenTaken(1, account.path);
  assert.deepEqual(optOutOf(push!), { number, text: 'stop it' });
  assert.equal((await allReplies(platform)).length, 1);
});

test('60 STOPs in one burst make 60 opt-outs and 60 callbacks', async () => {
  await using stage = await scene();
  const { platform } = stage;
  const account = await platform.anAccount();
  const to = Array.from({ length: 60 }, (_, i) => mobile(i));
  const text = 'Soldes ! STOP au XXXXX';
  await sendLegacy(platform.url, account, { to, text, purpose: 'marketing' });
  await haveLeft(platform, 60);
  await stage.carrier.deliverAll(
    to.map((from) => ({
      source_addr: from,
      destination_addr: shortCode,
      short_message: Buffer.from('Stop'),
    })),
  );
  const pushes = await platform.customer.whenTaken(60, account.path);
  assert.equal(new Set(pushes.map((push) => push.number)).size, 60);
  assert.equal((await allReplies(platform)).length, 60);
  for (const from of [to[0]!, to[59]!]) assert.ok(await isOptedOut(platform.query, account.id, from));
});
