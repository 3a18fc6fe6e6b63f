// Partitions of the large tables, by ranges of time-ordered ids. Used by the ids, which create a partition long before its
// first id is used, and by retention, which drops it when none of its rows is needed.
import { setTimeout } from 'node:timers/promises';
import type { Log } from '#domain/base/log-events.ts';
import type { Round } from '#domain/delivery/retention.ts';
import { text } from './columns.ts';
import type { Database, Query } from './database.ts';
import { statement } from './statement.ts';

/** Ids in a partition: about 3 GB of messages, so that indexes of the open one stay in memory. */
export const partitionSize = 5_000_000;

const tables = {
  message: [
    // fillfactor keeps free space for the one update of each row: all updates stay in their page (HOT).
    {
      table: 'messages',
      options: 'with (fillfactor = 60, autovacuum_vacuum_insert_scale_factor = 0.5)',
      hasKey: true,
    },
    { table: 'carrier_references', options: '', hasKey: false },
    { table: 'conversations', options: '', hasKey: false },
  ],
  campaign: [{ table: 'campaigns', options: 'with (fillfactor = 95)', hasKey: true }],
} as const;

export type PartitionedSequence = keyof typeof tables;
export type PartitionedTable = (typeof tables)[PartitionedSequence][number]['table'];

/** Ids from `first` on, below `end`. */
export interface Partition {
  readonly table: PartitionedTable;
  readonly name: string;
  readonly first: number;
  readonly end: number;
}

const known = new WeakMap<Database, Set<string>>();

/** Creates the partition of this name, such as `messages_p3`, in this transaction; false if it is no such name. */
export async function recreatePartition(query: Query, name: string): Promise<boolean> {
  const [, table, index] = /^(\w+)_p(\d+)$/.exec(name) ?? [];
  const declaration = Object.values(tables)
    .flat()
    .find((one) => one.table === table);
  if (declaration === undefined) return false;
  await addPartition(query, declaration, name, Number(index));
  return true;
}

/** Every partition that exists, by name. */
export async function listAllPartitions(query: Query): Promise<string[]> {
  const names: string[] = [];
  for (const { table } of Object.values(tables).flat())
    names.push(...(await listPartitions(query, table)).map(({ name }) => name));
  return names;
}

export const partitionedTables: readonly PartitionedTable[] = Object.values(tables)
  .flat()
  .map(({ table }) => table);

/** Makes sure that every id from `first` to `last` has its partition. Cheap if it has. */
export async function ensurePartitions(
  database: Database,
  sequence: PartitionedSequence,
  first: number,
  last: number,
): Promise<void> {
  const made = known.get(database) ?? new Set<string>();
  known.set(database, made);
  for (let index = Math.floor(first / partitionSize); index <= Math.floor(last / partitionSize); index++) {
    for (const declaration of tables[sequence]) {
      const name = `${declaration.table}_p${index}`;
      if (made.has(name)) continue;
      await createPartition(database, declaration, name, index);
      made.add(name);
    }
  }
}

type Declaration = (typeof tables)[PartitionedSequence][number];

async function createPartition(
  database: Database,
  declaration: Declaration,
  name: string,
  index: number,
): Promise<void> {
  await database.transaction(async (query) => {
    await query('select pg_advisory_xact_lock(hashtext($1))', [name]);
    const existing = await query('select 1 from pg_class where oid = to_regclass($1)', [name]);
    if (existing.length === 0) await addPartition(query, declaration, name, index);
  });
}

async function addPartition(
  query: Query,
  { table, options, hasKey }: Declaration,
  name: string,
  index: number,
): Promise<void> {
  const from = index * partitionSize;
  // Created separately and then attached: attaching does not block concurrent inserts.
  await query(`create table ${name} (like ${table} including defaults including constraints) ${options}`);
  // A cluster (Citus) moves a shard by logical replication, which finds rows by their key or by all of their columns.
  if (!hasKey) await query(`alter table ${name} replica identity full`);
  await query(
    `alter table ${table} attach partition ${name} for values from (${from}) to (${from + partitionSize})`,
  );
}

const list = statement('list_partitions', {
  params: { table: text },
  row: { name: text },
  text: (p) => `
select c.relname::text as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
where i.inhparent = to_regclass(${p.table})`,
});

/** Oldest first. */
export async function listPartitions(query: Query, table: PartitionedTable): Promise<Partition[]> {
  const rows = await list.run(query, { table });
  return rows
    .flatMap(({ name }) => {
      const [, index] = /_p(\d+)$/.exec(name) ?? [];
      if (index === undefined) return [];
      const first = Number(index) * partitionSize;
      return [{ table, name, first, end: first + partitionSize }];
    })
    .sort((a, b) => a.first - b.first);
}

/** Whether a partition stays, stays until a time, or is dropped, in one transaction with the rows that `beside` writes. */
export type Judgement =
  | 'kept'
  | { readonly keptUntilMs: number }
  | { readonly beside: (query: Query) => Promise<void> };

export const goes: Judgement = { beside: async () => {} };

/** Drops partitions as `judge` decides, oldest first. Returns true if one of them is left because it is in use. */
export async function dropPartitions(
  { database, log }: { readonly database: Database; readonly log: Log },
  { holdsUntil, nowMs, isStopping }: Pick<Round, 'holdsUntil' | 'nowMs' | 'isStopping'>,
  table: PartitionedTable,
  judge: (partition: Partition) => Promise<Judgement>,
): Promise<boolean> {
  let isLeft = false;
  for (const partition of await listPartitions(database.query, table)) {
    const { name } = partition;
    if (isStopping()) break;
    if ((holdsUntil.get(name) ?? 0) > nowMs) continue;
    const judgement = await judge(partition);
    if (judgement === 'kept') continue;
    if ('keptUntilMs' in judgement) {
      holdsUntil.set(name, judgement.keptUntilMs);
      continue;
    }
    const isDropped = await dropPartition(database, partition, judgement.beside);
    if (isDropped) log.info('partition.dropped', { partition: name });
    else log.warn('partition.drop_postponed', { partition: name });
    if (!isDropped) isLeft = true;
  }
  return isLeft;
}

/**
 * Every statement on the table waits while a partition is dropped, and while the drop waits for open transactions: a
 * tenth of a second is acceptable. A transaction of some seconds (a long list that is stored) has often ended at the next
 * attempt.
 */
const dropLockTimeout = '100ms';
const dropTries = 5;
const betweenTriesMs = 300;
const lockNotAvailable = '55P03';

/**
 * Drops a partition, in one transaction with the rows that `beside` writes. False, without a change, if it is in use (by a
 * backup, an audit, vacuum). Files are removed after the commit, when no statement waits.
 */
export async function dropPartition(
  database: Database,
  partition: Partition,
  beside: (query: Query) => Promise<void> = async () => {},
): Promise<boolean> {
  for (let tries = 1; ; tries++) {
    if (await tryToDrop(database, partition, beside)) return true;
    if (tries === dropTries) return false;
    await setTimeout(betweenTriesMs);
  }
}

async function tryToDrop(
  database: Database,
  { name }: Partition,
  beside: (query: Query) => Promise<void>,
): Promise<boolean> {
  try {
    await database.transaction(async (query) => {
      await beside(query);
      // On a cluster (Citus) the time-out holds on all nodes; plain PostgreSQL ignores the first setting.
      await query("set local citus.propagate_set_commands = 'local'");
      await query(`set local lock_timeout = '${dropLockTimeout}'`);
      await query(`drop table ${name}`);
    });
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === lockNotAvailable) return false;
    throw error;
  }
}
