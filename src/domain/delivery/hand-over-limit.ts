// Limits the number of messages that a carrier receives twice after a crash: those in a window, and those answered and not
// yet durable. Used by the dispatcher. docs/decisions/0006-messages-in-doubt.md states the bound for operators.

/** Maximum number of messages of one process that are submitted, or answered and not yet durable. */
export const maxUnrecorded = 2000;

/**
 * Maximum age in ms of the oldest answer that is not durable; above it the dispatcher submits nothing. A batch of outcomes
 * is durable after 40 ms of collecting and some 10 ms in the database. At four times that duration the database has a
 * problem, and each further message would be one more duplicate after a crash.
 */
export const maxUnrecordedMs = 200;

/** Number of messages that may be submitted now; none if it is 0 or less. */
export function handOverRoom(withCarriers: number, pending: number, oldestPendingMs: number): number {
  return oldestPendingMs > maxUnrecordedMs ? 0 : maxUnrecorded - pending - withCarriers;
}
