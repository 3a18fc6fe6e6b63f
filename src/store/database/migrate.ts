// Brings the schema up to date: applies the files of migrations/ in order, each once, all in one transaction.
// Used by every start and by `chappe migrate`. Refuses a file that changed after it was applied, a database of a newer
// version, and a database of the development versions before the schema of twelve files.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { Database, Query } from './database.ts';

/** 'chappe' as a number: one process migrates at a time. */
const migrationLock = 0x63686170;

/** First file of the schema that no release contained; its files were replaced on 30 November 2026. */
const firstUnreleasedMigration = '0001-accounts.sql';

export interface AppliedMigration {
  readonly name: string;
  readonly isNew: boolean;
}

/** Whether the database was ever migrated. */
export async function hasSchema(query: Query): Promise<boolean> {
  const [row] = await query<{ isThere: boolean }>(
    `select to_regclass('schema_migrations') is not null as "isThere"`,
  );
  return row!.isThere;
}

/** Applies missing migrations and returns all of them. Throws an error with the remedy, and then changes nothing. */
export async function migrate(database: Database): Promise<AppliedMigration[]> {
  return database.transaction(async (query) => {
    await beginMigration(query);
    const done = await query<{ name: string; sha256: string }>('select name, sha256 from schema_migrations');
    const applied = new Map(done.map((row) => [row.name, row.sha256]));
    if (applied.has(firstUnreleasedMigration))
      throw new Error(
        'this data belongs to a development version of Chappe that was never released, and its schema cannot be brought ' +
          'up to date: start with an empty folder (CHAPPE_DATA_DIR) or an empty database (DATABASE_URL)',
      );
    const report: AppliedMigration[] = [];
    for (const { name, text, sha256 } of await readMigrations()) {
      const before = applied.get(name);
      if (before !== undefined && before !== sha256)
        throw new Error(
          `migration ${name} was changed after it was applied: restore the file, and put the change into a new one`,
        );
      if (before === undefined) await apply(query, name, text, sha256);
      report.push({ name, isNew: before === undefined });
      applied.delete(name);
    }
    const unknown = [...applied.keys()];
    if (unknown.length > 0)
      throw new Error(
        `the database was migrated by a newer version (it has ${unknown.join(', ')}): start that version, or restore a backup`,
      );
    return report;
  });
}

export interface MigrationFile {
  readonly name: string;
  readonly sha256: string;
}

/** The migrations of this version, in their order. */
export async function listMigrationFiles(): Promise<MigrationFile[]> {
  return (await readMigrations()).map(({ name, sha256 }) => ({ name, sha256 }));
}

/** The migrations that the database has, in their order. */
export function listAppliedMigrations(query: Query): Promise<MigrationFile[]> {
  return query<MigrationFile>('select name, sha256 from schema_migrations order by name');
}

/** Applies these migrations to an empty database, in this transaction. Nobody else migrates until it ends. */
export async function applyMigrations(query: Query, names: readonly string[]): Promise<void> {
  await beginMigration(query);
  for (const { name, text, sha256 } of await readMigrations())
    if (names.includes(name)) await apply(query, name, text, sha256);
}

async function beginMigration(query: Query): Promise<void> {
  await query('select pg_advisory_xact_lock($1)', [migrationLock]);
  await query(
    'create table if not exists schema_migrations (name text primary key, sha256 text not null, applied_at timestamptz not null default now())',
  );
}

async function apply(query: Query, name: string, text: string, sha256: string): Promise<void> {
  await query(text);
  await query('insert into schema_migrations (name, sha256) values ($1, $2)', [name, sha256]);
}

async function readMigrations() {
  const folder = new URL('../migrations/', import.meta.url);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(name, folder), 'utf8');
      return { name, text, sha256: createHash('sha256').update(text).digest('hex') };
    }),
  );
}
