// Checks whether this process can work now: the database accepts writes, and no role misses a condition. Used by main for
// /readyz.
import { steadyClock } from '#lib/time/clock.ts';
import { findDatabaseProblem } from '#store/database/check-database.ts';
import type { Database } from '#store/database/database.ts';

/** Minimum time between two queries: the probe is public. */
const freshMs = 1_000;
const asked = new WeakMap<object, { readonly atMs: number; readonly answer: Promise<string | null> }>();

/**
 * A sentence about the first missing condition; null if there is none. `roles` has a sentence or null for each role. The
 * database must commit a transaction: with a full disk, or as a standby, it answers queries and accepts no write.
 */
export async function readinessOf(
  database: Pick<Database, 'query' | 'transaction'>,
  roles: readonly (string | null)[],
): Promise<string | null> {
  const last = asked.get(database);
  const nowMs = steadyClock.now();
  const isFresh = last !== undefined && nowMs - last.atMs < freshMs;
  const answer = isFresh ? last.answer : findDatabaseProblem(database);
  if (!isFresh) asked.set(database, { atMs: nowMs, answer });
  return (await answer) ?? roles.find((sentence) => sentence !== null) ?? null;
}
