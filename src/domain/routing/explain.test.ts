import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseConnector, type Route } from './choose.ts';
import { explainRoutes, type LinkState } from './explain.ts';

const message = { country: 'FR', tier: 'premium', sender: 'Chappe' } as const;
const all: Route = { connectorId: 1, country: null, tier: null, sender: null, position: 100, weight: 1 };
const usable = (): LinkState => 'usable';

test('a route is taken, spare, or does not fit by its first condition that fails', () => {
  const routes = [
    { ...all, country: 'BE', tier: 'world', position: 10 },
    { ...all, connectorId: 2, country: 'FR', position: 20 },
    { ...all, connectorId: 3, sender: 'Other', position: 30 },
    all,
  ] as const;
  assert.deepEqual(
    explainRoutes(routes, message, usable).map(({ verdict }) => verdict),
    [
      { kind: 'other', condition: 'country' },
      { kind: 'taken', share: 1 },
      { kind: 'other', condition: 'sender' },
      { kind: 'spare' },
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
    explainRoutes(routes, message, (id) => states[id - 1]!).map(({ verdict }) => verdict),
    [
      { kind: 'taken', share: 3 / 9 },
      { kind: 'unusable', state: 'paused' },
      { kind: 'taken', share: 6 / 9 },
    ],
  );
});

/** Numbers in [0, 1) that repeat in each run. */
function* numbers(seed: number) {
  for (let state = seed; ; ) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    yield state / 2_147_483_648;
  }
}

test('the explained routes are those that the router chooses, with their shares', () => {
  const random = numbers(7);
  const next = () => random.next().value!;
  const pick = <T>(values: readonly T[]) => values[Math.floor(next() * values.length)]!;
  for (let round = 0; round < 500; round++) {
    const routes = Array.from({ length: 1 + Math.floor(next() * 6) }, () => ({
      connectorId: pick([1, 2, 3, 4]),
      country: pick([null, null, 'FR', 'BE']),
      tier: pick([null, null, 'premium', 'world'] as const),
      sender: pick([null, null, 'Chappe']),
      position: pick([10, 20, 30]),
      weight: pick([1, 2, 5]),
    })).sort((a, b) => a.position - b.position);
    const states = [1, 2, 3, 4].map(() => pick(['usable', 'usable', 'down', 'disabled'] as const));
    const explained = explainRoutes(routes, message, (id) => states[id - 1]!);
    const shares = new Map<number, number>();
    for (const { route, verdict } of explained)
      if (verdict.kind === 'taken')
        shares.set(route.connectorId, (shares.get(route.connectorId) ?? 0) + verdict.share);
    const chosen = new Map<number | null, number>();
    const steps = 1_000;
    for (let step = 0; step < steps; step++) {
      const id = chooseConnector(
        routes,
        message,
        (one) => states[one - 1] === 'usable',
        (step + 0.5) / steps,
      );
      chosen.set(id, (chosen.get(id) ?? 0) + 1);
    }
    if (shares.size === 0) assert.deepEqual([...chosen.keys()], [null]);
    for (const [id, share] of shares)
      assert.ok(Math.abs((chosen.get(id) ?? 0) / steps - share) < 0.01, JSON.stringify({ routes, states }));
    for (const id of chosen.keys()) if (id !== null) assert.ok(shares.has(id));
  }
});
