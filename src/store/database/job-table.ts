// Work that nobody waits for, in whatever table: a row belongs to the process that does it, by the column `owner`, until
// that process gives it back or has ended. Each table's own file claims its rows; here they become free.
import type { Query, Statement } from './database.ts';

const tables = [
  'batches',
  'list_campaigns',
  'slot_cleanings',
  'number_lookups',
  'history_exports',
  'errands',
  'credit_alerts',
  'drafts',
] as const;

const freeStatements = tables.map((table): readonly [string, Statement] => [
  table,
  {
    name: `free_dead_${table}`,
    // Index <table>_owned. Who lives is asked in the statement itself: a process may have begun since anybody looked.
    text: `
update ${table} set owner = null
where bucket = $1 and owner is not null and owner not in (select id from processes where ended_at is null)
returning 1`,
  },
]);

/** Frees the work of processes that have ended; answers how many rows of each table there were, if any. */
export async function releaseWorkOfDeadProcesses(
  query: Query,
  bucket: number,
): Promise<Record<string, number>> {
  const freed: Record<string, number> = {};
  for (const [table, statement] of freeStatements) {
    const { length } = await query(statement, [bucket]);
    if (length > 0) freed[table] = length;
  }
  return freed;
}
