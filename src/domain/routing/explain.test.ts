import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sized } from '../../../test/support/size.ts';
import { chooseRoute, type Routable, type Route } from './choose.ts';
import { CostTable, noCosts } from './costs.ts';
import { explainRoutes, type LinkState } from './explain.ts';

const message: Routable = {
  country: 'FR',
  msisdn: 33_612_345_678,
  tier: 'premium',
  sender: 'Chappe',
  accountId: 7,
  encoding: 'gsm7',
  purpose: 'transactional',
  tag: null,
  segments: 1,
  costMicros: 50_000n,
};
const all: Route = { connectorId: 1, country: null, tier: null, sender: null, position: 100, weight: 1 };

const explain = (routes: readonly Route[], stateOf: (id: number) => LinkState = () => 'usable') =>
  explainRoutes(routes, message, { stateOf, costs: noCosts, nowMs: 0 });

test('a route is taken, spare, a loss, or does not fit by its first condition that fails', () => {
  const routes = [
    { ...all, country: 'BE', tier: 'world', position: 10 },
    { ...all, prefix: '3362', position: 11 },
    { ...all, accountId: 8, position: 12 },
    { ...all, encoding: 'ucs2', position: 13 },
    { ...all, purpose: 'marketing', position: 13 },
    { ...all, tag: 'shop', position: 13 },
    { ...all, hours: 'fri UTC', position: 13 },
    { ...all, costMicros: 60_000n, position: 14 },
    { ...all, connectorId: 2, country: 'FR', costMicros: 40_000n, position: 20 },
    { ...all, connectorId: 3, sender: 'Other', position: 30 },
    all,
  ] as const;
  assert.deepEqual(
    explain(routes).map(({ verdict, costMicros }) => [verdict, costMicros]),
    [
      [{ kind: 'other', condition: 'country' }, null],
      [{ kind: 'other', condition: 'prefix' }, null],
      [{ kind: 'other', condition: 'account' }, null],
      [{ kind: 'other', condition: 'encoding' }, null],
      [{ kind: 'other', condition: 'purpose' }, null],
      [{ kind: 'other', condition: 'tag' }, null],
      [{ kind: 'other', condition: 'hours' }, null],
      [{ kind: 'loss' }, 60_000n],
      [{ kind: 'taken', share: 1 }, 40_000n],
      [{ kind: 'other', condition: 'sender' }, null],
      [{ kind: 'spare' }, null],
    ],
  );
});

test('a link that is down leaves its share to the others of its position', () => {
  const routes = [
    { ...all, weight: 3 },
    { ...all, connectorId: 2, weight: 1 },
    { ...all, connectorId: 3, weight: 6 },
  ];
  const states: readonly LinkState[] = ['usable', 'paused', 'usable'];
  assert.deepEqual(
    explain(routes, (id) => states[id - 1]!).map(({ verdict }) => verdict),
    [
      { kind: 'taken', share: 3 / 9 },
      { kind: 'unusable', state: 'paused' },
      { kind: 'taken', share: 6 / 9 },
    ],
  );
});

test('the cheapest route of a position is taken, and the others are spare', () => {
  const cheapest = { ...all, choice: 'cheapest' } as const;
  const routes = [
    { ...cheapest, costMicros: 30_000n },
    { ...cheapest, connectorId: 2, costMicros: 20_000n },
  ];
  assert.deepEqual(
    explain(routes).map(({ verdict }) => verdict.kind),
    ['spare', 'taken'],
  );
});

/** Numbers in [0, 1) that repeat in each run. */
function* numbers(seed: number) {
  for (let state = seed; ; ) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    yield state / 2_147_483_648;
  }
}

const random = numbers(7);
const next = () => random.next().value!;
const pick = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)]!;

const countries = ['FR', 'BE', 'DE', 'US'] as const;
const callingCodes = { FR: '33', BE: '32', DE: '49', US: '1' } as const;
const connectorIds = [1, 2, 3, 4, 5, 6, 7, 8];

function someRoutes(count: number): Route[] {
  const choices = new Map<number, Route['choice']>();
  const routes = Array.from({ length: count }, (_, id): Route => {
    const country = pick([null, ...countries]);
    const position = 10 * (1 + Math.floor(next() * 20));
    const choice = choices.get(position) ?? pick(['weight', 'weight', 'cheapest', 'first'] as const);
    choices.set(position, choice);
    const code = country === null ? '' : callingCodes[country];
    return {
      id,
      connectorId: pick(connectorIds),
      country,
      prefix: code === '' || next() < 0.7 ? null : `${code}${pick(['', '6', '61', '7'])}`,
      tier: pick([null, null, 'premium', 'world'] as const),
      sender: pick([null, null, null, 'Chappe']),
      accountId: pick([null, null, null, 7, 8]),
      encoding: pick([null, null, 'gsm7', 'ucs2'] as const),
      purpose: pick([null, null, 'marketing'] as const),
      tag: pick([null, null, null, 'shop']),
      hours: pick([null, null, 'thu 00:00-00:01 UTC', 'fri UTC']),
      position,
      choice,
      weight: pick([1, 2, 5]),
      costMicros: pick([null, 20_000n, 40_000n, 60_000n]),
      allowsLoss: next() < 0.2,
    };
  });
  return routes.sort((a, b) => a.position - b.position);
}

function aMessage(): Routable {
  const country = pick(countries);
  return {
    country,
    msisdn: Number(`${callingCodes[country]}${pick(['6', '61', '7'])}${Math.floor(next() * 1e6)}`),
    tier: pick(['premium', 'world', 'low_cost'] as const),
    sender: pick([null, 'Chappe', 'Other']),
    accountId: pick([7, 8, 9]),
    encoding: pick(['gsm7', 'ucs2'] as const),
    purpose: pick(['marketing', 'transactional'] as const),
    tag: pick([null, 'shop', 'club']),
    segments: pick([1, 2, 3]),
    costMicros: pick([0n, 50_000n, 100_000n]),
  };
}

/** The rules are 200, as an installation with many contracts has; a message is asked about with 20 random numbers. */
test('what is explained about a message is what the router does with it, over many rules', () => {
  const draws = 20;
  const messages = sized(1_000, 10_000);
  const rounds = 10;
  for (let round = 0; round < rounds; round++) {
    const routes = someRoutes(200);
    const states = connectorIds.map(() => pick(['usable', 'usable', 'usable', 'down', 'paused'] as const));
    const costs = new CostTable(
      connectorIds.flatMap((connectorId) =>
        countries
          .filter(() => next() < 0.3)
          .map((country) => ({
            ...{ connectorId, country, prefix: pick(['', `${callingCodes[country]}6`]) },
            ...{ costMicros: pick([10_000n, 45_000n, 70_000n]), validFromMs: pick([0, 2_000]) },
          })),
      ),
    );
    const troubled = connectorIds.filter(() => next() < 0.2);
    const state = {
      costs,
      nowMs: 1_000,
      isUp: (id: number) => states[id - 1] === 'usable',
      isTroubled: (id: number) => troubled.includes(id),
    };
    for (let at = 0; at < messages / rounds; at++) {
      const one = aMessage();
      const explained = explainRoutes(routes, one, { ...state, stateOf: (id) => states[id - 1]! });
      const shares = explained.flatMap(({ route, verdict }) =>
        verdict.kind === 'taken' ? [[route, verdict.share] as const] : [],
      );
      const facts = () =>
        JSON.stringify({ one, shares, states }, (_, value: unknown) =>
          typeof value === 'bigint' ? String(value) : value,
        );
      const total = shares.reduce((sum, [, share]) => sum + share, 0);
      assert.ok(shares.length === 0 || Math.abs(total - 1) < 1e-9, facts());
      // The shares follow one another in [0, 1), in the order of the routes.
      for (let draw = 0; draw < draws; draw++) {
        const ticket = (draw + 0.5) / draws;
        let end = 0;
        const expected = shares.find(([, share]) => {
          end += share;
          return ticket < end;
        })?.[0];
        const chosen = chooseRoute(routes, one, { ...state, random: ticket });
        assert.equal(chosen?.id ?? null, expected?.id ?? null, facts());
      }
    }
  }
});
