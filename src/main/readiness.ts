// Whether this process can do its work now. Serves the probe of operators (/readyz).
import type { Database } from '#store/database/database.ts';

/** What is missing, in words; null when nothing is. `isBound` is null where no carrier is needed. */
export async function readinessOf(database: Database, isBound: boolean | null): Promise<string | null> {
  try {
    await database.query('select 1');
  } catch {
    return 'the database does not answer';
  }
  return isBound === false ? 'no carrier is bound' : null;
}
