// Routing rules and costs of carriers on a real database, without a running process.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operatorAccess } from '#operations/access/operator-access.ts';
import { replaceRates } from '#store/money/rates.ts';
import { listAuditEntries } from '#store/platform/audit-entries.ts';
import { insertConnector } from '#store/platform/carriers.ts';
import { nowMs, TestRows } from '../../../../test/support/rows.ts';
import { createRates } from '../rates/service.ts';
import { createRoutingRules, type NewRoute } from './routing-rules.ts';

const by = operatorAccess({ actor: 'cli:alice', address: null });
const idle = { state: 'usable', health: [] } as const;

async function open(t: Parameters<typeof TestRows.openFor>[0]) {
  const testRows = await TestRows.openFor(t);
  const { database, query } = testRows;
  await replaceRates(query, [{ country: 'FR', tier: 'premium', priceMicros: 50_000n }]);
  const north = await insertConnector(query, { name: 'north', options: {} }, nowMs);
  const south = await insertConnector(query, { name: 'south', options: {} }, nowMs);
  const state = { atMs: nowMs };
  const clock = { now: () => state.atMs };
  const changes: (readonly [string, object | undefined])[] = [];
  const rules = createRoutingRules({
    database,
    clock,
    change: async (_access, action, _target, work) =>
      database.transaction(async (inside) => {
        const { result, after } = await work(inside, clock.now());
        changes.push([action, after]);
        return result;
      }),
    readLinks: async () =>
      new Map([
        [north, { name: 'north', ...idle }],
        [south, { name: 'south', ...idle }],
      ]),
  });
  const usual: NewRoute = {
    ...{ carrier: 'north', country: null, tier: null, sender: null, position: 50, weight: 1, cost: null },
  };
  const add = (route: Partial<NewRoute> = {}) => rules.addRoute(by, { ...usual, ...route });
  return { testRows, rules, state, changes, usual, add };
}

test('a rule that could never count, or that cannot be read, is refused with its reason', async (t) => {
  const { rules, add, usual } = await open(t);
  const id = await add({ country: 'FR', prefix: '+33 6', choice: 'cheapest' });
  const refused: readonly [Partial<NewRoute>, RegExp][] = [
    [{ country: 'fr', prefix: '00336' }, /route \d+ has the same conditions, carrier and position/],
    [{ choice: 'weight' }, /the routes at position 50 have the choice cheapest/],
    [{ weight: 0 }, /the weight of a route must be a whole number from 1 to 1000000, not 0/],
    [{ weight: 1.5 }, /the weight of a route/],
    [{ position: 0 }, /the position of a route must be a whole number from 1/],
    [{ carrier: 'west' }, /there is no carrier west/],
    [{ account: 'nobody' }, /there is no account nobody/],
    [{ country: 'FRA' }, /"FRA" is not a country/],
    [{ country: 'FR', prefix: '32' }, /the prefix \+32 is not of FR, whose numbers begin with \+33/],
    [{ prefix: 'abc' }, /"abc" is not a prefix of numbers/],
    [{ tier: 'gold' }, /"gold" is not a tier/],
    [{ encoding: 'latin1' }, /the encoding "latin1" must be gsm7, ucs2/],
    [{ choice: 'best' }, /the choice "best" must be weight, cheapest, first/],
    [{ cost: '4 cents' }, /must be an amount in euro/],
    [{ cost: '-1' }, /must be an amount in euro/],
    [{ newSender: 'twelve chars' }, /"twelve chars" is not a sender/],
    [{ newSender: '12' }, /"12" is not a sender/],
  ];
  for (const [route, message] of refused)
    await assert.rejects(add(route), { message }, JSON.stringify(route));
  assert.equal((await rules.listRoutes(by)).length, 1);
  await add({ carrier: 'south' });
  assert.deepEqual(
    (await rules.listRoutes(by)).map(({ choice }) => choice),
    ['cheapest', 'cheapest'],
    'the choice of the position',
  );
  const { carrier: _, ...rest } = usual;
  await rules.changeRoute(by, id, { ...rest, choice: 'first', newSender: '+33700000001', allowsLoss: true });
  assert.deepEqual(
    (await rules.listRoutes(by)).map(({ choice, newSender, allowsLoss, prefix }) => [
      choice,
      newSender,
      allowsLoss,
      prefix,
    ]),
    [
      ['first', '33700000001', true, null],
      ['first', null, false, null],
    ],
  );
  await assert.rejects(rules.changeRoute(by, 999, rest), /there is no route 999/);
});

test('costs are imported as a whole or not at all, and decide from their day on', async (t) => {
  const { testRows, rules, state, changes, add } = await open(t);
  await add({ choice: 'cheapest', cost: '0.045' });
  await add({ carrier: 'south', cost: '0.04' });
  const taken = async () => {
    const { routes } = await rules.explain(by, { number: '+33612345678', tier: 'premium', sender: null });
    return routes.find(({ verdict }) => verdict.kind === 'taken')?.route.carrier;
  };
  assert.equal(await taken(), 'south');
  const day = new Date(nowMs + 86_400_000).toISOString().slice(0, 10);
  await assert.rejects(rules.importCosts(by, 'north', `country,price,currency\nFR,0.03,EUR\nBE,0.03,GBP`), {
    message: /two currencies, EUR on line 2 and GBP on line 3/,
  });
  assert.deepEqual(await rules.listCosts(by, 'north'), []);
  const csv = `country,prefix,price,currency,from\nFR,,0.035,EUR,\nFR,336,0.06,EUR,${day}\n`;
  assert.equal(await rules.importCosts(by, 'north', csv), 2);
  assert.equal(await rules.importCosts(by, 'north', csv), 2, 'the same file again changes nothing');
  assert.equal((await rules.listCosts(by, 'north')).length, 2);
  assert.equal(await taken(), 'north');
  state.atMs = nowMs + 2 * 86_400_000;
  assert.equal(await taken(), 'south');
  const rates = createRates({ database: testRows.database, clock: { now: () => nowMs } });
  const [rate] = (await rates.list(by, { account: null })).rates;
  assert.equal(
    rate!.costMicros,
    40_000n,
    'the dearest of the routes of a position, by the table where there is one',
  );
  await rules.removeCosts(by, 'north');
  assert.deepEqual(await rules.listCosts(by, 'north'), []);
  assert.deepEqual(
    changes.map(([action]) => action),
    [
      'route.added',
      'route.added',
      'carrier.costs_imported',
      'carrier.costs_imported',
      'carrier.costs_removed',
    ],
  );
  assert.deepEqual(await listAuditEntries(testRows.query, { limit: 1 }), []);
});

test('an explanation names the failed condition, the cost and the price of the account', async (t) => {
  const { testRows, rules, add } = await open(t);
  const account = await testRows.anAccount();
  const [{ service_name: name }] = (await testRows.query<{ service_name: string }>(
    'select service_name from accounts where id = $1',
    [account],
  )) as [{ service_name: string }];
  await add({ account: name, position: 10, newSender: '36111' });
  await add({ encoding: 'ucs2', position: 20 });
  await add({ cost: '0.06', position: 30 });
  await add({ carrier: 'south', cost: '0.04', position: 40 });
  const question = { number: '+33612345678', tier: 'premium', sender: null };
  const kinds = async (more: object) =>
    (await rules.explain(by, { ...question, ...more })).routes.map(({ verdict, costMicros }) =>
      verdict.kind === 'other' ? verdict.condition : `${verdict.kind} ${costMicros}`,
    );
  assert.deepEqual(await kinds({}), ['account', 'encoding', 'loss 60000', 'taken 40000']);
  assert.deepEqual(await kinds({ account: name }), ['taken null', 'encoding', 'loss 60000', 'spare 40000']);
  assert.deepEqual(await kinds({ text: 'я'.repeat(80) }), [
    'account',
    'taken null',
    'loss 60000',
    'spare 40000',
  ]);
  const answer = await rules.explain(by, { ...question, text: 'x'.repeat(200) });
  assert.deepEqual([answer.country, answer.priceMicros, answer.segments], ['FR', 50_000n, 2]);
  assert.deepEqual(
    answer.links.map(({ carrier, state, accepted }) => [carrier, state, accepted]),
    [
      ['north', 'usable', 0],
      ['south', 'usable', 0],
    ],
  );
  await assert.rejects(rules.explain(by, { ...question, number: '12' }), /is not a number that takes SMS/);
  await assert.rejects(rules.explain(by, { ...question, account: 'nobody' }), /there is no account nobody/);
});
