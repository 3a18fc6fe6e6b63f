// Partitions of the hot tables, by ranges of time-ordered ids. One is made well before its first id is used.
import type { Database } from './database.ts';

/** Ids in a partition: about 3 GB of messages, so that indexes of the open one stay in memory. */
export const partitionSize = 5_000_000;

const tables = {
  message: [
    // fillfactor leaves room beside each row for its one update: all of them stay in their page (HOT).
    { table: 'messages', options: 'with (fillfactor = 60, autovacuum_vacuum_insert_scale_factor = 0.5)' },
    { table: 'carrier_refs', options: '' },
    { table: 'conversations', options: '' },
  ],
  campaign: [{ table: 'campaigns', options: 'with (fillfactor = 95)' }],
} as const;

export type PartitionedSequence = keyof typeof tables;

const known = new WeakMap<Database, Set<string>>();

/** Makes sure that every id from `first` to `last` has its partition. Cheap when it is so already. */
export async function ensurePartitions(
  database: Database,
  sequence: PartitionedSequence,
  first: number,
  last: number,
): Promise<void> {
  const made = known.get(database) ?? new Set<string>();
  known.set(database, made);
  for (let index = Math.floor(first / partitionSize); index <= Math.floor(last / partitionSize); index++) {
    for (const { table, options } of tables[sequence]) {
      const name = `${table}_p${index}`;
      if (made.has(name)) continue;
      await createPartition(database, table, name, index, options);
      made.add(name);
    }
  }
}

async function createPartition(
  database: Database,
  table: string,
  name: string,
  index: number,
  options: string,
): Promise<void> {
  const from = index * partitionSize;
  await database.transaction(async (query) => {
    await query('select pg_advisory_xact_lock(hashtext($1))', [name]);
    const existing = await query('select 1 from pg_class where oid = to_regclass($1)', [name]);
    if (existing.length > 0) return;
    // Made apart and then attached: attaching does not lock out the inserts that go on beside it.
    await query(`create table ${name} (like ${table} including defaults including constraints) ${options}`);
    await query(
      `alter table ${table} attach partition ${name} for values from (${from}) to (${from + partitionSize})`,
    );
  });
}
