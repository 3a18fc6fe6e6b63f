// Sending hours of marketing by destination country. Used by the plan. Hours are in local time, so a change to summer time
// does not move them. A country without hours uses those of the account's country.

import { assert } from '#lib/assert.ts';
import { dayMs, minuteMs } from '#lib/time/duration.ts';
import { firstInstantOf, zoneOffset } from '#lib/time/zoned-time.ts';
import { dayOfRest, zonesByCountry } from './country-zones.ts';
import { type HolidayCalendar, holidayCalendars, isHoliday } from './holidays.ts';

/** Minutes since local midnight; `closeMinute` is excluded. */
export interface OpenHours {
  readonly openMinute: number;
  readonly closeMinute: number;
}

export interface SendingHours {
  /** IANA names. All must be open, since a number does not tell its zone. */
  readonly timeZones: readonly string[];
  /** Sunday first; null: closed all day. */
  readonly week: readonly (OpenHours | null)[];
  readonly holidays: HolidayCalendar;
}

export type SendingHoursTable = Readonly<Record<string, SendingHours>>;

/** Every day except the day of rest, in local time. */
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
 * France, from 8:00 to 20:00 on Mondays to Saturdays (docs/dialects/octopush.md#sending-hours). As a caution, all other
 * priced countries have the same hours, in their zones, with their day of rest and the holidays that holidays.ts has.
 */
export const defaultSendingHours: SendingHoursTable = Object.fromEntries(
  [...zonesByCountry].map(([country, timeZones]) => [country, workingDays(country, timeZones)]),
);

/** Its hours hold if neither the destination nor the account's country has any. */
const platformCountry = 'FR';

// Longer than any row of closed days, and short enough to find a table that never opens.
const horizonDays = 400;

export type NextOpening = (country: string, atMs: number, accountCountry?: string | null) => number;

/**
 * The first instant at or after `atMs` at which marketing may be sent to the country, by the default table. A country
 * without hours uses those of the account's country, in its zone.
 */
export const nextOpening: NextOpening = nextOpeningIn(defaultSendingHours);

/** The same for a table of the operator. */
export function nextOpeningIn(table: SendingHoursTable): NextOpening {
  const known = new Map<string, (atMs: number) => number>();
  return (country, atMs, accountCountry) => {
    const name = [country, accountCountry ?? platformCountry, platformCountry].find((c) =>
      Object.hasOwn(table, c),
    );
    if (name === undefined) return atMs;
    let opening = known.get(name);
    // Created on demand: formatters for all 250 zones would add 20 ms to a start.
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
    // Each round advances by hours, or finds the opening.
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
  // The last closed period: every instant in it has the same opening.
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
        closedUntilMs = firstInstantOf(openMs, atMs, offsetAt);
        return closedUntilMs;
      }
      if (localMs < dateMs + open.closeMinute * minuteMs) return atMs;
    }
    throw new Error('assertion failed: no opening within a year');
  };
}

/** Represents local dates and times as if they were UTC. */
function openHoursOn(hours: SendingHours, dateMs: number): OpenHours | null {
  const date = new Date(dateMs);
  const open = hours.week[date.getUTCDay()]!;
  if (open === null || open.closeMinute <= open.openMinute) return null;
  return isHoliday(hours.holidays, date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate())
    ? null
    : open;
}
