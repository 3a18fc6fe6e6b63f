// How OVH's API writes an instant: RFC 3339 in the time of Paris, with its offset. Serves every answer that holds one.
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
