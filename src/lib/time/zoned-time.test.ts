import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  firstInstantOf,
  readIsoTime,
  readLocalTime,
  renderLocalTime,
  renderOffsetTime,
  zoneOffset,
} from './zoned-time.ts';

const zones = [
  'Europe/Paris',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Kiritimati',
];
const from1970To2100 = fc.integer({ min: 0, max: Date.UTC(2100, 0) / 1000 });

for (const timeZone of zones) {
  const offsetAt = zoneOffset(timeZone);
  const written = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });

  test(`a local time in ${timeZone} is read back as the same instant`, () => {
    fc.assert(
      fc.property(from1970To2100, (seconds) => {
        const shown = renderLocalTime(seconds * 1000, offsetAt);
        assert.equal(shown, written.format(seconds * 1000));
        const readMs = readLocalTime(shown.split(/\D/).map(Number), offsetAt);
        assert.equal(renderLocalTime(readMs, offsetAt), shown);
        assert.ok(readMs <= seconds * 1000, 'of two instants with this wall clock, the first');
      }),
    );
  });

  test(`a time with the offset of ${timeZone} is the same instant for every reader`, () => {
    fc.assert(
      fc.property(from1970To2100, (seconds) => {
        const iso = renderOffsetTime(seconds * 1000, offsetAt);
        assert.equal(Date.parse(iso), seconds * 1000);
        const [, local, zone] = /^(.*)([+-].*)$/.exec(iso)!;
        assert.equal(readIsoTime(local!.split(/\D/).map(Number), zone, offsetAt), seconds * 1000);
      }),
    );
  });
}

test('the hour that spring skips is read with the offset before the change', () => {
  const newYork = zoneOffset('America/New_York');
  assert.equal(readLocalTime([2026, 3, 8, 2, 30], newYork), Date.UTC(2026, 2, 8, 7, 30));
  // Lord Howe moves its clocks by half an hour.
  const lordHowe = zoneOffset('Australia/Lord_Howe');
  assert.equal(readLocalTime([2026, 10, 4, 2, 15], lordHowe), Date.UTC(2026, 9, 3, 15, 45));
});

test('the first instant with a local time is never before the given one', () => {
  const paris = zoneOffset('Europe/Paris');
  const skipped = Date.UTC(2026, 2, 29, 2, 30);
  assert.equal(firstInstantOf(skipped, 0, paris), Date.UTC(2026, 2, 29, 1));
  const repeated = Date.UTC(2026, 9, 25, 2, 30);
  assert.equal(firstInstantOf(repeated, 0, paris), Date.UTC(2026, 9, 25, 0, 30));
  assert.equal(firstInstantOf(repeated, Date.UTC(2026, 9, 25, 1), paris), Date.UTC(2026, 9, 25, 1, 30));
});

test('an unknown zone is an error', () => {
  assert.throws(() => zoneOffset('Europe/Atlantis')(0), RangeError);
});
