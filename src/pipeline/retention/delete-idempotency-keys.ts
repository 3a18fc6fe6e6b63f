// Deletes idempotency keys of the REST dialect after a day. Used by the role `jobs`. Without it, each submission would
// leave a row for ever.

import type { Context } from '#pipeline/context.ts';
import { deleteExpiredKeys } from '#store/retention/idempotency-keys.ts';

/** Keys in one statement: more than a process accepts between two rounds, and few enough to block no submission. */
const limit = 20_000;

export async function deleteExpiredIdempotencyKeys(
  { database, clock }: Pick<Context, 'database' | 'clock'>,
  buckets: readonly number[],
): Promise<void> {
  for (const bucket of buckets) await deleteExpiredKeys(database.query, bucket, clock.now(), limit);
}
