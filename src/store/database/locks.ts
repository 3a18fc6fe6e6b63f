// Work that one process does at a time, for as long as it lives and reaches the database.
import type { Database } from './database.ts';

/**
 * Runs `work`, unless another process is at the same: then null. The lock is that of a transaction that does nothing else:
 * it ends with the process, and holds back neither rows nor vacuum.
 */
export function aloneIn<T>(database: Database, what: string, work: () => Promise<T>): Promise<T | null> {
  return database.transaction(async (query) => {
    const [row] = await query<{ isOurs: boolean }>(
      'select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as "isOurs"',
      [`alone in ${what}`],
    );
    return row!.isOurs ? work() : null;
  });
}
