// Request ids of the REST dialect are remembered for a day, and forgotten afterwards: without this there would be a row for
// every sending there ever was.

import type { Context } from '#pipeline/context.ts';
import { deleteExpiredKeys } from '#store/retention/idempotency-keys.ts';

/** At a time, so that nobody waits for it: more than a process accepts between two rounds. */
const limit = 20_000;

export async function forgetKeys(
  { database, clock }: Pick<Context, 'database' | 'clock'>,
  buckets: readonly number[],
): Promise<void> {
  for (const bucket of buckets) await deleteExpiredKeys(database.query, bucket, clock.now(), limit);
}
