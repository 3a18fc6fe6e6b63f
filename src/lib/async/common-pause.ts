// Ends equal pauses at the same instants, so that the loops and tickers of an idle process wake it together: a wake-up alone
// costs 0.3 to 0.8 ms of CPU. Used by loop.ts, ticker.ts and pipeline/process-lease.ts. Never lengthens a pause by more than
// `earlyMs`.
import { systemClock } from '#lib/time/clock.ts';

/** A timer can end this much before its instant; the next pause is then a whole one. */
const earlyMs = 100;
/** Shorter pauses are of work in progress. Longer ones end apart, so that their statements share connections. */
const leastMs = 1_000;
const mostMs = 5_000;

/** Until the next multiple of the pause by the clock; shorter and longer pauses stay. */
export function commonPause(pauseMs: number, nowMs: number = systemClock.now()): number {
  if (pauseMs < leastMs || pauseMs > mostMs) return pauseMs;
  const leftMs = pauseMs - (nowMs % pauseMs);
  return leftMs < earlyMs ? leftMs + pauseMs : leftMs;
}
