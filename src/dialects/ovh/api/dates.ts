// How OVH's API writes an instant: RFC 3339 in the time of Paris, with its offset. Serves every answer that holds one.
import { renderParisOffsetTime } from '#dialects/shared/paris-time.ts';

export function renderDate(atMs: number): string {
  return renderParisOffsetTime(atMs);
}

export function renderDateOrNull(atMs: number | null): string | null {
  return atMs === null ? null : renderParisOffsetTime(atMs);
}
