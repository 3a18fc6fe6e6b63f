// Messages take the routes that the operator's rules and costs name, and say so afterwards.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { httpKind } from '../../src/connectors/http/kind.ts';
import { parseOptions } from '../../src/domain/delivery/connector-kind.ts';
import { silentLog } from '../../src/lib/observability/log.ts';
import { createSeal } from '../../src/lib/security/sealing.ts';
import { operatorAccess } from '../../src/operations/access/operator-access.ts';
import { createCarriers } from '../../src/operations/operator/carriers/service.ts';
import { createMessageTimelines } from '../../src/operations/reading/messages/timeline.ts';
import type { FatesFile } from '../../src/simulator/fates.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { mobile, sendLegacy } from '../support/clients.ts';
import { ListsStandIn } from '../support/http-carriers.ts';
import { openPlatform, priceMicros, type TestPlatform } from '../support/platform.ts';
import { until } from '../support/until.ts';

const by = operatorAccess({ actor: 'cli:alice', address: null });

test('the cheapest carrier without a loss takes a message, with the sender of its route, and the timeline names the route', async () => {
  await using north = await new ListsStandIn().open();
  await using south = await new ListsStandIn().open();
  await using platform = await openPlatform();
  const { database, clock } = platform;
  const seal = createSeal('a secret of the tests');
  const carriers = createCarriers({ database, clock, seal, links: { describe: () => '' } as never });
  for (const [name, standIn] of Object.entries({ north, south })) {
    const texts = {
      ...standIn.options,
      body: '{"messages":[{"to":"{{to}}","from":"{{from}}","ref":"{{id}}"}]}',
    };
    const { values, mistakes } = parseOptions(httpKind, {
      'callback-token': `token-of-${name}-carrier`,
      ...texts,
    });
    assert.deepEqual(mistakes, []);
    const { password, callbackToken, ...options } = values;
    await carriers.add(by, {
      kind: 'http',
      name,
      options,
      secrets: { password, callbackToken },
      addsRoute: false,
    });
  }
  // The price of a segment is 0.05: the SMPP carrier and, at first, the north cost more.
  const [smpp] = await carriers.listRoutes(by);
  await carriers.changeRoute(by, smpp!.id, { ...smpp!, cost: '0.09' });
  const usual = { country: 'FR', tier: null, sender: null, position: 10, weight: 1, cost: null } as const;
  await carriers.addRoute(by, { ...usual, carrier: 'north', choice: 'cheapest' });
  const id = await carriers.addRoute(by, { ...usual, carrier: 'south', cost: '0.04', newSender: 'South' });
  await carriers.importCosts(by, 'north', 'country,price\nFR,0.06\n');
  await until('the process knows both links', () => {
    const { connectors } = platform.processes[0]!.running;
    return connectors.connectors.size === 3 && connectors.routes.length === 3;
  });
  const account = await platform.anAccount();
  const explained = await carriers.explain(by, { number: `+${mobile(1)}`, tier: 'premium', sender: null });
  assert.deepEqual(
    explained.routes.flatMap(({ route, verdict }) => (verdict.kind === 'loss' ? [route.carrier] : [])),
    ['north', 'carrier'],
  );
  await sendLegacy(platform.url, account, { to: [mobile(1)] });
  await until('the south has it', () => south.messages.length === 1);
  assert.deepEqual(
    south.messages.map(({ to, from }) => [to, from]),
    [[mobile(1), 'South']],
  );
  assert.deepEqual([north.messages.length, platform.carrier.taken.length], [0, 0]);
  const [row] = await platform.query<{ id: number }>('select id from messages');
  const timelines = createMessageTimelines({ database, clock });
  await until('the timeline names the route', async () => {
    const timeline = await timelines.read(by, row!.id);
    return timeline!.steps.some(
      ({ step, detail }) => step === 'submitted' && detail.endsWith(`by route ${id}`),
    );
  });
  await carriers.importCosts(by, 'north', 'country,price,from\nFR,0.03,2020-01-01\n');
  await carriers.removeCosts(by, 'north');
  await carriers.importCosts(by, 'north', 'country,price\nFR,0.03\n');
  let sent = 1;
  await until('the north takes the next ones', async () => {
    await sendLegacy(platform.url, account, { to: [mobile(++sent)] });
    await platform.quiet();
    return north.messages.length > 0;
  });
  assert.equal(north.messages.at(-1)!.from !== 'South', true);
});

test('a STOP and an answer to the sender that a route gives to messages reach the account that wrote', async () => {
  await using platform = await openPlatform();
  const { database, clock } = platform;
  const seal = createSeal('a secret of the tests');
  const carriers = createCarriers({ database, clock, seal, links: { describe: () => '' } as never });
  const [all] = await carriers.listRoutes(by);
  await carriers.changeRoute(by, all!.id, { ...all!, cost: null, newSender: '36111' });
  await until('the process knows the sender', () =>
    platform.processes[0]!.running.connectors.routes.some(({ newSender }) => newSender === '36111'),
  );
  const account = await platform.anAccount();
  const to = mobile(1);
  const text = 'Soldes ! STOP au XXXXX';
  assert.ok((await sendLegacy(platform.url, account, { to: [to], text, purpose: 'marketing' })).isAccepted);
  await until('the phone has it', () => platform.carrier.inbox().length === 1);
  assert.equal(platform.carrier.inbox()[0]!.from, '36111');
  // Phones keep the sender for longer than the rule lasts.
  await carriers.changeRoute(by, all!.id, { ...all!, cost: null });
  platform.carrier.reply(to, '36111', 'Qui est-ce ?');
  platform.carrier.reply(to, '36111', 'STOP');
  const optOuts = () => platform.query('select from opt_outs where account_id = $1', [account.id]);
  await until('the STOP is on the list', async () => (await optOuts()).length === 1);
  const replies = await platform.query<{ account_id: number }>('select account_id from replies');
  assert.deepEqual(
    replies.map((reply) => reply.account_id),
    [account.id, account.id],
  );
});

test('a message that the first carrier cannot deliver goes over the second one, is paid once and told once', async () => {
  await using platform = await openPlatform();
  const { database, clock } = platform;
  // Undelivered by the first carrier, by its last two digits.
  await using south = await aSecondCarrier(platform, { '1190': 'delivered', '1290': 'never' });
  const seal = createSeal('a secret of the tests');
  const carriers = createCarriers({ database, clock, seal, links: { describe: () => '' } as never });
  await carriers.add(by, { kind: 'smpp', name: 'south', options: south.options, addsRoute: true });
  const [first] = await carriers.listRoutes(by);
  const resend = { resendOn: ['undelivered'], resendLimit: 1, resendWithinS: 300 };
  await carriers.changeRoute(by, first!.id, { ...first!, cost: null, position: 10, ...resend });
  await until('the process knows the rule and has the link', () => {
    const { connectors } = platform.processes[0]!.running;
    const areUp = [...connectors.connectors.values()].every(({ isUp }) => isUp);
    return areUp && connectors.connectors.size === 2 && connectors.isResending;
  });
  const account = await platform.anAccount();
  const before = (await platform.credit(account)).availableMicros;
  const sent = [mobile(11, '90'), mobile(12, '90')];
  assert.ok((await sendLegacy(platform.url, account, { to: sent })).isAccepted);
  const [push] = await platform.customer.whenTaken(1, account.path);
  assert.partialDeepStrictEqual(push!.fields, { status: 'DELIVERED' });
  await until('the second carrier has both', () => south.simulator.inbox().length === 2);
  assert.equal(platform.customer.taken.length, 1, 'no failure is told');
  assert.equal((await platform.credit(account)).availableMicros, before - 2n * priceMicros);
  const timelines = createMessageTimelines({ database, clock });
  const [row] = await platform.query<{ id: number }>('select min(id) as id from messages');
  const timeline = await timelines.read(by, row!.id);
  const steps = timeline!.steps.filter(({ step }) => step === 'submitted' || step === 'failed');
  assert.deepEqual(
    steps.map(({ step, facts }) => [step, facts.carrier, facts.status]),
    [
      ['submitted', 'carrier', undefined],
      ['failed', 'carrier', 'undelivered'],
      ['submitted', 'south', undefined],
    ],
  );
  assert.deepEqual([timeline!.status, timeline!.carrier], ['delivered', 'south']);
});

async function aSecondCarrier(platform: TestPlatform, fates: FatesFile) {
  const simulator = await startSimulator({
    ...{ host: '127.0.0.1', port: 0, clock: platform.clock, log: silentLog, fates },
  });
  const options = {
    ...{ host: '127.0.0.1', port: simulator.port, systemId: 'chappe', password: 'chappe', systemType: '' },
    ...{ tls: false, window: 10, tps: 0, binds: 1, reconnectFirstMs: 100, reconnectMaxMs: 400 },
  };
  return { simulator, options, [Symbol.asyncDispose]: () => simulator.stop() };
}
