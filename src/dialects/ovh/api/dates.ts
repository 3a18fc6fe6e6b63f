// Writes dates of OVH's API: RFC 3339 in Paris time with its offset. Used by all answers with dates.
import { renderParisOffsetTime } from '#dialects/shared/paris-time.ts';

export function renderDate(atMs: number): string {
  return renderParisOffsetTime(atMs);
}

/** The day alone. */
export function renderDay(atMs: number): string {
  return renderParisOffsetTime(atMs).slice(0, 10);
}

export function renderDateOrNull(atMs: number | null): string | null {
  return atMs === null ? null : renderParisOffsetTime(atMs);
}
