// When marketing may leave: sending hours by destination country. Serves the plan. Hours are those of the recipient's
// wall clock, so a change to summer time moves nothing for people. A country that the table does not name has no
// window, because its law is unknown to us or its clocks differ by region (US, CA, BR, RU, AU).

import { assert } from '#lib/assert.ts';
import { type HolidayCalendar, holidayCalendars, isHoliday } from './holidays.ts';

/** Minutes since local midnight; open up to and not including `closeMinute`. */
export interface OpenHours {
  readonly openMinute: number;
  readonly closeMinute: number;
}

export interface SendingHours {
  /** IANA name. */
  readonly timeZone: string;
  /** Sunday first; null is closed all day. */
  readonly week: readonly (OpenHours | null)[];
  readonly holidays: HolidayCalendar;
}

export type SendingHoursTable = Readonly<Record<string, SendingHours>>;

function mondayToSaturday(timeZone: string, country: string, fromHour = 8, toHour = 20): SendingHours {
  const open = { openMinute: fromHour * 60, closeMinute: toHour * 60 };
  return {
    timeZone,
    week: [null, open, open, open, open, open, open],
    holidays: holidayCalendars[country] ?? [],
  };
}

// France: protocols/octopush.md 10 and protocols/ovh.md 12.1. The neighbours are held to the same hours, in their
// zone and with their holidays, as a caution: no published rule is known to us that would allow more.
export const defaultSendingHours: SendingHoursTable = {
  FR: mondayToSaturday('Europe/Paris', 'FR'),
  GP: mondayToSaturday('America/Guadeloupe', 'GP'),
  MQ: mondayToSaturday('America/Martinique', 'MQ'),
  GF: mondayToSaturday('America/Cayenne', 'GF'),
  RE: mondayToSaturday('Indian/Reunion', 'RE'),
  YT: mondayToSaturday('Indian/Mayotte', 'YT'),
  BL: mondayToSaturday('America/St_Barthelemy', 'BL'),
  MF: mondayToSaturday('America/Marigot', 'MF'),
  PM: mondayToSaturday('America/Miquelon', 'PM'),
  NC: mondayToSaturday('Pacific/Noumea', 'NC'),
  PF: mondayToSaturday('Pacific/Tahiti', 'PF'),
  WF: mondayToSaturday('Pacific/Wallis', 'WF'),
  MC: mondayToSaturday('Europe/Monaco', 'MC'),
  BE: mondayToSaturday('Europe/Brussels', 'BE'),
  LU: mondayToSaturday('Europe/Luxembourg', 'LU'),
  DE: mondayToSaturday('Europe/Berlin', 'DE'),
  AT: mondayToSaturday('Europe/Vienna', 'AT'),
  CH: mondayToSaturday('Europe/Zurich', 'CH'),
  IT: mondayToSaturday('Europe/Rome', 'IT'),
  // The peninsula's clock; the Canaries are an hour behind, so opening one hour later suits both.
  ES: mondayToSaturday('Europe/Madrid', 'ES', 9, 20),
  PT: mondayToSaturday('Europe/Lisbon', 'PT'),
};

const minuteMs = 60_000;
const quarterMs = 15 * minuteMs;
const dayMs = 24 * 60 * minuteMs;

// Longer than any row of closed days, shorter than a loop that would hide a table without an opening.
const horizonDays = 400;

/** The first instant at or after `atMs` at which marketing may leave to the country, by the default table. */
export const nextOpening: (country: string, atMs: number) => number = nextOpeningIn(defaultSendingHours);

/** The same for a table of the operator's. A country without hours is always open. */
export function nextOpeningIn(table: SendingHoursTable): (country: string, atMs: number) => number {
  const byCountry = new Map(Object.entries(table).map(([country, hours]) => [country, openingOf(hours)]));
  return (country, atMs) => byCountry.get(country)?.(atMs) ?? atMs;
}

function openingOf(hours: SendingHours): (atMs: number) => number {
  assert(hours.week.length === 7, 'sending hours are given for seven days, Sunday first');
  assert(
    hours.week.some((day) => day !== null && day.closeMinute > day.openMinute),
    'sending hours open at least once a week',
  );
  const offsetAt = zoneOffset(hours.timeZone);
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
