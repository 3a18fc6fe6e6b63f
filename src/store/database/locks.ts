// Runs work in one process at a time, while that process runs and reaches the database. Used by maintenance and migrations
// of data.
import { boolean, text } from './columns.ts';
import type { Database } from './database.ts';
import { statement } from './statement.ts';

const lockAlone = statement('lock_alone', {
  params: { name: text },
  row: { isLocked: boolean },
  text: (p) => `select pg_try_advisory_xact_lock(hashtextextended(${p.name}, 0)) as "isLocked"`,
});

/**
 * Runs `work`, unless another process runs work of this name: then returns null. The lock belongs to a transaction that does
 * nothing else: it ends with the process, and delays neither rows nor vacuum.
 */
export function aloneIn<T>(database: Database, name: string, work: () => Promise<T>): Promise<T | null> {
  return database.transaction(async (query) => {
    const row = await lockAlone.find(query, { name: `alone in ${name}` });
    return row!.isLocked ? work() : null;
  });
}
