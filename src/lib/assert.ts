// Assertions about the program itself, never about input. Used everywhere.

/** Throws if `condition` is false: the program is wrong, not its user. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`);
}
