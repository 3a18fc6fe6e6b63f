// Backup of the whole database into one file while it is used, and its restoration into an empty database. Used by
// `chappe backup` and `chappe restore`. docs/operating/back-up.md describes the format.
// Refuses, as OperatorRefusal: a file that exists, is no backup, is cut or damaged, or was made by a newer version; a database
// that is not empty. A refused or interrupted command leaves no file and changes no row.
import { OperatorRefusal } from '#domain/base/operator-refusal.ts';
import { ArchiveError, type Frame, readArchive, writeArchive } from '#lib/archive.ts';
import { randomToken } from '#lib/security/secrets.ts';
import type { OperatorAccess } from '#operations/access/access.ts';
import { auditChange } from '#operations/access/audit-change.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import { listMigrationFiles } from '#store/database/migrate.ts';
import {
  copyDatabaseIn,
  copyDatabaseOut,
  type DatabaseHead,
  type DatabaseSource,
  type DatabaseTail,
  isEmptyDatabase,
  type TableCopy,
} from '#store/database/whole-database.ts';

interface BackupSummary {
  /** When the backup was made. */
  readonly madeAtMs: number;
  readonly tables: number;
  readonly rows: number;
}

export interface Backups {
  /** Writes the file; it appears when it is complete. */
  write(access: OperatorAccess, path: string): Promise<BackupSummary & { readonly bytes: number }>;
  /** Fills the empty database from a checked file, in one transaction. */
  restore(access: OperatorAccess, checked: CheckedBackup): Promise<BackupSummary>;
}

/** A file that was read to its end. */
interface CheckedBackup {
  readonly path: string;
  readonly head: Head;
}

export interface BackupFiles {
  /** Reads the whole file: it is complete, undamaged, and of a schema that this version has. Needs no database. */
  check(access: OperatorAccess, path: string): Promise<CheckedBackup>;
}

const format = 'chappe-backup';
/** Rises with each change of the frames or of their content. */
const formatVersion = 1;

interface Head extends DatabaseHead {
  readonly format: string;
  readonly formatVersion: number;
  readonly madeAtMs: number;
}

/** Frames of the file: a head, for each table its columns and its rows, an end. */
const frameTypes = { head: 'H', table: 'T', rows: 'R', end: 'E' } as const;

/** Of one frame: below the limit of an archive, because a row can be long. */
const maxRowsBytes = 8 * 1_048_576;

export function createBackups({ database, clock }: Pick<Context, 'database' | 'clock'>): Backups {
  return {
    async write(access, path) {
      authorize(access, 'backups.write');
      const writer = await writeArchive(path, randomToken(8)).catch((error: Error) => {
        throw error instanceof ArchiveError
          ? refusalOf(error, path)
          : new OperatorRefusal(`${path} cannot be written: ${error.message}`);
      });
      const json = (type: string, content: object) =>
        writer.write(type, Buffer.from(JSON.stringify(content)));
      const madeAtMs = clock.now();
      try {
        const tail = await database.copyTransaction((transaction) =>
          copyDatabaseOut(transaction, {
            begin: (head) => json(frameTypes.head, { format, formatVersion, madeAtMs, ...head }),
            beginTable: (copy) => json(frameTypes.table, copy),
            async addRows(bytes) {
              for (let at = 0; at < bytes.length; at += maxRowsBytes)
                await writer.write(frameTypes.rows, bytes.subarray(at, at + maxRowsBytes));
            },
            end: (end) => json(frameTypes.end, end),
          }),
        );
        const { bytes } = await writer.finish();
        const summary = summaryOf(madeAtMs, tail);
        // Whoever has the file has all data.
        const change = { action: 'backup.made', target: 'database', after: { ...summary, bytes } };
        await auditChange(database.query, access, change, clock.now());
        return { ...summary, bytes };
      } catch (error) {
        await writer.abort();
        throw error instanceof ArchiveError ? refusalOf(error, path) : error;
      }
    },

    async restore(access, { path, head }) {
      authorize(access, 'backups.restore');
      if (!(await isEmptyDatabase(database.query))) throw notEmpty();
      return database.copyTransaction(async (transaction) => {
        const { query } = transaction;
        const source = sourceOf(path, head);
        await copyDatabaseIn(transaction, source).catch((error: { code?: string }) => {
          // Another process created a table (duplicate_table, or the unique index of the catalogue).
          throw error.code === '42P07' || error.code === '23505' ? notEmpty() : error;
        });
        const summary = summaryOf(head.madeAtMs, source.tail());
        const change = { action: 'backup.restored', target: 'database', after: { ...summary } };
        await auditChange(query, access, change, clock.now());
        return summary;
      });
    },
  };

  function notEmpty(): OperatorRefusal {
    return new OperatorRefusal(
      'the database is not empty: restore into a new data folder (--data-dir), or an empty database (DATABASE_URL)',
    );
  }
}

export function createBackupFiles(): BackupFiles {
  return {
    async check(access, path) {
      authorize(access, 'backups.restore');
      return checkFile(path);
    },
  };
}

const summaryOf = (madeAtMs: number, { rows }: DatabaseTail): BackupSummary => ({
  madeAtMs,
  tables: Object.keys(rows).length,
  rows: Object.values(rows).reduce((sum, count) => sum + count, 0),
});

/** Reads the file to its end: its checksum is right, and this version can read it. */
async function checkFile(path: string): Promise<CheckedBackup> {
  let head: Head | null = null;
  let isEnded = false;
  try {
    for await (const { type, content } of readArchive(path)) {
      head ??= readHead(type, content, path);
      isEnded = type === frameTypes.end;
    }
  } catch (error) {
    throw error instanceof OperatorRefusal ? error : refusalOf(error as Error, path);
  }
  if (head === null) throw refusalOf(new ArchiveError('no-archive'), path);
  if (!isEnded) throw refusalOf(new ArchiveError('cut'), path);
  await checkMigrations(head, path);
  return { path, head };
}

function readHead(type: string, content: Buffer, path: string): Head {
  let head: Partial<Head> = {};
  if (type === frameTypes.head)
    try {
      head = JSON.parse(content.toString('utf8')) as Partial<Head>;
    } catch {
      // Answered below.
    }
  if (head.format !== format) throw refusalOf(new ArchiveError('no-archive'), path);
  if (head.formatVersion !== formatVersion) throw newer(path, `format ${head.formatVersion}`);
  return head as Head;
}

function newer(path: string, what: string): OperatorRefusal {
  return new OperatorRefusal(
    `${path} was made by a newer version of Chappe (it has ${what}): restore it with that version`,
  );
}

async function checkMigrations({ migrations }: Head, path: string): Promise<void> {
  const own = new Map((await listMigrationFiles()).map(({ name, sha256 }) => [name, sha256]));
  const unknown = migrations.filter(({ name }) => !own.has(name)).map(({ name }) => name);
  if (unknown.length > 0) throw newer(path, unknown.join(', '));
  const changed = migrations.filter(({ name, sha256 }) => own.get(name) !== sha256).map(({ name }) => name);
  if (changed.length > 0)
    throw new OperatorRefusal(
      `${path} has another schema than this version (${changed.join(', ')} differ): restore it with the version that made it`,
    );
}

function refusalOf(error: Error, path: string): OperatorRefusal {
  if (!(error instanceof ArchiveError))
    return new OperatorRefusal(`${path} cannot be read: ${error.message}`);
  const sentences = {
    exists: `${path} exists already: choose another name, or delete it`,
    'no-archive': `${path} is not a backup of Chappe`,
    cut: `${path} is cut off: its end is missing; use another backup`,
    damaged: `${path} is damaged: its checksum is wrong; use another backup`,
  };
  return new OperatorRefusal(sentences[error.problem]);
}

/** The content of a checked file. */
function sourceOf(path: string, head: Head): DatabaseSource {
  const frames = readArchive(path);
  let next: IteratorResult<Frame> | null = null;
  let end: DatabaseTail | null = null;
  const read = async () => {
    next = await frames.next();
    return next;
  };

  async function* rowsOfTable(): AsyncGenerator<Buffer> {
    for (;;) {
      const { done, value } = await read();
      if (done === true || value.type !== frameTypes.rows) return;
      yield value.content;
    }
  }

  async function* readTables() {
    await read();
    await read();
    while (next !== null && next.done !== true) {
      const { type, content } = next.value;
      if (type === frameTypes.end) {
        end = JSON.parse(content.toString('utf8')) as DatabaseTail;
        await read();
      } else yield { copy: JSON.parse(content.toString('utf8')) as TableCopy, rows: rowsOfTable() };
    }
  }

  return {
    head,
    tables: readTables(),
    tail() {
      if (end === null) throw new Error('the backup has no end');
      return end;
    },
  };
}
