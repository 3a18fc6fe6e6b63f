// Assertions: a broken promise inside the program, never bad input. They stop what is going on.

/** Throws when `condition` is false: the program, not its user, is wrong. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`);
}

/** For the default branch of an exhaustive switch: the compiler refuses a forgotten case. */
export function assertNever(value: never): never {
  throw new Error(`assertion failed: unexpected ${String(value)}`);
}
