// Hours of a route: days and times of one zone at which it takes messages. Used by the choice of routes, and read from what
// operators write by the carriers service. Pure.
//
// Written `mon-fri 08:00-20:00 Europe/Paris`: days or times can be left out, the zone cannot. The zone is the one of the
// contract, not of the recipient: a number does not tell its zone. Times that end before they begin last into the next day, and
// belong to the day on which they begin. The end is excluded; 24:00 is midnight.

import { dayMs, minuteMs } from '#lib/time/duration.ts';
import { zoneOffset } from '#lib/time/zoned-time.ts';

const dayNames = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const dayMinutes = 1_440;

interface RouteHours {
  /** 0 is Monday. */
  readonly days: ReadonlySet<number>;
  readonly fromMinute: number;
  /** At most 1,440. Smaller than `fromMinute`: on the next day. */
  readonly toMinute: number;
  readonly zone: string;
}

/** Returns the hours in their usual spelling, or what is wrong with them. */
export function readRouteHours(written: string): { readonly hours: string } | { readonly mistake: string } {
  const parsed = parse(written);
  if (typeof parsed === 'string') return { mistake: parsed };
  const { days, fromMinute, toMinute, zone } = parsed;
  const times =
    fromMinute === 0 && toMinute === dayMinutes ? [] : [`${clockOf(fromMinute)}-${clockOf(toMinute)}`];
  const named = days.size === 7 ? [] : [dayNames.filter((_, day) => days.has(day)).join(',')];
  if (named.length + times.length === 0) return { mistake: 'they are always; leave them out' };
  return { hours: [...named, ...times, zone].join(' ') };
}

const known = new Map<string, (atMs: number) => boolean>();

/** Whether a route with these hours takes messages at the instant. Hours come from readRouteHours. */
export function isWithinHours(hours: string, atMs: number): boolean {
  let isOpen = known.get(hours);
  if (isOpen === undefined) {
    isOpen = openingOf(hours);
    known.set(hours, isOpen);
  }
  return isOpen(atMs);
}

function openingOf(written: string): (atMs: number) => boolean {
  const hours = parse(written);
  if (typeof hours === 'string') throw new Error(`assertion failed: ${hours}`);
  const { days, fromMinute, toMinute, zone } = hours;
  const offsetAt = zoneOffset(zone);
  return (atMs) => {
    const localMs = atMs + offsetAt(atMs);
    const minute = Math.floor((localMs % dayMs) / minuteMs);
    // 1 January 1970 was a Thursday.
    const day = (Math.floor(localMs / dayMs) + 3) % 7;
    if (fromMinute < toMinute) return days.has(day) && minute >= fromMinute && minute < toMinute;
    return minute >= fromMinute ? days.has(day) : minute < toMinute && days.has((day + 6) % 7);
  };
}

function parse(written: string): RouteHours | string {
  const words = written.trim().split(/\s+/);
  const zone = words.pop()!;
  if (!isZone(zone)) return 'write their zone at the end, such as Europe/Paris';
  const first = words[0] ?? '';
  const days = /^[a-z]/i.test(first) ? readDays(words.shift()!) : new Set(dayNames.keys());
  if (days === null) return `"${first}" are no days such as mon-fri or sat,sun`;
  const times = words.shift() ?? '00:00-24:00';
  const read = /^(\d{1,2}):(\d\d)-(\d{1,2}):(\d\d)$/.exec(times)?.slice(1).map(Number);
  if (read === undefined || words.length > 0)
    return `"${[times, ...words].join(' ')}" are no times such as 08:00-20:00`;
  const [fromHour, fromRest, toHour, toRest] = read as [number, number, number, number];
  const fromMinute = fromHour * 60 + fromRest;
  const toMinute = toHour * 60 + toRest;
  const areTimes = fromRest < 60 && toRest < 60 && fromMinute < dayMinutes && toMinute <= dayMinutes;
  if (!areTimes || fromMinute === toMinute) return `"${times}" are no times such as 08:00-20:00`;
  return { days, fromMinute, toMinute, zone };
}

/** `mon-fri`, `sat,sun`, `fri-mon`; null: not days. */
function readDays(written: string): Set<number> | null {
  const days = new Set<number>();
  for (const part of written.toLowerCase().split(',')) {
    const [from, to] = part.split('-').map((name) => (dayNames as readonly string[]).indexOf(name));
    if (from === undefined || from < 0 || to === -1 || part.split('-').length > 2) return null;
    const last = to ?? from;
    for (let day = from; ; day = (day + 1) % 7) {
      days.add(day);
      if (day === last) break;
    }
  }
  return days;
}

function isZone(name: string): boolean {
  if (!/^[A-Za-z][\w+-]*(\/[\w+-]+)*$/.test(name) || /^\d/.test(name)) return false;
  try {
    zoneOffset(name)(0);
    return true;
  } catch {
    return false;
  }
}

function clockOf(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}
