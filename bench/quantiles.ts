// Exact quantiles: every latency of a run is kept and sorted once at its end, so no figure is an estimate.
// Serves the load generator (acceptance) and the bench (request to receipt).

export interface Quantiles {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** Of sorted values: the smallest one that at least `q` of all do not exceed, in whole microseconds if they are milliseconds. */
export function nearestRank(values: Float64Array, q: number): number {
  const index = Math.max(0, Math.ceil(q * values.length) - 1);
  return round(values[index] ?? 0);
}

/** Sorts `values` in place. */
export function quantilesOf(values: Float64Array): Quantiles {
  values.sort();
  const at = (q: number): number => nearestRank(values, q);
  return { count: values.length, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return 0;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
