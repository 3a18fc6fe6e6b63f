// When marketing may leave: sending hours by destination country. Used by the plan. Hours are those of the recipient's wall
// clock, so a change to summer time moves nothing for people. A country without hours of its own has those of the account.

import { assert } from '#lib/assert.ts';
import { dayMs, minuteMs } from '#lib/time/duration.ts';
import { dayOfRest, zonesByCountry } from './country-zones.ts';
import { type HolidayCalendar, holidayCalendars, isHoliday } from './holidays.ts';

/** Minutes since local midnight; open up to and not including `closeMinute`. */
export interface OpenHours {
  readonly openMinute: number;
  readonly closeMinute: number;
}

export interface SendingHours {
  /** IANA names. Of several, all must be open at once: nobody knows in which of them a number is. */
  readonly timeZones: readonly string[];
  /** Sunday first; null is closed all day. */
  readonly week: readonly (OpenHours | null)[];
  readonly holidays: HolidayCalendar;
}

export type SendingHoursTable = Readonly<Record<string, SendingHours>>;

/** Every day but the day of rest, by the clock on the wall. */
function workingDays(country: string, timeZones: readonly string[]): SendingHours {
  const open = { openMinute: (openHours.get(country) ?? 8) * 60, closeMinute: 20 * 60 };
  const rest = dayOfRest(country);
  return {
    timeZones,
    week: Array.from({ length: 7 }, (_, day) => (day === rest ? null : open)),
    holidays: holidayCalendars[country] ?? [],
  };
}

/** India: promotional SMS from 10:00 to 21:00 (TCCCPR 2018). */
const openHours: ReadonlyMap<string, number> = new Map([['IN', 10]]);

/**
 * France, from 8:00 to 20:00 on Mondays to Saturdays (docs/dialects/octopush.md#sending-hours). All others that are priced
 * are held to the same hours as a caution, in their zones, with their day of rest, and with their holidays where
 * holidays.ts knows them.
 */
export const defaultSendingHours: SendingHoursTable = Object.fromEntries(
  [...zonesByCountry].map(([country, timeZones]) => [country, workingDays(country, timeZones)]),
);

/** Whose hours hold when neither the destination nor the account has any. */
const platformCountry = 'FR';

const quarterMs = 15 * minuteMs;

// Longer than any row of closed days, shorter than a loop that would hide a table without an opening.
const horizonDays = 400;

export type NextOpening = (country: string, atMs: number, accountCountry?: string | null) => number;

/**
 * The first instant at or after `atMs` at which marketing may leave to the country, by the default table. Where it has no
 * hours those of the account's country hold, in its zone.
 */
export const nextOpening: NextOpening = nextOpeningIn(defaultSendingHours);

/** The same for a table of the operator's. */
export function nextOpeningIn(table: SendingHoursTable): NextOpening {
  const known = new Map<string, (atMs: number) => number>();
  return (country, atMs, accountCountry) => {
    const name = [country, accountCountry ?? platformCountry, platformCountry].find((c) =>
      Object.hasOwn(table, c),
    );
    if (name === undefined) return atMs;
    let opening = known.get(name);
    // Made when they are first asked for: a formatter for each of 250 zones would cost a start 20 ms.
    if (opening === undefined) {
      const hours = table[name]!;
      opening = inAllZones(hours.timeZones.map((timeZone) => openingOf(hours, timeZone)));
      known.set(name, opening);
    }
    return opening(atMs);
  };
}

function inAllZones(openings: readonly ((atMs: number) => number)[]): (atMs: number) => number {
  if (openings.length === 1) return openings[0]!;
  return (atMs) => {
    // Each round moves on by hours at least, or has found it.
    for (let at = atMs; at < atMs + horizonDays * dayMs; ) {
      const next = openings.reduce((from, opening) => opening(from), at);
      if (next === at) return at;
      at = next;
    }
    throw new Error('assertion failed: the zones of a country are never open at once');
  };
}

function openingOf(hours: SendingHours, timeZone: string): (atMs: number) => number {
  assert(hours.week.length === 7, 'sending hours are given for seven days, Sunday first');
  assert(
    hours.week.some((day) => day !== null && day.closeMinute > day.openMinute),
    'sending hours open at least once a week',
  );
  const offsetAt = zoneOffset(timeZone);
  // The closed time last met: everything that falls into it waits for the same opening.
  let closedFromMs = Number.POSITIVE_INFINITY;
  let closedUntilMs = 0;
  return (atMs) => {
    if (atMs >= closedFromMs && atMs < closedUntilMs) return closedUntilMs;
    const localMs = atMs + offsetAt(atMs);
    const todayMs = Math.floor(localMs / dayMs) * dayMs;
    for (let day = 0; day < horizonDays; day++) {
      const dateMs = todayMs + day * dayMs;
      const open = openHoursOn(hours, dateMs);
      if (open === null) continue;
      const openMs = dateMs + open.openMinute * minuteMs;
      if (localMs < openMs) {
        closedFromMs = atMs;
        closedUntilMs = instantOf(openMs, atMs, offsetAt);
        return closedUntilMs;
      }
      if (localMs < dateMs + open.closeMinute * minuteMs) return atMs;
    }
    throw new Error('assertion failed: no opening within a year');
  };
}

/** Dates and wall times are carried as if they were UTC. */
function openHoursOn(hours: SendingHours, dateMs: number): OpenHours | null {
  const date = new Date(dateMs);
  const open = hours.week[date.getUTCDay()]!;
  if (open === null || open.closeMinute <= open.openMinute) return null;
  return isHoliday(hours.holidays, date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate())
    ? null
    : open;
}

/**
 * The first instant from `notBeforeMs` on at which the wall clock shows `localMs` or, where the clock jumps over it,
 * more. An hour that comes twice counts the first time, unless that has passed.
 */
function instantOf(localMs: number, notBeforeMs: number, offsetAt: (atMs: number) => number): number {
  const before = offsetAt(localMs - dayMs);
  const after = offsetAt(localMs + dayMs);
  let instant = localMs - Math.max(before, after);
  if (instant < notBeforeMs) instant = localMs - Math.min(before, after);
  // Only while a jump lies ahead does the clock show less than asked: changes fall on quarters of an hour.
  while (instant + offsetAt(instant) < localMs) instant += quarterMs - (instant % quarterMs);
  return instant;
}

/** Offset of a zone from UTC in ms, kept for the quarter of an hour last asked for: formatting takes microseconds. */
export function zoneOffset(timeZone: string): (atMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  let knownQuarter = Number.NaN;
  let knownOffset = 0;
  return (atMs) => {
    const quarter = Math.floor(atMs / quarterMs);
    if (quarter === knownQuarter) return knownOffset;
    const startMs = quarter * quarterMs;
    const at: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(startMs)) at[type] = Number(value);
    const wallMs = Date.UTC(
      at['year']!,
      at['month']! - 1,
      at['day']!,
      at['hour']!,
      at['minute']!,
      at['second']!,
    );
    knownQuarter = quarter;
    knownOffset = wallMs - startMs;
    return knownOffset;
  };
}
