import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Timers, type TimerVerdict } from './timers.ts';

const limits = { bindMs: 5_000, enquireLinkMs: 30_000, answerMs: 10_000, idleMs: 300_000 };

test('without a bind the session is given up after bindMs', () => {
  const timers = new Timers(limits, 0);
  assert.equal(timers.tick(4_999), 'carry-on');
  assert.equal(timers.tick(5_000), 'bind-overdue');
});

test('a silent peer receives one enquire_link, and is given up without a response', () => {
  const timers = new Timers(limits, 0);
  timers.bound(1_000);
  timers.heard(1_000);
  const steps: [number, TimerVerdict][] = [
    [30_999, 'carry-on'],
    [31_000, 'enquire-link'],
    [32_000, 'carry-on'],
    [40_999, 'carry-on'],
    [41_000, 'link-silent'],
  ];
  for (const [atMs, verdict] of steps) assert.equal(timers.tick(atMs), verdict, `at ${atMs}`);
});

test('any received PDU postpones the next enquire_link', () => {
  const timers = new Timers(limits, 0);
  timers.bound(0);
  assert.equal(timers.tick(30_000), 'enquire-link');
  timers.heard(31_000);
  assert.equal(timers.tick(45_000), 'carry-on');
  assert.equal(timers.tick(61_000), 'enquire-link');
});

test('enquire_link alone does not keep an idle session', () => {
  const timers = new Timers(limits, 0);
  timers.bound(0);
  timers.active(10_000);
  for (let atMs = 0; atMs < 310_000; atMs += 5_000) {
    timers.heard(atMs);
    assert.equal(timers.tick(atMs), 'carry-on', `at ${atMs}`);
  }
  assert.equal(timers.tick(310_000), 'idle');
});

test('an unbind that is not answered ends all the same', () => {
  const timers = new Timers(limits, 0);
  timers.bound(0);
  timers.unbinding(1_000);
  assert.equal(timers.tick(10_999), 'carry-on');
  assert.equal(timers.tick(11_000), 'unbind-overdue');
});

test('a limit of zero never strikes', () => {
  const timers = new Timers({ bindMs: 0, enquireLinkMs: 0, answerMs: 0, idleMs: 0 }, 0);
  assert.equal(timers.tick(1e12), 'carry-on');
  timers.bound(0);
  assert.equal(timers.tick(1e12), 'carry-on');
});
