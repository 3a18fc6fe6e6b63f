// Copies the whole database out as one consistent snapshot, and into an empty one: every table with its rows, partitions and
// sequences. Used by the operator's backup service. Knows no table by name: the catalogue is the source.
import type { CopyTransaction, Query } from './database.ts';
import { applyMigrations, listAppliedMigrations, type MigrationFile } from './migrate.ts';
import { listAllPartitions, partitionedTables, recreatePartition } from './partitions.ts';

/** Content of a table in the form of COPY (text format). */
export interface TableCopy {
  readonly table: string;
  readonly columns: readonly string[];
}

export interface DatabaseHead {
  readonly migrations: readonly MigrationFile[];
  readonly partitions: readonly string[];
}

export interface DatabaseTail {
  /** Rows by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Last value by sequence; null: never used. */
  readonly sequences: Readonly<Record<string, number | null>>;
}

export interface DatabaseSink {
  begin(head: DatabaseHead): Promise<void>;
  beginTable(copy: TableCopy): Promise<void>;
  addRows(bytes: Buffer): Promise<void>;
  end(tail: DatabaseTail): Promise<void>;
}

/** Forms of values that do not depend on the settings of a server. */
const neutralForms = [
  "datestyle = 'ISO'",
  "intervalstyle = 'iso_8601'",
  "timezone = 'UTC'",
  'extra_float_digits = 1',
  "bytea_output = 'hex'",
];

async function useNeutralForms(query: Query): Promise<void> {
  for (const form of neutralForms) await query(`set local ${form}`);
}

/** Tables that are not partitions; those that others refer to come first. */
async function listTables(query: Query): Promise<string[]> {
  const tables = await query<{ name: string }>(
    `select c.relname::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition
       and c.relname <> 'schema_migrations' order by 1`,
  );
  const references = await query<{ from: string; to: string }>(
    `select a.relname::text as "from", b.relname::text as "to" from pg_constraint k
     join pg_class a on a.oid = k.conrelid join pg_class b on b.oid = k.confrelid
     where k.contype = 'f' and k.conparentid = 0 and a.oid <> b.oid`,
  );
  const sorted: string[] = [];
  const add = (name: string) => {
    if (sorted.includes(name)) return;
    for (const { from, to } of references) if (from === name) add(to);
    sorted.push(name);
  };
  for (const { name } of tables) add(name);
  return sorted;
}

async function listColumns(query: Query, table: string): Promise<string[]> {
  const columns = await query<{ name: string }>(
    `select attname::text as name from pg_attribute
     where attrelid = to_regclass($1) and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`,
    [table],
  );
  return columns.map(({ name }) => name);
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
const columnList = (columns: readonly string[]) => columns.map(quoted).join(', ');

/** One snapshot of all tables, independent of concurrent writes. Partitions are not dropped meanwhile. */
export async function copyDatabaseOut(
  transaction: CopyTransaction,
  sink: DatabaseSink,
): Promise<DatabaseTail> {
  const { query } = transaction;
  await query('set transaction isolation level repeatable read, read only');
  await query(`lock table ${partitionedTables.join(', ')} in access share mode`);
  await useNeutralForms(query);
  await sink.begin({
    migrations: await listAppliedMigrations(query),
    partitions: await listAllPartitions(query),
  });
  const rows: Record<string, number> = {};
  for (const table of await listTables(query)) {
    const columns = await listColumns(query, table);
    await sink.beginTable({ table, columns });
    // A query, because `copy table to` reads no partitions.
    const text = `copy (select ${columnList(columns)} from ${quoted(table)}) to stdout`;
    rows[table] = await transaction.copyOut(text, (bytes) => sink.addRows(bytes));
  }
  // Sequences have no snapshot: they are read last, so none is behind a row.
  const sequences = await query<{ name: string; last: number | null }>(
    `select sequencename::text as name, last_value as last from pg_sequences where schemaname = 'public' order by 1`,
  );
  const tail = { rows, sequences: Object.fromEntries(sequences.map(({ name, last }) => [name, last])) };
  await sink.end(tail);
  return tail;
}

/** Whether the database has no table. */
export async function isEmptyDatabase(query: Query): Promise<boolean> {
  const [row] = await query<{ tables: number }>(
    `select count(*) as tables from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind in ('r', 'p')`,
  );
  return row!.tables === 0;
}

export interface DatabaseSource {
  readonly head: DatabaseHead;
  /** Each table once; its rows are read completely before the next table. */
  readonly tables: AsyncIterable<{ readonly copy: TableCopy; readonly rows: AsyncIterable<Buffer> }>;
  /** Known when the tables were read. */
  tail(): DatabaseTail;
}

/** Fills an empty database, in this transaction. Throws if the rows are not those that the tail counts. */
export async function copyDatabaseIn(transaction: CopyTransaction, source: DatabaseSource): Promise<void> {
  const { query } = transaction;
  await applyMigrations(
    query,
    source.head.migrations.map(({ name }) => name),
  );
  await useNeutralForms(query);
  const tables = await listTables(query);
  // The migrations insert some rows.
  await query(`truncate ${tables.map(quoted).join(', ')}`);
  for (const name of source.head.partitions)
    if (!(await recreatePartition(query, name))) throw new Error(`${name} is no partition of this version`);
  const copied = new Map<string, number>();
  for await (const { copy, rows } of source.tables) {
    if (!tables.includes(copy.table)) throw new Error(`there is no table ${copy.table} in this version`);
    const text = `copy ${quoted(copy.table)} (${columnList(copy.columns)}) from stdin`;
    copied.set(copy.table, await transaction.copyIn(text, rows));
  }
  const { rows, sequences } = source.tail();
  for (const [table, count] of Object.entries(rows))
    if (copied.get(table) !== count)
      throw new Error(`${table} has ${copied.get(table) ?? 0} rows, but the backup counted ${count}`);
  for (const [name, last] of Object.entries(sequences))
    if (last !== null) await query('select setval(to_regclass($1), $2)', [name, last]);
}
