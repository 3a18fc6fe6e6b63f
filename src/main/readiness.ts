// Checks whether this process can work now: the database accepts writes, and no role misses a condition. Used by /readyz.
import { steadyClock } from '#lib/time/clock.ts';
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
  const answer = isFresh ? last.answer : problemOf(database);
  if (!isFresh) asked.set(database, { atMs: nowMs, answer });
  return (await answer) ?? roles.find((sentence) => sentence !== null) ?? null;
}

async function problemOf(database: Pick<Database, 'query' | 'transaction'>): Promise<string | null> {
  try {
    await database.query('select 1');
  } catch {
    return 'the database does not answer';
  }
  try {
    await database.transaction(async (query) => {
      await query('create temporary table readiness (filler text) on commit drop');
      await query("insert into readiness select repeat('x', 2000) from generate_series(1, 8)");
      await query("select pg_logical_emit_message(true, 'chappe', 'ready')");
    });
  } catch (error) {
    return `the database cannot write: ${(error as Error).message}`;
  }
  return null;
}
