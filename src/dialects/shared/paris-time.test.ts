import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { readParisTime, renderParisOffsetTime, renderParisTime } from './paris-time.ts';

const paris = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/Paris',
  dateStyle: 'short',
  timeStyle: 'medium',
});
const from1996To2100 = fc.integer({ min: Date.UTC(1996, 1) / 1000, max: Date.UTC(2100, 0) / 1000 });

test('the date of a push is the wall clock of Paris, summer and winter', () => {
  fc.assert(
    fc.property(from1996To2100, (seconds) => {
      assert.equal(renderParisTime(seconds * 1000), paris.format(seconds * 1000));
    }),
  );
  for (const changeMs of [Date.UTC(2026, 2, 29, 1), Date.UTC(2026, 9, 25, 1)]) {
    for (const atMs of [changeMs - 1000, changeMs]) assert.equal(renderParisTime(atMs), paris.format(atMs));
  }
});

test('a wall clock reading names the instant at which Paris shows it', () => {
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
