import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Route } from './choose.ts';
import { noCosts } from './costs.ts';
import {
  type FailedMessage,
  messageOfResend,
  namesFailure,
  type ResendRule,
  resendChunkId,
  resendUntil,
  wrongResendEntry,
} from './resend.ts';

const nowMs = 1_000_000;
const rule: ResendRule = { resendOn: ['undelivered:004', 'rejected'], resendLimit: 1, resendWithinS: 300 };
const route = (connectorId: number, changes: Partial<Route> = {}): Route => ({
  ...{ connectorId, country: null, tier: null, sender: null, position: 1, weight: 1 },
  ...changes,
});
const state = { routes: [route(1), route(2)], costs: noCosts, nowMs };
const failed: FailedMessage = {
  ...{ country: 'FR', msisdn: 33612345678, tier: 'premium', sender: null, accountId: 1, encoding: 'gsm7' },
  ...{ purpose: 'transactional', tag: null },
  ...{ segments: 1, costMicros: 50_000n, expiresAtMs: nowMs + 3_600_000, submittedAtMs: nowMs - 1_000 },
  ...{ failedIds: new Set([1]), isWithheld: false },
};

test('a rule names statuses, or statuses with a code of the carrier in any spelling', () => {
  assert.ok(namesFailure(rule, 'rejected', '012'));
  assert.ok(namesFailure(rule, 'undelivered', '4'));
  assert.ok(namesFailure(rule, 'undelivered', '004'));
  for (const [status, error] of [
    ['undelivered', '040'],
    ['undelivered', null],
    ['expired', '004'],
    ['delivered', '004'],
  ] as const)
    assert.equal(namesFailure(rule, status, error), false, `${status} ${error}`);
  assert.equal(wrongResendEntry(['undelivered', 'unknown:0x12', 'expired:EC-7']), null);
  for (const wrong of ['delivered', 'undelivered:', 'undelivered:a b', '004', ''])
    assert.equal(wrongResendEntry(['rejected', wrong]), wrong);
});

test('a message is sent again until the shorter of its validity and the time of the rule', () => {
  assert.equal(resendUntil(rule, failed, state), nowMs + 300_000);
  assert.equal(resendUntil(rule, { ...failed, expiresAtMs: nowMs + 60_000 }, state), nowMs + 60_000);
});

test('the failure is the end if the message is too old, has no other carrier, or had as many as the rule allows', () => {
  const cases: Partial<FailedMessage>[] = [
    { expiresAtMs: nowMs },
    { submittedAtMs: nowMs - 300_001 },
    { failedIds: new Set([1, 2]) },
    { isWithheld: true },
  ];
  for (const changes of cases)
    assert.equal(resendUntil(rule, { ...failed, ...changes }, state), null, JSON.stringify(changes));
  const alone = { ...state, routes: [route(1), route(2, { country: 'BE' })] };
  assert.equal(resendUntil(rule, failed, alone), null, 'the other route is for another country');
  const dear = { ...state, routes: [route(1), route(2, { costMicros: 60_000n })] };
  assert.equal(resendUntil(rule, failed, dear), null, 'the other route is a loss');
  const three = { ...state, routes: [route(1), route(2), route(3)] };
  const twice = { ...failed, failedIds: new Set([1, 2]) };
  assert.equal(resendUntil(rule, twice, three), null);
  assert.notEqual(resendUntil({ ...rule, resendLimit: 2 }, twice, three), null);
});

test('the chunk of a resend lies outside the ids of other chunks', () => {
  assert.equal(messageOfResend(resendChunkId(1)), 1);
  assert.ok(resendChunkId(1) < -500);
  assert.equal(messageOfResend(1), null);
});
