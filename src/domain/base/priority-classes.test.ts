import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FairOrder, priorityClasses, priorityClassOf } from './priority-classes.ts';

test('a one-time code is sent before a campaign, and transactional messages before marketing', () => {
  assert.equal(priorityClassOf('transactional', 1), priorityClasses.transactional);
  assert.ok(priorityClassOf('transactional', 1) < priorityClassOf('transactional', 500));
  assert.ok(priorityClassOf('transactional', 500) < priorityClassOf('marketing', 1));
  assert.ok(priorityClassOf('marketing', 1) < priorityClassOf('marketing', 500));
});

test('a chunk of another account is sent before the rest of a large campaign that was accepted earlier', () => {
  const order = new FairOrder();
  const flood = Array.from({ length: 200 }, () => order.rank(1, 500, 0, 1_000_000));
  const other = order.rank(2, 500, 0, 1_000_100);
  assert.equal(flood[0], 1_000_000);
  assert.ok(flood.at(-1)! > other);
  assert.deepEqual(
    [...flood].sort((a, b) => a - b),
    flood,
  );
});

test('an account with few messages gets a start tag from the clock, and a later due time gives a later start tag', () => {
  const order = new FairOrder();
  order.rank(1, 500, 0, 1_000);
  assert.equal(order.rank(1, 1, 0, 60_000), 60_000);
  assert.equal(order.rank(1, 500, 90_000, 60_000), 90_000);
  assert.equal(order.rank(1, 1, 0, 70_000), 70_000, 'what is due later takes no share of now');
});

test('a start tag is never later than the claim looks', () => {
  const order = new FairOrder();
  let rank = 0;
  for (let i = 0; i < 200_000; i++) rank = order.rank(1, 500, 0, 1_000);
  assert.ok(rank <= 1_000 + 3_600_000);
});
