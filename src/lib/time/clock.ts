// The only reader of the clock. Everything else is handed a Clock, so that tests move time by hand.

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** Runs at an even pace and is never set: for how long something takes, not for what time it is. */
export const steadyClock: Clock = { now: () => performance.now() };
