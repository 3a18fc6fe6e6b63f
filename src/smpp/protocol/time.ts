// Times of SMPP (SMPP 3.4 §7.1): `YYMMDDhhmmsstnnp`, absolute or relative. Used by SMSCs: final_date is written, schedules and
// validity periods of ESMEs are read. Pure: the time is an argument.

/** In UTC, with the tenth of the second that is reached. */
export function renderAbsoluteTime(atMs: number): string {
  const [date = '', time = ''] = new Date(atMs).toISOString().split('T');
  const tenth = time.slice(9, 10);
  return `${date.slice(2).replaceAll('-', '')}${time.slice(0, 8).replaceAll(':', '')}${tenth}00+`;
}

const pattern = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:(\d\d)(?:(\d)(\d\d)([-+R]))?)?$/;
/** Quarter hours between local time and UTC. */
const maxOffset = 48;
const quarterMs = 900_000;

/**
 * The instant of an absolute or relative time; null if it is none. Quirk: clients write 10 or 12 digits without a zone, which
 * are UTC (SMPP 5.0 §4.7.23.4 forbids it), any tenth in a relative time (Infobip's form), and fields beyond their range.
 */
export function readTime(written: string, nowMs: number): number | null {
  const match = pattern.exec(written);
  if (match === null) return null;
  const [year, month, day, hour, minute, second = 0, tenth = 0, offset = 0] = match
    .slice(1, 9)
    .map((digits) => (digits === undefined ? undefined : Number(digits)));
  const zone = match[9];
  if (zone === 'R') {
    const now = new Date(nowMs);
    now.setUTCFullYear(now.getUTCFullYear() + year!, now.getUTCMonth() + month!, now.getUTCDate() + day!);
    return now.getTime() + ((hour! * 60 + minute!) * 60 + second) * 1000;
  }
  if (offset > maxOffset || !isDate(year!, month!, day!) || hour! > 23 || minute! > 59 || second > 59)
    return null;
  const local = Date.UTC(2000 + year!, month! - 1, day!, hour!, minute!, second, tenth * 100);
  return zone === '-' ? local + offset * quarterMs : local - offset * quarterMs;
}

function isDate(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(2000 + year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
