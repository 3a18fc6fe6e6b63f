// Exponential back-off with jitter: the delay doubles with each attempt up to a limit, and half of it is chance, so
// that those who failed together do not come back together.

/** The delay after the `attempt`-th failure (from 1), in ms; `random` is from 0 up to, not including, 1. */
export function backoffMs(attempt: number, firstMs: number, limitMs: number, random: number): number {
  const full = Math.min(limitMs, firstMs * 2 ** (attempt - 1));
  return Math.round(full / 2 + (full / 2) * random);
}
