// Limits what a crash makes a carrier see twice: messages in a window, and messages answered and not yet durable.
// Used by the dispatcher. docs/decisions/0006-messages-in-doubt.md states the bound for operators.

/** Messages with a carrier, or answered and not yet durable, of one process. */
export const maxUnrecorded = 2000;

/**
 * Age in ms of the oldest answer that is not durable, above which nothing is handed over. A batch of outcomes is durable
 * after 40 ms of gathering and some 10 ms of the database; at four times that the database is in trouble, and each
 * further message would be one more to be sent twice.
 */
export const maxUnrecordedMs = 200;

/** How many more messages may be handed to carriers; 0 or less: none. */
export function handOverRoom(withCarriers: number, pending: number, oldestPendingMs: number): number {
  return oldestPendingMs > maxUnrecordedMs ? 0 : maxUnrecorded - pending - withCarriers;
}
