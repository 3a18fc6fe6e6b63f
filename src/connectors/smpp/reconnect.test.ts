import assert from 'node:assert/strict';
import { test } from 'node:test';
import { causeOfRefusal, reconnectDelayMs } from './reconnect.ts';

test('a lost connection is repeated within a second, then after doubled delays, up to a minute', () => {
  const limits = {
    reconnectFirstMs: 1_000,
    reconnectMaxMs: 60_000,
    alreadyBoundMs: 20_000,
    credentialsMs: 60_000,
    unboundMs: 5_000,
  };
  const delays = [1, 2, 3, 4, 5, 9, 20, 1000].map((failures) =>
    reconnectDelayMs(limits, failures, 'lost', 0.5),
  );
  assert.deepEqual(delays, [250, 500, 1_000, 2_000, 4_000, 60_000, 60_000, 60_000]);
});

test('a refused bind is repeated later than a lost one, and randomness spreads both by a quarter', () => {
  const limits = {
    reconnectFirstMs: 1_000,
    reconnectMaxMs: 60_000,
    alreadyBoundMs: 20_000,
    credentialsMs: 60_000,
    unboundMs: 5_000,
  };
  assert.equal(reconnectDelayMs(limits, 1, 'refused', 0.5), 4_000);
  assert.equal(reconnectDelayMs(limits, 3, 'lost', 0), 750);
  assert.equal(reconnectDelayMs(limits, 3, 'lost', 1), 1_250);
});

test('an existing session has a constant delay, refused credentials a delay of minutes', () => {
  const limits = {
    reconnectFirstMs: 1_000,
    reconnectMaxMs: 60_000,
    alreadyBoundMs: 20_000,
    credentialsMs: 60_000,
    unboundMs: 5_000,
  };
  for (const failures of [1, 2, 30]) {
    assert.equal(reconnectDelayMs(limits, failures, 'already-bound', 0.5), 20_000);
  }
  const delays = [1, 2, 3, 9, 1000].map((failures) => reconnectDelayMs(limits, failures, 'credentials', 0.5));
  assert.deepEqual(delays, [60_000, 120_000, 240_000, 600_000, 600_000]);
  // Never before five seconds, for any random value.
  assert.equal(reconnectDelayMs(limits, 1, 'unbound', 0), 5_000);
  assert.equal(reconnectDelayMs(limits, 9, 'unbound', 0.5), 60_000);
});

test('the status of a refused bind decides its kind', () => {
  assert.equal(causeOfRefusal(0x05), 'already-bound');
  for (const status of [0x0d, 0x0e, 0x0f, 0x53]) assert.equal(causeOfRefusal(status), 'credentials');
  for (const status of [0x08, 0x14, 0x58, 0x400]) assert.equal(causeOfRefusal(status), 'refused');
});
