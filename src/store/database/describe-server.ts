// Looks at a PostgreSQL before anything else is asked of it: which version, and can it carry Chappe. For the start of
// every command, whoever runs the server. Must never change anything.
import type { Query } from './database.ts';

/** The oldest that the storage design was measured on. */
const oldestMajor = 15;

export interface ServerDescription {
  /** Such as 18.4. */
  readonly version: string;
  readonly major: number;
  /** False: a power cut may lose what was acknowledged. For the start to warn of; some tests want it so. */
  readonly isDurable: boolean;
}

interface ServerRow {
  readonly version_num: string;
  readonly version: string;
  readonly encoding: string;
  readonly is_standby: boolean;
  readonly is_durable: boolean;
}

/** Throws what the operator has to mend, all at once. */
export async function describeServer(query: Query): Promise<ServerDescription> {
  const [row] = await query<ServerRow>(
    `select current_setting('server_version_num') as version_num,
            split_part(current_setting('server_version'), ' ', 1) as version,
            current_setting('server_encoding') as encoding,
            pg_is_in_recovery() as is_standby,
            current_setting('fsync')::bool and current_setting('full_page_writes')::bool as is_durable`,
  );
  if (!row) throw new Error('assertion failed: the database answered without a row');
  const major = Math.floor(Number(row.version_num) / 10_000);
  const faults: string[] = [];
  if (major < oldestMajor)
    faults.push(`it is PostgreSQL ${row.version}, and Chappe needs ${oldestMajor} or later`);
  if (row.encoding !== 'UTF8')
    faults.push(`its encoding is ${row.encoding}: create the database with encoding UTF8`);
  if (row.is_standby) faults.push('it is a standby, which takes no writes: give the address of the primary');
  if (faults.length > 0) throw new Error(`the database cannot be used: ${faults.join('; ')}`);
  return { version: row.version, major, isDurable: row.is_durable };
}
