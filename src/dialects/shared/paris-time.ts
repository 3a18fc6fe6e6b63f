// Dates in Paris time. Used by the dialects for dates of callbacks and answers, and for dates without an offset. The vendors
// are French (docs/dialects/octopush.md#rest-how-a-request-is-read).

import {
  type LocalTime,
  readIsoTime,
  readLocalTime,
  renderLocalTime,
  renderOffsetTime,
  zoneOffset,
} from '#lib/time/zoned-time.ts';

const paris = zoneOffset('Europe/Paris');

/** `Y-m-d H:i:s`, as PHP would write it in Paris. */
export function renderParisTime(atMs: number): string {
  return renderLocalTime(atMs, paris);
}

/** ISO 8601 with the offset of Paris. */
export function renderParisOffsetTime(atMs: number): string {
  return renderOffsetTime(atMs, paris);
}

/** Year, month (from 1), day, hour, minute and second in Paris; NaN for an invalid date. */
export function readParisTime(...local: LocalTime): number {
  return readLocalTime(local, paris);
}

/** The same with a zone of ISO 8601; without one, Paris. NaN for an invalid date or zone. */
export function readZonedTime(local: LocalTime, zone: string | undefined): number {
  return readIsoTime(local, zone, paris);
}
