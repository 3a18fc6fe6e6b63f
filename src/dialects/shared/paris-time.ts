// Reads and writes dates in Paris time. Used by the dialects for dates of callbacks and for dates without an offset.
// Arithmetic instead of Intl, which is too slow for a date in every callback.
import { dayMs, hourMs } from '#lib/time/duration.ts';

/** 01:00 UTC on the last Sunday of a month: the instant all of the European Union changes its clocks. */
function lastSunday(year: number, month: number): number {
  const lastDayMs = Date.UTC(year, month + 1, 0, 1);
  return lastDayMs - new Date(lastDayMs).getUTCDay() * dayMs;
}

let cachedYear = Number.NaN;
let summerStartMs = 0;
let summerEndMs = 0;

/** Offset of Paris from UTC at this instant, in ms. Directive 2000/84/EC; right from 1996 on. */
function offsetMs(atMs: number): number {
  const year = new Date(atMs).getUTCFullYear();
  if (year !== cachedYear) {
    cachedYear = year;
    summerStartMs = lastSunday(year, 2);
    summerEndMs = lastSunday(year, 9);
  }
  return atMs >= summerStartMs && atMs < summerEndMs ? 2 * hourMs : hourMs;
}

/** `Y-m-d H:i:s`, as PHP would write it in Paris. */
export function renderParisTime(atMs: number): string {
  const iso = new Date(atMs + offsetMs(atMs)).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}`;
}

/** ISO 8601 with the offset of Paris. */
export function renderParisOffsetTime(atMs: number): string {
  const offset = offsetMs(atMs);
  return `${new Date(atMs + offset).toISOString().slice(0, 19)}+0${offset / hourMs}:00`;
}

/**
 * Paris time as Unix milliseconds; NaN for an invalid date. `month` counts from 1. In the repeated hour of autumn, the first
 * one; the skipped hour of spring is read as winter time.
 */
export function readParisTime(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second = 0,
): number {
  const wall = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const isReal =
    wall.getUTCFullYear() === year &&
    wall.getUTCMonth() === month - 1 &&
    wall.getUTCDate() === day &&
    hour < 24 &&
    minute < 60 &&
    second < 60;
  if (!isReal) return Number.NaN;
  const summerMs = wall.getTime() - 2 * hourMs;
  return offsetMs(summerMs) === 2 * hourMs ? summerMs : wall.getTime() - hourMs;
}

/**
 * The same with a zone of ISO 8601: `Z`, `+01:00`, `+0100` or `+01`; without one, Paris. NaN for an invalid date or zone: offsets
 * have at most 14 hours and 59 minutes.
 */
export function readZonedTime(
  [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0]: readonly number[],
  zone: string | undefined,
): number {
  const parisMs = readParisTime(year, month, day, hour, minute, second);
  // Dates that are invalid in Paris are invalid in every zone.
  if (zone === undefined || Number.isNaN(parisMs)) return parisMs;
  return Date.UTC(year, month - 1, day, hour, minute, second) - readOffset(zone);
}

/** ISO 8601 allows 14 hours (Kiribati). */
const furthestOffsetMinutes = 14 * 60;

function readOffset(zone: string): number {
  if (zone.toUpperCase() === 'Z') return 0;
  const parts = /^([+-])(\d\d)(?::?(\d\d))?$/.exec(zone);
  if (parts === null) return Number.NaN;
  const [, sign, hours, minutes = '0'] = parts;
  const total = Number(hours) * 60 + Number(minutes);
  if (Number(minutes) > 59 || total > furthestOffsetMinutes) return Number.NaN;
  return (sign === '-' ? -total : total) * 60_000;
}
