// Waits for a condition instead of guessing how long something takes. For tests only.

/** Looks cost: one that asks a server again and again takes the processor from who is waited for. */
const soonestMs = 10;
const latestMs = 200;

/** Longer than anything here may take on a busy machine; only a failing test waits so long. */
export const patienceMs = 20_000;

/**
 * Looks often at first and more rarely the longer it takes, so that nothing is seen more than a tenth of its time late.
 * Resolves with the first answer of `look` that is neither false, null nor undefined; fails with `what` otherwise.
 * `tell` adds what was seen last. With `isBrief` it looks often all the time: what it looks for may be over soon.
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  options: { readonly withinMs?: number; readonly isBrief?: boolean; readonly tell?: () => unknown } = {},
): Promise<Exclude<T, false | null | undefined>> {
  const withinMs = options.withinMs ?? patienceMs;
  const begunMs = performance.now();
  for (;;) {
    const seen = await look();
    if (seen !== false && seen !== null && seen !== undefined)
      return seen as Exclude<T, false | null | undefined>;
    const passedMs = performance.now() - begunMs;
    if (passedMs > withinMs) {
      const shown = options.tell === undefined ? '' : JSON.stringify(await options.tell()).slice(-500);
      const told = shown === '' ? '' : `; seen last: ${shown}`;
      throw new Error(`waited ${withinMs} ms in vain until ${what}${told}`);
    }
    const pauseMs = options.isBrief ? soonestMs : Math.min(Math.max(soonestMs, passedMs / 10), latestMs);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
