import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseConnector, type Route, segmentCostOf } from './choose.ts';

const message = { country: 'FR', tier: 'premium', sender: 'Chappe' } as const;
const all: Route = { connectorId: 1, country: null, tier: null, sender: null, position: 100, weight: 1 };
const up = () => true;

test('the first matching position is chosen, whatever the weights of later ones', () => {
  const routes = [
    { ...all, connectorId: 2, country: 'FR', position: 50 },
    { ...all, weight: 1000 },
  ];
  assert.equal(chooseConnector(routes, message, up, 0.99), 2);
  assert.equal(chooseConnector(routes, { ...message, country: 'BE' }, up, 0.99), 1);
});

test('country, tier and sender must all match', () => {
  const route = { ...all, country: 'FR', tier: 'premium', sender: 'Chappe' } as const;
  assert.equal(chooseConnector([route], message, up, 0), 1);
  assert.equal(chooseConnector([route], { ...message, tier: 'low_cost' }, up, 0), null);
  assert.equal(chooseConnector([route], { ...message, sender: 'Other' }, up, 0), null);
});

test('routes of one position share traffic by weight', () => {
  const routes = [
    { ...all, weight: 3 },
    { ...all, connectorId: 2 },
  ];
  const chosen = [0, 0.2, 0.5, 0.74, 0.75, 0.99].map((random) =>
    chooseConnector(routes, message, up, random),
  );
  assert.deepEqual(chosen, [1, 1, 1, 1, 2, 2]);
});

test('an unavailable connector gets no message: its share goes to the others, then to the next position', () => {
  const routes = [
    { ...all, position: 1 },
    { ...all, connectorId: 2, position: 1 },
    { ...all, connectorId: 3, position: 2 },
  ];
  assert.equal(
    chooseConnector(routes, message, (id) => id !== 1, 0),
    2,
  );
  assert.equal(
    chooseConnector(routes, message, (id) => id === 3, 0.5),
    3,
  );
  assert.equal(
    chooseConnector(routes, message, () => false, 0.5),
    null,
  );
});

test('the cost of a segment is that of the first matching route to the connector', () => {
  const routes = [
    { ...all, connectorId: 2, position: 1, costMicros: 10n },
    { ...all, country: 'FR', position: 2, costMicros: 40n },
    { ...all, costMicros: 50n },
  ];
  assert.equal(segmentCostOf(routes, message, 1), 40n);
  assert.equal(segmentCostOf(routes, { ...message, country: 'BE' }, 1), 50n);
  assert.equal(segmentCostOf(routes, message, 3), null);
  assert.equal(segmentCostOf([all], message, 1), null);
});
