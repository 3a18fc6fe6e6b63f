import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { readParisTime, readZonedTime, renderParisOffsetTime, renderParisTime } from './paris-time.ts';

const paris = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/Paris',
  dateStyle: 'short',
  timeStyle: 'medium',
});
const from1996To2100 = fc.integer({ min: Date.UTC(1996, 1) / 1000, max: Date.UTC(2100, 0) / 1000 });

test('the date of a callback is local time in Paris, in summer and winter', () => {
  fc.assert(
    fc.property(from1996To2100, (seconds) => {
      assert.equal(renderParisTime(seconds * 1000), paris.format(seconds * 1000));
    }),
  );
  for (const changeMs of [Date.UTC(2026, 2, 29, 1), Date.UTC(2026, 9, 25, 1)]) {
    for (const atMs of [changeMs - 1000, changeMs]) assert.equal(renderParisTime(atMs), paris.format(atMs));
  }
});

test('a local time is read as the instant at which Paris shows it', () => {
  fc.assert(
    fc.property(from1996To2100, (seconds) => {
      const shown = renderParisTime(seconds * 1000);
      const [year, month, day, hour, minute, second] = shown.split(/\D/).map(Number);
      const read = readParisTime(year!, month!, day!, hour!, minute!, second!);
      assert.equal(renderParisTime(read), shown);
      assert.ok(read === seconds * 1000 || read === (seconds - 3600) * 1000);
    }),
  );
});

test('the hour that spring skips is read as winter time', () => {
  assert.equal(readParisTime(2026, 3, 29, 2, 30), Date.UTC(2026, 2, 29, 1, 30));
});

test('dates that do not exist are no instant', () => {
  for (const [year, month, day, hour] of [
    [2026, 2, 30, 0],
    [2026, 13, 1, 0],
    [2026, 1, 1, 24],
    [Number.NaN, 1, 1, 1],
  ]) {
    assert.ok(Number.isNaN(readParisTime(year!, month!, day!, hour!, 0)));
  }
});

test('with its offset, winter and summer', () => {
  assert.equal(renderParisOffsetTime(Date.UTC(2026, 0, 1, 12)), '2026-01-01T13:00:00+01:00');
  assert.equal(renderParisOffsetTime(Date.UTC(2026, 6, 1, 12)), '2026-07-01T14:00:00+02:00');
});

test('a time with its zone is that instant, and one that cannot be is none', () => {
  const rows: [parts: number[], zone: string | undefined, at: string | null][] = [
    [[2026, 1, 31, 9, 30, 0], '+01:00', '2026-01-31T08:30:00.000Z'],
    [[2026, 1, 31, 9, 30, 0], '+0100', '2026-01-31T08:30:00.000Z'],
    [[2026, 1, 31, 9, 30, 0], '-07', '2026-01-31T16:30:00.000Z'],
    [[2026, 1, 31, 9, 30, 0], 'z', '2026-01-31T09:30:00.000Z'],
    [[2026, 1, 31, 9, 30, 0], '+14:00', '2026-01-30T19:30:00.000Z'],
    [[2026, 1, 31, 9, 30, 0], '+05:45', '2026-01-31T03:45:00.000Z'],
    [[2026, 7, 31, 9, 30, 0], undefined, '2026-07-31T07:30:00.000Z'],
    [[2026, 1, 31, 9, 30, 0], '+25:00', null],
    [[2026, 1, 31, 9, 30, 0], '+14:01', null],
    [[2026, 1, 31, 9, 30, 0], '-15:00', null],
    [[2026, 1, 31, 9, 30, 0], '+01:60', null],
    [[2026, 1, 31, 9, 30, 0], 'CET', null],
    [[2026, 2, 29, 9, 30, 0], '+01:00', null],
    [[2028, 2, 29, 9, 30, 0], '+01:00', '2028-02-29T08:30:00.000Z'],
    [[2026, 1, 31, 24, 0, 0], '+01:00', null],
    [[2026, 1, 31, 9, 60, 0], '+01:00', null],
    [[2026, 1, 31, 9, 30, 60], 'Z', null],
    [[2026, 0, 31, 9, 30, 0], 'Z', null],
    [[2026, 4, 31, 9, 30, 0], undefined, null],
  ];
  for (const [parts, zone, at] of rows) {
    const instant = readZonedTime(parts, zone);
    assert.equal(Number.isNaN(instant) ? null : new Date(instant).toISOString(), at, `${parts} ${zone}`);
  }
});
