// Whether this process can do its work now. Serves the probe of operators (/readyz).
import { steadyClock } from '#lib/time/clock.ts';
import type { Database } from '#store/database/database.ts';

/** Anybody may ask, as often as he likes: the database is asked once in this time. */
const freshMs = 1_000;
const asked = new WeakMap<object, { readonly atMs: number; readonly answer: Promise<string | null> }>();

/**
 * What is missing, in words; null when nothing is. `isBound` is null where no carrier is needed. The database is asked to
 * commit something: with a full disk, or as a standby, it answers questions and takes nothing.
 */
export async function readinessOf(
  database: Pick<Database, 'query' | 'transaction'>,
  isBound: boolean | null,
): Promise<string | null> {
  const last = asked.get(database);
  const nowMs = steadyClock.now();
  const isFresh = last !== undefined && nowMs - last.atMs < freshMs;
  const answer = isFresh ? last.answer : problemOf(database);
  if (!isFresh) asked.set(database, { atMs: nowMs, answer });
  return (await answer) ?? (isBound === false ? 'no carrier is bound' : null);
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
