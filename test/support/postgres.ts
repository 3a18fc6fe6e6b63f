// A real PostgreSQL for tests: one embedded server shared by all test processes of this checkout, and a clone of a
// migrated template for each caller. For tests and scripts of the project only.
// Must never serve a test about crashes as it stands: fsync is off here. Such a test asks for a durable server.

import { createHash } from 'node:crypto';
import { accessSync, constants, readdirSync, readFileSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../../src/lib/log.ts';
import { openDatabase } from '../../src/store/database.ts';
import { installedBinaries } from '../../src/store/embedded/binaries.ts';
import { type Connection, type EmbeddedServer, startEmbedded } from '../../src/store/embedded/embedded.ts';
import { bootIdentity, fingerprint } from '../../src/store/embedded/processes.ts';
import { migrate } from '../../src/store/migrate.ts';

export interface TestDatabaseOptions {
  /** A server of its own folder with fsync on, for tests that kill it. Slower. */
  readonly isDurable?: boolean;
}

export interface TestDatabase {
  readonly connection: Connection;
  /** The server it is on: its data folder, for tests that kill it. */
  readonly dataDir: string;
  readonly server: EmbeddedServer;
  /** Drops the database; the last drop of the last test process stops the server. */
  drop(): Promise<void>;
}

const root = join(import.meta.dirname, '../..');
const migrationsFolder = join(root, 'src/store/migrations');

const swift = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
const small = {
  shared_buffers: '64MB',
  max_connections: '200',
  max_wal_size: '1GB',
  autovacuum_naptime: '60s',
};

function digest(...parts: string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 12);
}

const enoughMemoryBytes = 2 * 1024 ** 3;

/** Files in memory clone a database in 20 ms; on a busy disk it takes 200. */
function swiftParent(): string {
  try {
    const memory = statfsSync('/dev/shm');
    accessSync('/dev/shm', constants.W_OK);
    return memory.bavail * memory.bsize >= enoughMemoryBytes ? '/dev/shm' : tmpdir();
  } catch {
    return tmpdir();
  }
}

let parent: string | undefined;

/** Without fsync a crash of the machine may ruin the files: after a boot the folder is another one. */
function testDataDir(isDurable: boolean): string {
  const key = digest(root, installedBinaries().version, bootIdentity, String(process.getuid?.()));
  if (isDurable) return join(tmpdir(), `chappe-test-${key}-durable`);
  parent ??= swiftParent();
  return join(parent, `chappe-test-${key}`);
}

/** Holds the test server up for as long as a run of many test files lasts. */
export function startTestServer(isDurable = false): Promise<EmbeddedServer> {
  const settings = isDurable ? small : { ...small, ...swift };
  return startEmbedded({ dataDir: testDataDir(isDurable), log: () => {}, settings });
}

/** The template's name tells the schema: a changed migration makes another template. */
function templateName(): string {
  const names = readdirSync(migrationsFolder).sort();
  const texts = names.map((name) => readFileSync(join(migrationsFolder, name), 'utf8'));
  return `template_${digest(...names, ...texts)}`;
}

/** Built under a draft name and renamed when it is whole: a run killed half-way leaves no half template. */
async function buildTemplate(connection: Connection, name: string): Promise<void> {
  const admin = openDatabase({ ...connection, database: 'postgres' }, silentLog, 2);
  try {
    await admin.transaction(async (lock) => {
      // Taken by one process; the others wait, then find the template made. `create database` itself may not stand
      // in a transaction, so it goes over the pool's other connection.
      await lock('select pg_advisory_xact_lock(1)');
      const databases = await admin.query<{ datname: string }>('select datname from pg_database');
      const isThere = (datname: string) => databases.some((row) => row.datname === datname);
      for (const { datname } of databases) {
        const pid = /^test_(\d+)_\d+$/.exec(datname)?.[1];
        const isAbandoned = pid !== undefined && fingerprint(Number(pid)) === null;
        if (isAbandoned) await admin.query(`drop database if exists ${datname} with (force)`);
      }
      if (isThere(name)) return;
      for (const { datname } of databases) {
        // Of an older schema; one that a running test still clones from is left.
        if (/^template_[0-9a-f]{12}$/.test(datname))
          await admin.query(`drop database ${datname}`).catch(() => {});
      }
      await admin.query('drop database if exists template_draft with (force)');
      await admin.query('create database template_draft');
      const draft = openDatabase({ ...connection, database: 'template_draft' }, silentLog, 1);
      try {
        await migrate(draft);
      } finally {
        await draft.close();
      }
      await admin.query(`alter database template_draft rename to ${name}`);
    });
  } finally {
    await admin.close();
  }
}

let made = 0;
const templates = new Map<string, Promise<void>>();

/** A database of one's own with the whole schema and no rows. */
export async function openTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const isDurable = options.isDurable ?? false;
  const server = await startTestServer(isDurable);
  const template = templateName();
  const dataDir = testDataDir(isDurable);
  try {
    const key = `${dataDir} ${template}`;
    if (!templates.has(key)) templates.set(key, buildTemplate(server.connection, template));
    await templates.get(key);
    const name = `test_${process.pid}_${++made}`;
    const admin = (text: string) => runOnce({ ...server.connection, database: 'postgres' }, text);
    // Copied as files: page by page through the log, which is the default, it takes 220 ms instead of 90.
    await admin(`create database ${name} template ${template} strategy file_copy`);
    let dropped: Promise<void> | undefined;
    const drop = async () => {
      await server.ensureRunning();
      await admin(`drop database if exists ${name} with (force)`);
      await server.stop();
    };
    return {
      connection: { ...server.connection, database: name },
      dataDir,
      server,
      drop() {
        dropped ??= drop();
        return dropped;
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function runOnce(connection: Connection, text: string): Promise<void> {
  const database = openDatabase(connection, silentLog, 1);
  try {
    await database.query(text);
  } finally {
    await database.close();
  }
}
