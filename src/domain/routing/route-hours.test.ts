import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isWithinHours, readRouteHours } from './route-hours.ts';

const at = (local: string) => Date.parse(local);

test('hours are written in several ways and stored in one', () => {
  for (const [written, stored] of [
    ['mon-fri 8:00-20:00 Europe/Paris', 'mon,tue,wed,thu,fri 08:00-20:00 Europe/Paris'],
    ['SAT,sun UTC', 'sat,sun UTC'],
    ['fri-mon 22:00-06:00 America/New_York', 'mon,fri,sat,sun 22:00-06:00 America/New_York'],
    ['mon-sun 20:00-24:00 UTC', '20:00-24:00 UTC'],
    ['08:00-09:30 UTC', '08:00-09:30 UTC'],
  ] as const) {
    assert.deepEqual(readRouteHours(written), { hours: stored });
    assert.deepEqual(readRouteHours(stored), { hours: stored });
  }
  for (const wrong of [
    ...['', 'mon-fri', '08:00-20:00', 'mon-fri 08:00-20:00', 'UTC', 'mon-sun UTC', '00:00-24:00 UTC'],
    ...['08:00-08:00 UTC', '08:60-09:00 UTC', '24:00-08:00 UTC', 'mon-fry UTC', 'mon-tue-wed UTC'],
    ...['mon 08:00-09:00 10:00-11:00 UTC', '8-20 UTC', 'mon Mars/Olympus'],
  ])
    assert.ok('mistake' in readRouteHours(wrong), wrong);
});

test('a route takes messages within its hours, in its zone, in summer and in winter', () => {
  const hours = 'mon,tue,wed,thu,fri 08:00-20:00 Europe/Paris';
  assert.deepEqual(
    [
      '2026-11-18T07:59:00+01:00',
      '2026-11-18T08:00:00+01:00',
      '2026-11-18T19:59:59+01:00',
      '2026-11-18T20:00:00+01:00',
      '2026-11-21T12:00:00+01:00',
      '2026-07-15T08:00:00+02:00',
      '2026-07-15T07:00:00+02:00',
    ].map((local) => isWithinHours(hours, at(local))),
    [false, true, true, false, false, true, false],
  );
});

test('hours of a night belong to the day on which they begin', () => {
  const hours = 'fri 22:00-06:00 UTC';
  assert.deepEqual(
    [
      '2026-11-20T21:59Z',
      '2026-11-20T22:00Z',
      '2026-11-21T05:59Z',
      '2026-11-21T06:00Z',
      '2026-11-20T05:00Z',
    ].map((local) => isWithinHours(hours, at(local))),
    [false, true, true, false, false],
  );
});
