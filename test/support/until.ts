// Waits for a condition instead of guessing how long something takes. For tests only.

const pollMs = 10;

/** Longer than anything here may take on a busy machine; only a failing test waits so long. */
export const patienceMs = 20_000;

/**
 * Resolves with the first answer of `look` that is neither false, null nor undefined; fails with `what` otherwise.
 * `tell` adds what was seen last.
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  options: { readonly withinMs?: number; readonly tell?: () => unknown } = {},
): Promise<Exclude<T, false | null | undefined>> {
  const withinMs = options.withinMs ?? patienceMs;
  const deadline = performance.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (seen !== false && seen !== null && seen !== undefined)
      return seen as Exclude<T, false | null | undefined>;
    if (performance.now() > deadline) {
      const told = options.tell === undefined ? '' : `; seen: ${JSON.stringify(await options.tell())}`;
      throw new Error(`waited ${withinMs} ms in vain until ${what}${told}`);
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
