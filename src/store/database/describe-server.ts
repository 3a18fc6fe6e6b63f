// Reads which PostgreSQL server this is, and refuses one that Chappe cannot use. Used at the start of every command, for an
// external and for the embedded server. Never changes anything.
import { boolean, text } from './columns.ts';
import type { Query } from './database.ts';
import { statement } from './statement.ts';

/** The oldest that the storage design was measured on. */
const oldestMajor = 15;

export interface ServerDescription {
  /** Such as 18.4. */
  readonly version: string;
  readonly major: number;
  /** False: a power cut may lose acknowledged data. The start warns of it; some tests run so. */
  readonly isDurable: boolean;
}

const describe = statement('describe_server', {
  params: {},
  row: { versionNumber: text, version: text, encoding: text, isStandby: boolean, isDurable: boolean },
  text: () => `
select current_setting('server_version_num') as "versionNumber",
  split_part(current_setting('server_version'), ' ', 1) as version,
  current_setting('server_encoding') as encoding, pg_is_in_recovery() as "isStandby",
  current_setting('fsync')::bool and current_setting('full_page_writes')::bool as "isDurable"`,
});

/** Throws one error that names everything the operator has to correct. */
export async function describeServer(query: Query): Promise<ServerDescription> {
  const row = await describe.find(query, {});
  if (!row) throw new Error('assertion failed: the database answered without a row');
  const major = Math.floor(Number(row.versionNumber) / 10_000);
  const faults: string[] = [];
  if (major < oldestMajor)
    faults.push(`it is PostgreSQL ${row.version}, and Chappe needs ${oldestMajor} or later`);
  if (row.encoding !== 'UTF8')
    faults.push(`its encoding is ${row.encoding}: create the database with encoding UTF8`);
  if (row.isStandby) faults.push('it is a standby, which takes no writes: give the address of the primary');
  if (faults.length > 0) throw new Error(`the database cannot be used: ${faults.join('; ')}`);
  return { version: row.version, major, isDurable: row.isDurable };
}
