// Another process of the platform in the database: it does nothing, and is live until a test declares
// it dead. For tests only.
import type { Database } from '../../src/store/database/database.ts';
import { endProcess, registerProcess } from '../../src/store/platform/processes.ts';

/** Its id. */
export async function anotherProcess({ query }: Pick<Database, 'query'>): Promise<number> {
  const id = await registerProcess(query, 'elsewhere', 1, []);
  await query("update processes set lease_until = now() + interval '1 hour' where id = $1", [id]);
  return id;
}

/** Its rows are released by the next reclaim. */
export function declareDead(database: Pick<Database, 'transaction'>, id: number): Promise<void> {
  return database.transaction((query) => endProcess(query, id));
}
