import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OutboundMessage, Outcome } from '#domain/delivery/connector.ts';
import { Job } from './job.ts';

function job(segments: number): { job: Job; outcomes: Outcome[] } {
  const outcomes: Outcome[] = [];
  const bodies = Array.from({ length: segments }, () => ({ octets: new Uint8Array(0), tlvs: undefined }));
  const source = { ton: 0, npi: 0, address: '' };
  return {
    job: new Job({} as OutboundMessage, source, 0, bodies, (outcome) => outcomes.push(outcome)),
    outcomes,
  };
}

const doubt: Outcome = { kind: 'in-doubt', reason: 'link' };
const later: Outcome = { kind: 'try-later', afterMs: 1, reason: 'busy' };
const refused: Outcome = { kind: 'refused', code: 11, reason: 'no' };

test('references are in the order of the segments for any order of the responses', () => {
  const { job: three, outcomes } = job(3);
  for (const [index, reference] of [
    [2, 'c'],
    [0, 'a'],
    [1, 'b'],
  ] as const) {
    assert.deepEqual(outcomes, []);
    three.send();
    three.take(index, reference);
  }
  assert.deepEqual(outcomes, [{ kind: 'submitted', references: ['a', 'b', 'c'] }]);
});

test('of several failures the strongest decides: a refusal, then doubt, then expiry', () => {
  for (const [failures, expected] of [
    [[later, doubt], doubt],
    [[doubt, later], doubt],
    [[doubt, refused], refused],
    [[{ kind: 'expired' }, later], { kind: 'expired' }],
  ] as [Outcome[], Outcome][]) {
    const { job: two, outcomes } = job(2);
    for (const failure of failures) two.fail(failure);
    assert.deepEqual(outcomes, [expected]);
  }
});

test('a message with an accepted segment is never returned to be sent again', () => {
  const { job: two, outcomes } = job(2);
  two.send();
  two.fail(later);
  two.take(0, 'a');
  assert.equal(outcomes[0]!.kind, 'in-doubt');
});

test('a postponed segment leaves nothing with the carrier', () => {
  const { job: one } = job(1);
  one.send();
  assert.equal(one.isBegun, true);
  one.postpone(5);
  assert.equal(one.isBegun, false);
  assert.equal(one.waitingSinceMs, 5);
});
