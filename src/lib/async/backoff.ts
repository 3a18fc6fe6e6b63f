// Exponential back-off with jitter: the delay doubles with each attempt up to a limit. Half of it is random, so that
// clients that failed together do not retry together.

/** Returns the delay in ms after failure number `attempt`, counted from 1; 0 ≤ `random` < 1. */
export function backoffMs(attempt: number, firstMs: number, maxMs: number, random: number): number {
  const fullMs = Math.min(maxMs, firstMs * 2 ** (attempt - 1));
  return Math.round(fullMs / 2 + (fullMs / 2) * random);
}
