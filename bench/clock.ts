// One clock for all processes of a bench: milliseconds of the machine's monotonic clock, with fractions.
// Serves the load generator and the receiver, whose times are subtracted from each other.
// Never the time of day: that can be set back while a bench runs.

// performance.now() is cheap but counts from the start of its process; hrtime counts from one origin for all.
const origin = Number(process.hrtime.bigint()) / 1e6 - performance.now();

export function machineNow(): number {
  return origin + performance.now();
}
