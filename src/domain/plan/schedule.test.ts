import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { easterSunday, holidayCalendars, isHoliday } from './holidays.ts';
import { defaultSendingHours, nextOpening, nextOpeningIn, type SendingHours } from './schedule.ts';

const at = (text: string) => Date.parse(text);
const opening = (country: string, text: string) => new Date(nextOpening(country, at(text))).toISOString();

test('inside the hours nothing is moved', () => {
  for (const text of [
    '2026-11-23T08:00:00.000+01:00',
    '2026-11-23T19:59:59.999+01:00',
    '2026-07-11T12:34:56.789+02:00',
  ]) {
    assert.equal(nextOpening('FR', at(text)), at(text), text);
  }
});

test('outside the hours of France the next opening is at eight', () => {
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

test('the change to summer time and back moves the opening in UTC, not on the wall', () => {
  assert.equal(opening('FR', '2026-03-28T21:00:00+01:00'), '2026-03-30T06:00:00.000Z');
  assert.equal(opening('FR', '2026-10-24T21:00:00+02:00'), '2026-10-26T07:00:00.000Z');
});

const everyDay = (timeZone: string, openMinute: number, closeMinute: number): SendingHours => ({
  timeZone,
  week: Array.from({ length: 7 }, () => ({ openMinute, closeMinute })),
  holidays: [],
});

test('an opening that the clock jumps over is the instant of the jump', () => {
  const next = nextOpeningIn({ FR: everyDay('Europe/Paris', 150, 600) });
  assert.equal(new Date(next('FR', at('2026-03-29T00:00:00Z'))).toISOString(), '2026-03-29T01:00:00.000Z');
});

test('an opening that comes twice counts the first time, and the second when the first has passed', () => {
  const next = nextOpeningIn({ FR: everyDay('Europe/Paris', 150, 160) });
  assert.equal(new Date(next('FR', at('2026-10-25T00:00:00Z'))).toISOString(), '2026-10-25T00:30:00.000Z');
  assert.equal(new Date(next('FR', at('2026-10-25T01:15:00Z'))).toISOString(), '2026-10-25T01:30:00.000Z');
});

test('overseas departments keep their own clock and their own holidays', () => {
  assert.equal(opening('RE', '2026-11-23T04:00:00Z'), '2026-11-23T04:00:00.000Z');
  assert.equal(opening('RE', '2026-11-23T16:00:00Z'), '2026-11-24T04:00:00.000Z');
  assert.equal(opening('MQ', '2026-05-22T15:00:00Z'), '2026-05-23T12:00:00.000Z');
  assert.equal(opening('FR', '2026-05-22T15:00:00Z'), '2026-05-22T15:00:00.000Z');
});

test('a country that the table does not name is always open', () => {
  assert.equal(nextOpening('US', at('2026-11-22T03:00:00Z')), at('2026-11-22T03:00:00Z'));
});

test('a table that never opens is a mistake of its author', () => {
  const never: SendingHours = {
    timeZone: 'UTC',
    week: [null, null, null, null, null, null, null],
    holidays: [],
  };
  assert.throws(() => nextOpeningIn({ FR: never }), /open at least once a week/);
});

/** Read from the Intl API alone, without the code under test. */
function isOpen(hours: SendingHours, ms: number): boolean {
  const local = new Date(
    new Date(ms).toLocaleString('sv-SE', { timeZone: hours.timeZone }).replace(' ', 'T') + 'Z',
  );
  const day = hours.week[local.getUTCDay()];
  if (!day || isHoliday(hours.holidays, local.getUTCFullYear(), local.getUTCMonth() + 1, local.getUTCDate()))
    return false;
  const minute = local.getUTCHours() * 60 + local.getUTCMinutes();
  return minute >= day.openMinute && minute < day.closeMinute;
}

test('the result is always open, never before the input, and nothing was open in between', () => {
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

test('Easter falls where the tables say', () => {
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
