// Checks whether the database can do its work: with a full disk, or as a standby, it answers queries and accepts no write.
// Used by the readiness of a process.
import type { Database } from './database.ts';

/** A sentence about the problem; null if the database commits a transaction. */
export async function findDatabaseProblem(
  database: Pick<Database, 'query' | 'transaction'>,
): Promise<string | null> {
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
