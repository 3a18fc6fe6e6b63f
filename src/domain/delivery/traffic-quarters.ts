// When the messages of a quarter of an hour are counted, and counted again. Used by the job that counts traffic and by the
// overview of an account. Pure.
import { dayMs, hourMs, minuteMs } from '#lib/time/duration.ts';

export const quarterMs = 15 * minuteMs;
/** Longer than a request takes: campaigns of the quarter are in the table, but for long lists. */
const settleMs = 2 * minuteMs;
/** A long list is stored for minutes, so each quarter is counted once more after this time. */
const certainMs = hourMs;
const minAgainMs = 5 * minuteMs;
/** Messages that no carrier has yet can leave at any time: a campaign that was paused is resumed. */
const maxAgainWaitingMs = hourMs;
const maxAgainMs = 12 * hourMs;
/** Validity and receipt window are five days by default. */
const finalMs = 6 * dayMs;

export const quarterOf = (atMs: number): number => Math.floor(atMs / quarterMs) * quarterMs;

/** Quarters before this one are counted. */
export const countableTo = (nowMs: number): number => quarterOf(nowMs - settleMs);

/** Messages of a quarter without a final status. */
export interface OpenMessages {
  readonly waiting: number;
  readonly submitted: number;
  /** The latest due time that has passed; null: none. */
  readonly lastDueMs: number | null;
  /** The next due time; null: none. */
  readonly nextDueMs: number | null;
}

/** Null: not again. The pause is as long as the time since the messages were due: nine counts in three days. */
export function countAgainAt(
  quarterAtMs: number,
  { waiting, submitted, lastDueMs, nextDueMs }: OpenMessages,
  nowMs: number,
): number | null {
  const endMs = quarterAtMs + quarterMs;
  const certainAtMs = endMs + certainMs;
  const isOpen = waiting + submitted > 0;
  const ageMs = nowMs - Math.max(endMs, lastDueMs ?? 0);
  if (!isOpen || (nextDueMs === null && ageMs > finalMs)) return nowMs < certainAtMs ? certainAtMs : null;
  const maxMs = waiting > 0 ? maxAgainWaitingMs : maxAgainMs;
  const againMs = nowMs + Math.min(maxMs, Math.max(minAgainMs, ageMs));
  return nextDueMs === null ? againMs : Math.min(againMs, nextDueMs + settleMs);
}
