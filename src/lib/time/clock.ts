// The only reader of the clock. Other files receive a Clock as an argument, so that tests control the time.

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** Monotonic, for durations; never for the time of day. */
export const steadyClock: Clock = { now: () => performance.now() };
