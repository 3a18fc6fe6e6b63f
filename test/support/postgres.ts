// A real PostgreSQL for tests: one embedded server shared by all test processes of this checkout, and a clone of a
// migrated template for each caller. For tests and scripts of the project only.
// Never used by a test of crashes, because fsync is off: such a test starts a separate server.

import { createHash } from 'node:crypto';
import { accessSync, constants, readdirSync, readFileSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { silentLog } from '../../src/lib/observability/log.ts';
import { type Database, openDatabase } from '../../src/store/database/database.ts';
import { migrate } from '../../src/store/database/migrate.ts';
import { installedBinaries } from '../../src/store/embedded/binaries.ts';
import { type Connection, type EmbeddedServer, startEmbedded } from '../../src/store/embedded/embedded.ts';
import { bootIdentity, fingerprint } from '../../src/store/embedded/processes.ts';

export interface TestDatabase {
  readonly connection: Connection;
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
function testDataDir(): string {
  const key = digest(root, installedBinaries().version, bootIdentity, String(process.getuid?.()));
  parent ??= swiftParent();
  return join(parent, `chappe-test-${key}`);
}

function startTestServer(): Promise<EmbeddedServer> {
  return startEmbedded({ dataDir: testDataDir(), log: () => {}, settings: { ...small, ...swift } });
}

/** The server with its template, for openTestDatabase. */
interface Ready {
  readonly connection: Connection;
  readonly template: string;
}

const heldName = 'CHAPPE_TEST_SERVER';

/**
 * Holds the test server up for as long as a run of many test files lasts. The processes of the run find it in their
 * environment: to look for it, to hold and to leave it cost each of some 300 databases two connections.
 */
export async function holdTestServer(): Promise<EmbeddedServer> {
  const server = await startTestServer();
  const template = templateName();
  await buildTemplate(server.connection, template);
  process.env[heldName] = JSON.stringify({ connection: server.connection, template } satisfies Ready);
  return server;
}

/** The template's name contains the schema: a changed migration creates another template. */
function templateName(): string {
  const names = readdirSync(migrationsFolder).sort();
  const texts = names.map((name) => readFileSync(join(migrationsFolder, name), 'utf8'));
  return `template_${digest(...names, ...texts)}`;
}

/** Guards nothing here: who connects, some thousand times, computes 4096 rounds of it otherwise, 2 to 4 ms each time. */
async function cheapenPassword(admin: Database, { user, password }: Connection): Promise<void> {
  await admin.transaction(async (query) => {
    await query('set local scram_iterations = 1');
    await query(`alter role ${user} password '${password}'`);
  });
}

/** Built under a draft name and renamed when it is whole: a run killed half-way leaves no half template. */
async function buildTemplate(connection: Connection, name: string): Promise<void> {
  const admin = openDatabase({ ...connection, database: 'postgres' }, silentLog, 2);
  try {
    await admin.transaction(async (lock) => {
      // Held by one process; the others wait, then find the template. `create database` cannot run
      // in a transaction, so it goes over the pool's other connection.
      await lock('select pg_advisory_xact_lock(1)');
      const databases = await admin.query<{ datname: string }>('select datname from pg_database');
      await cheapenPassword(admin, connection);
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

/** The server that the run holds, or one held for this database alone. */
async function useServer(): Promise<Ready & { leave(): Promise<void> }> {
  const held = process.env[heldName];
  if (held !== undefined) return { ...(JSON.parse(held) as Ready), leave: async () => {} };
  const server = await startTestServer();
  const template = templateName();
  try {
    if (!templates.has(template)) templates.set(template, buildTemplate(server.connection, template));
    await templates.get(template);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { connection: server.connection, template, leave: () => server.stop() };
}

/** A database of one's own with the whole schema and no rows. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const { connection, template, leave } = await useServer();
  const name = `test_${process.pid}_${++made}`;
  try {
    // Copied as files: page by page through the log, which is the default, it takes 220 ms instead of 90.
    await administer(connection, `create database ${name} template ${template} strategy file_copy`);
  } catch (error) {
    await leave();
    throw error;
  }
  let dropped: Promise<void> | undefined;
  const drop = async () => {
    await administer(connection, `drop database if exists ${name} with (force)`);
    await leave();
  };
  return {
    connection: { ...connection, database: name },
    drop() {
      dropped ??= drop();
      return dropped;
    },
  };
}

/** Its types lack the setting that decides whether an open connection keeps the process running. */
type AdminClient = pg.Client & { ref(): void; unref(): void };

let admin: Promise<AdminClient> | null = null;
let underWay = 0;

/** Over one connection for all, which keeps no process alive and is no leak of a test: it is referenced in use only. */
async function administer(connection: Connection, text: string): Promise<void> {
  admin ??= connectAdmin(connection);
  const client = await admin;
  underWay++;
  client.ref();
  try {
    await client.query(text);
  } finally {
    if (--underWay === 0) client.unref();
  }
}

async function connectAdmin(connection: Connection): Promise<AdminClient> {
  const client = new pg.Client({ ...connection, database: 'postgres' }) as AdminClient;
  const lost = () => {
    admin = null;
  };
  client.on('error', lost).on('end', lost);
  try {
    await client.connect();
    return client;
  } catch (error) {
    lost();
    throw error;
  }
}
