// Partitions of the hot tables, by ranges of time-ordered ids. One is made well before its first id is used, and dropped
// when nobody needs any of its rows.
import { setTimeout } from 'node:timers/promises';
import type { Log } from '#domain/base/log-events.ts';
import type { Round } from '#domain/delivery/retention.ts';
import type { Database, Query } from './database.ts';

/** Ids in a partition: about 3 GB of messages, so that indexes of the open one stay in memory. */
export const partitionSize = 5_000_000;

const tables = {
  message: [
    // fillfactor leaves room beside each row for its one update: all of them stay in their page (HOT).
    { table: 'messages', options: 'with (fillfactor = 60, autovacuum_vacuum_insert_scale_factor = 0.5)' },
    { table: 'carrier_references', options: '' },
    { table: 'conversations', options: '' },
  ],
  campaign: [{ table: 'campaigns', options: 'with (fillfactor = 95)' }],
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

/** Oldest first. */
export async function listPartitions(query: Query, table: PartitionedTable): Promise<Partition[]> {
  const rows = await query<{ name: string }>(
    `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = $1::regclass`,
    [table],
  );
  return rows
    .flatMap(({ name }) => {
      const [, index] = /_p(\d+)$/.exec(name) ?? [];
      if (index === undefined) return [];
      const first = Number(index) * partitionSize;
      return [{ table, name, first, end: first + partitionSize }];
    })
    .sort((a, b) => a.first - b.first);
}

/** Of a partition: it stays for this time, or until then; or it goes, in one transaction with what `beside` writes. */
export type Judgement =
  | 'kept'
  | { readonly keptUntilMs: number }
  | { readonly beside: (query: Query) => Promise<void> };

export const goes: Judgement = { beside: async () => {} };

/** Drops the partitions that are judged to go, oldest first. Answers whether one of them is left because it is in use. */
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
 * Everybody who touches the table waits while a partition is dropped, and while that waits for those who touch it now: a
 * tenth of a second is hardly noticed. Who has a table for seconds (a long list that is stored) is often gone a moment later.
 */
const dropLockTimeout = '100ms';
const dropTries = 5;
const betweenTriesMs = 300;
const lockNotAvailable = '55P03';

/**
 * Drops a partition, in one transaction with what `beside` writes. False, and nothing is changed, when somebody has it in
 * use (a back-up, an audit, vacuum): another time, then. Files are removed after the commit, when nobody waits any more.
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
      await query(`set local lock_timeout = '${dropLockTimeout}'`);
      await query(`drop table ${name}`);
    });
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === lockNotAvailable) return false;
    throw error;
  }
}
