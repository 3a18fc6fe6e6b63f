// Reads the instants of filters: a day in UTC or an instant with a zone. Used by the handlers of lists.
import { dayMs, hourMs } from '#lib/time/duration.ts';
import { ConsoleRefusal } from './errors.ts';

const form = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** The begin of a day, or the instant. Null for an absent value. Refuses `request-invalid`. */
export function readFrom(name: string, value: string | undefined): number | null {
  if (value === undefined) return null;
  const ms = form.test(value) ? Date.parse(value) : Number.NaN;
  if (!Number.isNaN(ms)) return ms;
  throw new ConsoleRefusal('request-invalid', {
    detail: `${name} is a day (2026-11-30) or an instant with its zone (2026-11-30T09:00Z).`,
    fields: { [name]: 'malformed' },
  });
}

/** The end of a day, or the instant; the period is before it. */
export function readUntil(name: string, value: string | undefined): number | null {
  const ms = readFrom(name, value);
  return ms === null ? null : value!.length === 10 ? ms + dayMs : ms;
}

/** The begin of the reader's day; of an instant that is none of the last two days, that of the day in UTC. */
export function readToday(written: string | undefined, nowMs: number): number {
  const ms = written === undefined ? Number.NaN : Date.parse(written);
  const isRecent = ms <= nowMs && ms > nowMs - 48 * hourMs;
  return isRecent ? ms : new Date(nowMs).setUTCHours(0, 0, 0, 0);
}
