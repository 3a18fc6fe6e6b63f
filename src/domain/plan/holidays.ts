// Computes public holidays: fixed days, and days counted from Easter. Used by the sending hours. A calendar has the days on
// which a whole country is closed, never those of single regions or cantons.
import { dayMs } from '#lib/time/duration.ts';

/** `MM-DD`, or days from Easter Sunday; optionally with the first and last year in which the day counts. */
export type Holiday =
  | string
  | number
  | { readonly day: string | number; readonly from?: number; readonly until?: number };

export type HolidayCalendar = readonly Holiday[];

const goodFriday = -2;
const easterMonday = 1;
const ascension = 39;
const whitMonday = 50;
const corpusChristi = 60;

// Code du travail L3133-1. The second Christmas day and Good Friday of Alsace-Moselle are left out: a number
// does not tell its region.
const france: HolidayCalendar = [
  '01-01',
  easterMonday,
  '05-01',
  '05-08',
  ascension,
  whitMonday,
  '07-14',
  '08-15',
  '11-01',
  '11-11',
  '12-25',
];

/** By ISO 3166 code. Overseas departments add the day of the abolition of slavery (L3422-2) and local days. */
export const holidayCalendars: Readonly<Record<string, HolidayCalendar>> = {
  FR: france,
  GP: [...france, goodFriday, '05-27'],
  MQ: [...france, goodFriday, '05-22'],
  GF: [...france, '06-10'],
  RE: [...france, '12-20'],
  YT: [...france, '04-27'],
  BL: [...france, '10-09'],
  MF: [...france, '05-28'],
  PM: france,
  NC: [...france, '09-24'],
  // Matariʻi replaced Autonomy day in 2025.
  PF: [...france, goodFriday, '03-05', { day: '06-29', until: 2024 }, { day: '11-20', from: 2025 }],
  WF: [...france, '04-28', '07-29'],
  MC: [
    ...france.filter((day) => day !== '05-08' && day !== '07-14' && day !== '11-11'),
    '01-27',
    corpusChristi,
    '11-19',
    '12-08',
  ],
  BE: ['01-01', easterMonday, '05-01', ascension, whitMonday, '07-21', '08-15', '11-01', '11-11', '12-25'],
  LU: [
    '01-01',
    easterMonday,
    '05-01',
    { day: '05-09', from: 2019 },
    ascension,
    whitMonday,
    '06-23',
    '08-15',
    '11-01',
    '12-25',
    '12-26',
  ],
  DE: ['01-01', goodFriday, easterMonday, '05-01', ascension, whitMonday, '10-03', '12-25', '12-26'],
  AT: [
    '01-01',
    '01-06',
    easterMonday,
    '05-01',
    ascension,
    whitMonday,
    corpusChristi,
    '08-15',
    '10-26',
    '11-01',
    '12-08',
    '12-25',
    '12-26',
  ],
  CH: ['01-01', ascension, '08-01', '12-25'],
  ES: ['01-01', '01-06', goodFriday, '05-01', '08-15', '10-12', '11-01', '12-06', '12-08', '12-25'],
  IT: [
    '01-01',
    '01-06',
    easterMonday,
    '04-25',
    '05-01',
    '06-02',
    '08-15',
    { day: '10-04', from: 2026 },
    '11-01',
    '12-08',
    '12-25',
    '12-26',
  ],
  PT: [
    '01-01',
    goodFriday,
    '04-25',
    '05-01',
    corpusChristi,
    '06-10',
    '08-15',
    '10-05',
    '11-01',
    '12-01',
    '12-08',
    '12-25',
  ],
};

const daysByYear = new WeakMap<HolidayCalendar, Map<number, ReadonlySet<number>>>();

/** `month` from 1. */
export function isHoliday(calendar: HolidayCalendar, year: number, month: number, day: number): boolean {
  const years = daysByYear.get(calendar) ?? new Map<number, ReadonlySet<number>>();
  const days = years.get(year) ?? daysOf(calendar, year);
  daysByYear.set(calendar, years);
  years.set(year, days);
  return days.has(month * 100 + day);
}

/** Easter Sunday of the Gregorian calendar as `{month, day}`, by the anonymous algorithm (Meeus, Jones, Butcher). */
export function easterSunday(year: number): { readonly month: number; readonly day: number } {
  const a = year % 19;
  const century = Math.floor(year / 100);
  const rest = year % 100;
  const leapCenturies = Math.floor(century / 4);
  const correction = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3);
  const epact = (19 * a + century - leapCenturies - correction + 15) % 30;
  const weekday = (32 + 2 * (century % 4) + 2 * Math.floor(rest / 4) - epact - (rest % 4)) % 7;
  const shift = Math.floor((a + 11 * epact + 22 * weekday) / 451);
  const sum = epact + weekday - 7 * shift + 114;
  return { month: Math.floor(sum / 31), day: (sum % 31) + 1 };
}

function daysOf(calendar: HolidayCalendar, year: number): ReadonlySet<number> {
  const easter = easterSunday(year);
  const easterMs = Date.UTC(year, easter.month - 1, easter.day);
  const days = new Set<number>();
  for (const holiday of calendar) {
    const {
      day,
      from = -Infinity,
      until = Infinity,
    } = typeof holiday === 'object' ? holiday : { day: holiday };
    if (year < from || year > until) continue;
    if (typeof day === 'string') days.add(Number(day.slice(0, 2)) * 100 + Number(day.slice(3)));
    else {
      const date = new Date(easterMs + day * dayMs);
      days.add((date.getUTCMonth() + 1) * 100 + date.getUTCDate());
    }
  }
  return days;
}
