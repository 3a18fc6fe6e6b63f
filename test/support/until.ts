// Waits for a condition instead of guessing how long something takes. For tests only.

/** Polling costs processor time, which the awaited process needs. */
const soonestMs = 10;
const latestMs = 200;

/**
 * Only a failing test waits so long. At a load of 17 on two cores, steps of 5 s took 60; so no caller has a limit of its own.
 */
export const patienceMs = 180_000;

/**
 * Looks often at first and more rarely the longer it takes, so that nothing is seen more than a tenth of its time late.
 * Resolves with the first result of `look` that is neither false, null nor undefined; fails with the text `what` otherwise.
 * `tell` adds the last result. With `isBrief` it polls often until the end: the state can be short.
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  options: { readonly isBrief?: boolean; readonly tell?: () => unknown } = {},
): Promise<Exclude<T, false | null | undefined>> {
  const begunMs = performance.now();
  for (;;) {
    const seen = await look();
    if (seen !== false && seen !== null && seen !== undefined)
      return seen as Exclude<T, false | null | undefined>;
    const passedMs = performance.now() - begunMs;
    if (passedMs > patienceMs) {
      const shown = options.tell === undefined ? '' : JSON.stringify(await options.tell()).slice(-500);
      const told = shown === '' ? '' : `; seen last: ${shown}`;
      throw new Error(`waited ${patienceMs} ms in vain until ${what}${told}`);
    }
    const pauseMs = options.isBrief ? soonestMs : Math.min(Math.max(soonestMs, passedMs / 10), latestMs);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
