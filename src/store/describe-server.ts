// Looks at a PostgreSQL before anything else is asked of it: which version, and can it carry Chappe. For the start of
// every command, whoever runs the server. Must never change anything.
import type { Query } from './database.ts';

/** The oldest major version with all that the statements use; also the oldest that the suite was ever run on. */
const oldestMajor = 15;

export interface ServerDescription {
  /** Such as 18.4. */
  readonly version: string;
  readonly major: number;
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
  if (!row.is_durable)
    faults.push('fsync or full_page_writes is off, so that a power cut loses accepted messages');
  if (faults.length > 0) throw new Error(`the database cannot be used: ${faults.join('; ')}`);
  return { version: row.version, major };
}
