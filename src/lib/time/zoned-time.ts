// Local dates and times of IANA zones, by the zone rules of Intl. Used by sending hours, by connectors whose receipts have
// local times, and by the dialects for dates without an offset. Times are Unix milliseconds.

import { dayMs, minuteMs } from './duration.ts';

/** Offset of one zone from UTC at an instant, in ms. */
export type ZoneOffset = (atMs: number) => number;

/** Changes of a zone's offset fall on quarters of an hour. */
const quarterMs = 15 * minuteMs;
/** ISO 8601 allows 14 hours (Kiribati). */
const maxOffsetMinutes = 14 * 60;

/**
 * The offset of an IANA zone. Throws a RangeError for an unknown zone, here or at the first call. Cached for the last quarter
 * of an hour, because formatting takes microseconds.
 */
export function zoneOffset(timeZone: string): ZoneOffset {
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
    knownOffset = localTimeOf(format, startMs) - startMs;
    knownQuarter = quarter;
    return knownOffset;
  };
}

/** The local time as if it were UTC. */
function localTimeOf(format: Intl.DateTimeFormat, atMs: number): number {
  const at: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(atMs)) at[type] = Number(value);
  return Date.UTC(at['year']!, at['month']! - 1, at['day']!, at['hour']!, at['minute']!, at['second']!);
}

/** `Y-m-d H:i:s`, as PHP would write it in this zone. */
export function renderLocalTime(atMs: number, offsetAt: ZoneOffset): string {
  const iso = new Date(atMs + offsetAt(atMs)).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}`;
}

/** ISO 8601 with the offset of the zone. */
export function renderOffsetTime(atMs: number, offsetAt: ZoneOffset): string {
  const offsetMs = offsetAt(atMs);
  const sign = offsetMs < 0 ? '-' : '+';
  const minutes = Math.round(Math.abs(offsetMs) / minuteMs);
  const hour = String(Math.floor(minutes / 60)).padStart(2, '0');
  const minute = String(minutes % 60).padStart(2, '0');
  return `${new Date(atMs + offsetMs).toISOString().slice(0, 19)}${sign}${hour}:${minute}`;
}

/** A date and time as numbers: year, month (from 1), day, hour, minute, second. Absent ones are 0. */
export type LocalTime = readonly number[];

/**
 * The instant of a local time; NaN for a date or time that does not exist in any zone. In the repeated hour of autumn, the
 * first one; an hour that spring skips is read with the offset before the change.
 */
export function readLocalTime(local: LocalTime, offsetAt: ZoneOffset): number {
  const localMs = localMsOf(local);
  if (Number.isNaN(localMs)) return Number.NaN;
  const before = offsetAt(localMs - dayMs);
  const after = offsetAt(localMs + dayMs);
  const earlierMs = localMs - Math.max(before, after);
  const isEarlier = offsetAt(earlierMs) === Math.max(before, after);
  return isEarlier ? earlierMs : localMs - Math.min(before, after);
}

/**
 * The same with a zone of ISO 8601: `Z`, `+01:00`, `+0100` or `+01`; without one, in the zone of `offsetAt`. NaN for an invalid
 * date or zone: offsets have at most 14 hours.
 */
export function readIsoTime(local: LocalTime, zone: string | undefined, offsetAt: ZoneOffset): number {
  return zone === undefined ? readLocalTime(local, offsetAt) : localMsOf(local) - readOffset(zone);
}

/** The local time as if it were UTC; NaN if it does not exist. */
function localMsOf([year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0]: LocalTime): number {
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const isReal =
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    hour < 24 &&
    minute < 60 &&
    second < 60;
  return isReal ? date.getTime() : Number.NaN;
}

function readOffset(zone: string): number {
  if (zone.toUpperCase() === 'Z') return 0;
  const parts = /^([+-])(\d\d)(?::?(\d\d))?$/.exec(zone);
  if (parts === null) return Number.NaN;
  const [, sign, hours, minutes = '0'] = parts;
  const total = Number(hours) * 60 + Number(minutes);
  if (Number(minutes) > 59 || total > maxOffsetMinutes) return Number.NaN;
  return (sign === '-' ? -total : total) * minuteMs;
}

/**
 * The first instant from `notBeforeMs` on at which the local time is `localMs`, or later where a change of the clock skips
 * it. For a time that occurs twice the first one counts, unless it is before `notBeforeMs`.
 */
export function firstInstantOf(localMs: number, notBeforeMs: number, offsetAt: ZoneOffset): number {
  const before = offsetAt(localMs - dayMs);
  const after = offsetAt(localMs + dayMs);
  let instant = localMs - Math.max(before, after);
  if (instant < notBeforeMs) instant = localMs - Math.min(before, after);
  // The local time is less than `localMs` only before a skipped hour.
  while (instant + offsetAt(instant) < localMs) instant += quarterMs - (instant % quarterMs);
  return instant;
}
