import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { easterSunday, holidayCalendars, isHoliday } from './holidays.ts';
import { defaultSendingHours, nextOpening, nextOpeningIn, type SendingHours } from './schedule.ts';

const at = (text: string) => Date.parse(text);
const opening = (country: string, text: string) => new Date(nextOpening(country, at(text))).toISOString();

test('inside the sending hours the time does not change', () => {
  for (const text of [
    '2026-11-23T08:00:00.000+01:00',
    '2026-11-23T19:59:59.999+01:00',
    '2026-07-11T12:34:56.789+02:00',
  ]) {
    assert.equal(nextOpening('FR', at(text)), at(text), text);
  }
});

test('outside the sending hours of France the next opening is at eight', () => {
  const rows: [string, string, why: string][] = [
    ['2026-11-20T20:00:00+01:00', '2026-11-21T07:00:00.000Z', 'Friday evening'],
    ['2026-11-21T03:00:00+01:00', '2026-11-21T07:00:00.000Z', 'Saturday night'],
    ['2026-11-21T20:00:00+01:00', '2026-11-23T07:00:00.000Z', 'Saturday evening: Sunday is closed'],
    ['2026-11-22T16:00:00+01:00', '2026-11-23T07:00:00.000Z', 'Sunday afternoon'],
    ['2026-05-01T10:00:00+02:00', '2026-05-02T06:00:00.000Z', 'Labour Day'],
    ['2026-04-04T21:00:00+02:00', '2026-04-07T06:00:00.000Z', 'Easter: Sunday and Monday'],
    ['2027-12-31T23:00:00+01:00', '2028-01-03T07:00:00.000Z', 'New Year on a Saturday, then a Sunday'],
  ];
  for (const [from, to, why] of rows) assert.equal(opening('FR', from), to, why);
});

test('a change to or from summer time moves the opening in UTC, not in local time', () => {
  assert.equal(opening('FR', '2026-03-28T21:00:00+01:00'), '2026-03-30T06:00:00.000Z');
  assert.equal(opening('FR', '2026-10-24T21:00:00+02:00'), '2026-10-26T07:00:00.000Z');
});

const everyDay = (timeZone: string, openMinute: number, closeMinute: number): SendingHours => ({
  timeZones: [timeZone],
  week: Array.from({ length: 7 }, () => ({ openMinute, closeMinute })),
  holidays: [],
});

test('an opening in a skipped hour is the instant of the change', () => {
  const next = nextOpeningIn({ FR: everyDay('Europe/Paris', 150, 600) });
  assert.equal(new Date(next('FR', at('2026-03-29T00:00:00Z'))).toISOString(), '2026-03-29T01:00:00.000Z');
});

test('an opening that occurs twice counts the first time, and the second time when the first has passed', () => {
  const next = nextOpeningIn({ FR: everyDay('Europe/Paris', 150, 160) });
  assert.equal(new Date(next('FR', at('2026-10-25T00:00:00Z'))).toISOString(), '2026-10-25T00:30:00.000Z');
  assert.equal(new Date(next('FR', at('2026-10-25T01:15:00Z'))).toISOString(), '2026-10-25T01:30:00.000Z');
});

test('overseas departments have their own time zone and their own holidays', () => {
  assert.equal(opening('RE', '2026-11-23T04:00:00Z'), '2026-11-23T04:00:00.000Z');
  assert.equal(opening('RE', '2026-11-23T16:00:00Z'), '2026-11-24T04:00:00.000Z');
  assert.equal(opening('MQ', '2026-05-22T15:00:00Z'), '2026-05-23T12:00:00.000Z');
  assert.equal(opening('FR', '2026-05-22T15:00:00Z'), '2026-05-22T15:00:00.000Z');
});

test('marketing waits for the recipient’s sending hours, in their zone, with their day of rest and holidays', () => {
  const rows: [country: string, from: string, to: string, why: string][] = [
    ['BE', '2026-07-21T12:00:00+02:00', '2026-07-22T06:00:00.000Z', 'the national day of Belgium'],
    ['BE', '2026-07-14T12:00:00+02:00', '2026-07-14T10:00:00.000Z', 'that of France is none there'],
    ['GB', '2026-11-23T19:30:00Z', '2026-11-23T19:30:00.000Z', 'half past eight in Paris'],
    ['GB', '2026-11-23T07:30:00Z', '2026-11-23T08:00:00.000Z', 'open already in Paris'],
    ['JP', '2026-11-23T10:59:00Z', '2026-11-23T10:59:00.000Z', 'evening in Tokyo'],
    ['JP', '2026-11-23T11:00:00Z', '2026-11-23T23:00:00.000Z', 'night in Tokyo, noon in Paris'],
    [
      'IN',
      '2026-11-23T03:00:00Z',
      '2026-11-23T04:30:00.000Z',
      'India opens at ten, at half past four by UTC',
    ],
    ['DZ', '2026-11-20T10:00:00Z', '2026-11-21T07:00:00.000Z', 'Friday in Algeria'],
    ['DZ', '2026-11-22T10:00:00Z', '2026-11-22T10:00:00.000Z', 'Sunday in Algeria'],
    ['IL', '2026-11-21T10:00:00Z', '2026-11-22T06:00:00.000Z', 'Saturday in Israel'],
    ['MC', '2026-11-19T10:00:00Z', '2026-11-20T07:00:00.000Z', 'the national day of Monaco'],
  ];
  for (const [country, from, to, why] of rows) assert.equal(opening(country, from), to, why);
});

test('in a country with several zones all must be open', () => {
  const rows: [country: string, from: string, to: string, why: string][] = [
    ['US', '2026-11-23T13:00:00Z', '2026-11-23T18:00:00.000Z', 'eight in New York is three in Hawaii'],
    ['US', '2026-11-24T00:59:00Z', '2026-11-24T00:59:00.000Z', 'still before eight in New York'],
    ['US', '2026-11-24T01:00:00Z', '2026-11-24T18:00:00.000Z', 'eight in the evening in New York'],
    ['ES', '2026-11-23T07:30:00Z', '2026-11-23T08:00:00.000Z', 'half past seven on the Canaries'],
    ['RU', '2026-11-23T09:00:00Z', '2026-11-24T06:00:00.000Z', 'night in Kamchatka, day in Kaliningrad'],
  ];
  for (const [country, from, to, why] of rows) assert.equal(opening(country, from), to, why);
});

test('a country without hours uses those of the account’s country, and without one those of France', () => {
  const monday = at('2026-11-23T19:30:00Z');
  const tuesday = at('2026-11-24T07:00:00Z');
  assert.equal(nextOpening('AQ', monday, 'FR'), tuesday);
  assert.equal(nextOpening('AQ', monday, 'GB'), monday);
  assert.equal(nextOpening('AQ', monday, 'AQ'), tuesday);
  assert.equal(nextOpening('AQ', monday, null), tuesday);
  assert.equal(nextOpening('AQ', monday), tuesday);
  assert.equal(nextOpeningIn({})('FR', monday, 'FR'), monday, 'a table of the operator that names nobody');
});

test('every country in the shipped rate card has hours', () => {
  const card = readFileSync(new URL('../../../rates/rate-card.csv', import.meta.url), 'utf8');
  const priced = new Set([...card.matchAll(/^([A-Z]{2}),/gm)].map(([, country]) => country!));
  assert.ok(priced.size > 200);
  assert.deepEqual(
    [...priced].filter((country) => !Object.hasOwn(defaultSendingHours, country)),
    [],
  );
});

test('a table that never opens is refused', () => {
  const never: SendingHours = {
    timeZones: ['UTC'],
    week: [null, null, null, null, null, null, null],
    holidays: [],
  };
  assert.throws(() => nextOpeningIn({ FR: never })('FR', 0), /open at least once a week/);
});

/** From the Intl API alone, independent of the tested code. */
function isOpen(hours: SendingHours, ms: number): boolean {
  return hours.timeZones.every((timeZone) => {
    const local = new Date(new Date(ms).toLocaleString('sv-SE', { timeZone }).replace(' ', 'T') + 'Z');
    const [year, month, date] = [local.getUTCFullYear(), local.getUTCMonth() + 1, local.getUTCDate()];
    const day = hours.week[local.getUTCDay()];
    if (!day || isHoliday(hours.holidays, year, month, date)) return false;
    const minute = local.getUTCHours() * 60 + local.getUTCMinutes();
    return minute >= day.openMinute && minute < day.closeMinute;
  });
}

test('the result is open, never before the input, and no earlier instant is open', () => {
  const instant = fc.integer({ min: at('2020-01-01T00:00:00Z'), max: at('2040-01-01T00:00:00Z') });
  const country = fc.constantFrom(...Object.keys(defaultSendingHours));
  fc.assert(
    fc.property(country, instant, fc.double({ min: 0, max: 1, noNaN: true }), (code, from, share) => {
      const hours = defaultSendingHours[code]!;
      const to = nextOpening(code, from);
      assert.ok(to >= from);
      assert.ok(isOpen(hours, to));
      if (to > from) {
        assert.ok(!isOpen(hours, to - 1));
        assert.ok(!isOpen(hours, from + Math.floor((to - 1 - from) * share)));
      }
      assert.equal(nextOpening(code, to), to);
    }),
    { numRuns: 400 },
  );
});

test('Easter falls on the published dates', () => {
  const rows: [number, number, number][] = [
    [1961, 4, 2],
    [2000, 4, 23],
    [2008, 3, 23],
    [2024, 3, 31],
    [2025, 4, 20],
    [2026, 4, 5],
    [2027, 3, 28],
    [2038, 4, 25],
    [2076, 4, 19],
  ];
  for (const [year, month, day] of rows) assert.deepEqual(easterSunday(year), { month, day }, String(year));
});

test('France has eleven holidays, its departments one or two more', () => {
  const count = (country: string, year: number) => {
    let days = 0;
    for (let ms = Date.UTC(year, 0, 1); ms < Date.UTC(year + 1, 0, 1); ms += 86_400_000) {
      const date = new Date(ms);
      if (isHoliday(holidayCalendars[country]!, year, date.getUTCMonth() + 1, date.getUTCDate())) days++;
    }
    return days;
  };
  assert.deepEqual(
    ['FR', 'RE', 'YT', 'GF', 'GP', 'MQ'].map((country) => count(country, 2026)),
    [11, 12, 12, 12, 13, 13],
  );
  assert.equal(isHoliday(holidayCalendars['PF']!, 2024, 6, 29), true);
  assert.equal(isHoliday(holidayCalendars['PF']!, 2026, 6, 29), false);
  assert.equal(isHoliday(holidayCalendars['PF']!, 2026, 11, 20), true);
});
