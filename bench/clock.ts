// One clock for all processes of a benchmark: milliseconds of the machine's monotonic clock, with fractions. Used by the
// load generator and the receiver, whose times are subtracted from each other.
// Never the time of day: it can be set back while a benchmark runs.

/**
 * Reads hrtime each time: it counts from one origin for all processes. A process-wide difference between hrtime and
 * performance.now() was off by up to 55 ms, because `performance` is loaded between the two readings.
 */
export function machineNow(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
