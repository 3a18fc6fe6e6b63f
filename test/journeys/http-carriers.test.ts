// A carrier reached by HTTP, through the whole platform: a message out, receipts, replies and a STOP back to the customer, over
// processes that share the work, with a carrier that throttles, fails and repeats itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { httpKind } from '../../src/connectors/http/kind.ts';
import { parseOptions } from '../../src/domain/delivery/connector-kind.ts';
import { createSeal } from '../../src/lib/security/sealing.ts';
import { operatorAccess } from '../../src/operations/access/operator-access.ts';
import { type Carriers, createCarriers } from '../../src/operations/operator/carriers/service.ts';
import { notify } from '../../src/store/database/notices.ts';
import { insertReplyNumber } from '../../src/store/platform/reply-numbers.ts';
import { mobile, sendLegacy } from '../support/clients.ts';
import { call, ListsStandIn, TwilioStandIn, VonageStandIn } from '../support/http-carriers.ts';
import { openPlatform, priceMicros, type TestPlatform } from '../support/platform.ts';
import { until } from '../support/until.ts';

const by = operatorAccess({ actor: 'cli:alice', address: null });
const token = 'token-of-the-callbacks';

/** Adds a carrier as the command does, before the SMPP one in the order of the routes. */
async function addCarrier(
  platform: TestPlatform,
  texts: Readonly<Record<string, string>>,
): Promise<Carriers> {
  const { values, mistakes } = parseOptions(httpKind, { 'callback-token': token, ...texts });
  assert.deepEqual(mistakes, []);
  const { password, token: second, callbackToken, ...options } = values;
  const secrets = { password, callbackToken, ...(second !== undefined && { token: second }) };
  const context = {
    database: platform.database,
    clock: platform.clock,
    seal: createSeal('a secret of the tests'),
  };
  const carriers = createCarriers({ ...context, links: {} as never });
  await carriers.add(by, { kind: 'http', name: 'north', options, secrets, addsRoute: false });
  const everything = { country: null, tier: null, sender: null, weight: 1, cost: '0.03' };
  await carriers.addRoute(by, { carrier: 'north', position: 1, ...everything });
  await until('every dispatching process has opened the link', () =>
    platform.processes.every(
      ({ running }) =>
        running.connectors.connectors.size === 0 ||
        [...running.connectors.connectors.values()].some(({ name }) => name === 'north'),
    ),
  );
  return carriers;
}

const twilioOf = (carrier: TwilioStandIn) => ({
  preset: 'twilio',
  'base-url': `${carrier.url}/2010-04-01`,
  user: TwilioStandIn.sid,
  password: TwilioStandIn.token,
});

function statuses(platform: TestPlatform): Promise<{ status: number; error: string | null }[]> {
  return platform.query('select status, error from messages order by id');
}

const callbackUrl = (platform: TestPlatform, purpose: 'receipt' | 'reply') =>
  `${platform.url}/carriers/north/${token}/${purpose}`;

for (const [name, processes] of [
  ['one process', undefined],
  ['a process that listens and another that dispatches', 'split'],
] as const)
  test(`a message to an HTTP carrier and its receipt, repeated, in ${name}`, async () => {
    const roles =
      processes === undefined
        ? {}
        : { processes: [['dispatch', 'callbacks', 'jobs', 'maintenance'], ['listeners']] as const };
    await using carrier = await new TwilioStandIn().open();
    // Processes agree on the address that carriers call and sign.
    await using platform = await openPlatform({ ...roles, config: { publicUrl: 'https://sms.example' } });
    await addCarrier(platform, twilioOf(carrier));
    const account = await platform.anAccount({ creditMicros: 1_000_000n });
    const answer = await sendLegacy(platform.url, account, { to: [mobile(1)] });
    assert.ok(answer.isAccepted, answer.body);
    await until('the carrier has the message', () => carrier.requests.length === 1);
    assert.partialDeepStrictEqual(carrier.requests[0]!.form, { To: `+${mobile(1)}` });
    const [row] = await until('the reference is stored', async () => {
      const rows = await platform.query<{ reference: string }>('select reference from carrier_references');
      return rows.length === 1 ? rows : null;
    });
    const url = callbackUrl(platform, 'receipt');
    const signedUrl = carrier.requests[0]!.form['StatusCallback']!;
    assert.equal(signedUrl, `https://sms.example/carriers/north/${token}/receipt`);
    const receipt = (status: string) => ({
      ...TwilioStandIn.receipt(signedUrl, row!.reference, status),
      url,
    });
    assert.equal((await call(receipt('sent'))).status, 200);
    for (let i = 0; i < 3; i++)
      assert.deepEqual(await call(receipt('delivered')), { status: 200, body: '<Response/>' });
    const pushes = await platform.customer.whenTaken(1, account.path);
    assert.partialDeepStrictEqual(pushes[0]!.fields, { message_id: answer.ticket, status: 'DELIVERED' });
    assert.equal((await call({ ...receipt('delivered'), url: url.replace(token, 'guess') })).status, 404);
    const unsigned = { method: 'POST', headers: {}, body: '' };
    assert.equal((await call({ url, init: unsigned })).status, 403);
    await platform.quiet();
    assert.equal(platform.customer.taken.length, 1, 'repeated receipts count once');
    assert.equal(carrier.requests.length, 1);
    assert.equal((await platform.credit(account)).availableMicros, 1_000_000n - priceMicros);
  });

test('a message that an HTTP carrier refuses is released, one that it throttles is sent later', async () => {
  await using carrier = await new TwilioStandIn().open();
  await using platform = await openPlatform({
    processes: [['listeners', 'dispatch', 'callbacks', 'jobs', 'maintenance']],
  });
  await addCarrier(platform, twilioOf(carrier));
  const account = await platform.anAccount({ creditMicros: 1_000_000n });
  carrier.script.push({
    status: 400,
    body: '{"code":21610,"message":"Attempt to send to unsubscribed recipient"}',
  });
  await sendLegacy(platform.url, account, { to: [mobile(1)] });
  const [refused] = await platform.customer.whenTaken(1, account.path);
  assert.partialDeepStrictEqual(refused!.fields, { status: 'NOT_ALLOWED' });
  assert.deepEqual(
    (await statuses(platform)).map(({ error }) => error),
    ['21610'],
  );
  assert.equal((await platform.credit(account)).availableMicros, 1_000_000n);
  carrier.script.push(TwilioStandIn.throttled, TwilioStandIn.throttled);
  await sendLegacy(platform.url, account, { to: [mobile(2)] });
  for (const requests of [2, 3, 4]) {
    await until(`request ${requests}`, () => carrier.requests.length === requests);
    platform.clock.advance(5_000);
  }
  await until('it is submitted', async () => {
    const rows = await platform.query<{ reference: string }>('select reference from carrier_references');
    return rows.length === 1;
  });
  assert.deepEqual(
    carrier.requests.map(({ form }) => form['To']),
    [1, 2, 2, 2].map((n) => `+${mobile(n)}`),
  );
});

test('a reply in parts and a STOP of an HTTP carrier reach the customer', async () => {
  const number = '38200';
  await using carrier = await new VonageStandIn().open();
  await using platform = await openPlatform({
    processes: [['listeners', 'dispatch', 'callbacks', 'jobs', 'maintenance']],
  });
  await insertReplyNumber(
    platform.query,
    { number, kind: 'short-code', countries: ['FR'] },
    platform.clock.now(),
  );
  await notify(platform.query, 'rates');
  await addCarrier(platform, {
    preset: 'vonage',
    'base-url': carrier.url,
    user: VonageStandIn.key,
    password: VonageStandIn.secret,
    token: VonageStandIn.signatureSecret,
  });
  const account = await platform.anAccount();
  await until('the pool is known', async () => {
    const dry = { to: [mobile(999)], withReplies: true, dryRun: true };
    return (await sendLegacy(platform.url, account, dry)).isAccepted;
  });
  const answer = await sendLegacy(platform.url, account, { to: [mobile(1)], withReplies: true });
  assert.ok(answer.isAccepted, answer.body);
  await until('the carrier has the message', () => carrier.requests.length === 1);
  assert.partialDeepStrictEqual(carrier.requests[0]!.form, { from: number, to: mobile(1) });
  const url = callbackUrl(platform, 'reply');
  const reply = (members: Readonly<Record<string, string>>) =>
    call(VonageStandIn.callback(url, { msisdn: mobile(1), to: number, messageId: '1', ...members }, 'POST'));
  const part = (n: string, text: string) =>
    reply({ text, concat: 'true', 'concat-ref': '5', 'concat-total': '2', 'concat-part': n });
  for (const [n, text] of [
    ['2', 'le monde'],
    ['1', 'Bonjour '],
    ['1', 'Bonjour '],
  ] as const)
    assert.equal((await part(n, text)).status, 200);
  const [pushed] = await platform.customer.whenTaken(1, account.path);
  assert.partialDeepStrictEqual(pushed!.fields, { message_id: answer.ticket, text: 'Bonjour le monde' });
  for (let i = 0; i < 2; i++) assert.equal((await reply({ text: 'STOP' })).status, 200);
  const pushes = await platform.customer.whenTaken(2, account.path);
  assert.partialDeepStrictEqual(pushes[1]!.fields, { number: `00${mobile(1)}`, text: 'STOP' });
  assert.ok('stop_date' in pushes[1]!.fields);
  const optOuts = await platform.query('select 1 from opt_outs where account_id = $1', [account.id]);
  assert.equal(optOuts.length, 1);
  assert.equal((await platform.query('select 1 from replies')).length, 2);
});

test('a link with unreadable secrets sends nothing, and another carrier sends the message', async () => {
  await using carrier = await new TwilioStandIn().open();
  await using platform = await openPlatform({
    processes: [['listeners', 'dispatch', 'callbacks', 'jobs', 'maintenance']],
  });
  await addCarrier(platform, twilioOf(carrier));
  const sealed = createSeal('another key').close('{"password":"x"}');
  await platform.query("update connectors set sealed_secrets = $1 where name = 'north'", [sealed]);
  await notify(platform.query, 'carriers');
  await until('it is reported', () => platform.logLines.some((line) => line.includes('secrets_unreadable')));
  const account = await platform.anAccount();
  await sendLegacy(platform.url, account, { to: [mobile(1)] });
  await platform.customer.whenTaken(1, account.path);
  assert.equal(carrier.requests.length, 0);
});

test('a carrier with tokens, lists and polled receipts delivers over two processes, and the operator sees its exchanges', async () => {
  await using carrier = await new ListsStandIn().open();
  const sends = ['listeners', 'dispatch', 'callbacks', 'jobs', 'maintenance'] as const;
  await using platform = await openPlatform({ processes: [sends, ['dispatch']] });
  const carriers = await addCarrier(platform, carrier.options);
  const account = await platform.anAccount({ creditMicros: 10_000_000n });
  const numbers = [1, 2, 3, 4, 5].map((n) => mobile(n));
  for (const number of numbers) await sendLegacy(platform.url, account, { to: [number] });
  await until('the carrier has the messages', () => carrier.messages.length >= 5);
  // Every token is ended: the next request of each process renews it.
  carrier.tokens++;
  await sendLegacy(platform.url, account, { to: [mobile(6)] });
  const pushes = await platform.customer.whenTaken(6, account.path);
  assert.deepEqual(new Set(pushes.map(({ fields }) => fields['status'])), new Set(['DELIVERED']));
  assert.deepEqual(carrier.messages.map(({ to }) => to).sort(), [...numbers, mobile(6)].sort());
  await until('the place in the list is stored', async () => {
    const [row] = await platform.query<{ cursor: string }>(
      "select learnt->'polledReceipts'->>'cursor' as cursor from connectors where name = 'north'",
    );
    return row?.cursor === '6';
  });
  const leases = await platform.query(
    'select 1 from bind_leases where connector_id = (select id from connectors where name = $1)',
    ['north'],
  );
  assert.equal(leases.length, 1, 'one process polls');
  for (const { running } of platform.processes) await running.connectors.saveExchanges();
  const exchanges = await carriers.listExchanges(by, 'north');
  assert.ok(exchanges!.some(({ meaning, status }) => meaning === 'taken' && status === 202));
  assert.ok(!JSON.stringify(exchanges).includes(mobile(1)));
});
