// The embedded PostgreSQL: starts the server of a data folder, or joins the one that already runs there. Used by the runtime
// when DATABASE_URL is unset.
// Never stops a server that another process uses, and never opens it to the network (except on Windows, where Node has
// no Unix sockets: there it listens on loopback, with the same password).
//
// States of a data folder: without cluster → stopped → starting → ready → stopping → stopped.
// Every process can be killed in any state. The next process reads the state: it joins a ready server (also one whose
// processes were killed), waits for a starting or stopping one, and starts a stopped one. PostgreSQL's own lock decides
// between two concurrent starts, and the loser joins the winner.

import { accessSync, chmodSync, constants, mkdirSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { systemClock } from '#lib/time/clock.ts';
import { usableBinaries } from './binaries.ts';
import { clusterPassword, createCluster, readIfThere, roleName, runningServer } from './cluster.ts';
import { hold } from './holders.ts';
import { spawnServer, stopServer } from './server-process.ts';
import { chooseServerUser } from './server-user.ts';

const databaseName = 'chappe';
const pollMs = 20;
/** After a kill the ended server can hold its lock for seconds, until init has reaped it: measured 1 to 2. */
const retryMs = 10_000;
/** Time for a response of a server whose status is ready. */
const silenceMs = 10_000;

export interface EmbeddedOptions {
  readonly dataDir: string;
  readonly log: (line: string) => void;
  /** Override the defaults of server-settings.ts; without effect on a running server. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Aborted: the start ends with an error, and a started server is stopped. */
  readonly signal?: AbortSignal;
}

export interface Connection {
  /** A folder with the Unix socket, or an address. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

export interface EmbeddedServer {
  readonly connection: Connection;
  /** Such as 18.4. */
  readonly version: string;
  /** Starts the server again at the same address if it has ended; cheap while it runs. */
  ensureRunning(): Promise<void>;
  /** Ends the use by this process; the last user stops the server. */
  stop(): Promise<void>;
}

/** Whether a data folder has a database. */
export function hasEmbedded(dataDir: string): boolean {
  return statSync(join(resolve(dataDir), 'postgres'), { throwIfNoEntry: false }) !== undefined;
}

export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const dataDir = prepareDataFolder(options.dataDir);
  const cluster = join(dataDir, 'postgres');
  const holding = await hold(join(dataDir, 'postgres-users'));
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= holding.leave(() => stopServer(cluster, options.log));
    return stopped;
  };
  try {
    const joined = await joinOrStart(dataDir, cluster, options);
    const ensureRunning = async () => {
      // Asked every two seconds: a connection would cost the server a process and a password check of 4,096 rounds, 0.5 % of
      // a core. A server that runs and does not answer is noticed by the lease.
      if (stopped || runningServer(cluster)?.status === 'ready') return;
      await joinOrStart(dataDir, cluster, options);
    };
    return { ...joined, ensureRunning, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Returns the real path, so that all processes use one path. */
function prepareDataFolder(path: string): string {
  const dataDir = resolve(path);
  if (mkdirSync(dataDir, { recursive: true }) !== undefined) {
    // Root's server user must pass through; no other user needs it.
    chmodSync(dataDir, process.getuid?.() === 0 ? 0o711 : 0o700);
  }
  try {
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const why =
      (error as NodeJS.ErrnoException).code === 'EROFS'
        ? 'is on a file system that is mounted read-only: mount it for writing'
        : 'may not be read and written by this user: start Chappe as the user it belongs to, give this user the rights';
    throw new Error(`${dataDir} ${why}, or choose another CHAPPE_DATA_DIR`);
  }
  return realpathSync(dataDir);
}

type Joined = Pick<EmbeddedServer, 'connection' | 'version'>;

async function joinOrStart(dataDir: string, cluster: string, options: EmbeddedOptions): Promise<Joined> {
  const hasCluster = statSync(cluster, { throwIfNoEntry: false }) !== undefined;
  const password = clusterPassword(dataDir, hasCluster);
  let launcher: Launcher | undefined;
  let silentSince: number | undefined;
  for (;;) {
    options.signal?.throwIfAborted();
    const running = hasCluster || launcher ? runningServer(cluster) : null;
    if (running) {
      const joined = await tryToConnect(running, password);
      if (joined) return joined;
      silentSince = running.status === 'ready' ? (silentSince ?? systemClock.now()) : undefined;
      if (silentSince !== undefined && systemClock.now() - silentSince > silenceMs) {
        throw new Error(`the embedded PostgreSQL (process ${running.pid}) runs but does not answer`);
      }
    } else {
      launcher ??= prepareLauncher(dataDir, cluster, password, options);
      await launcher.ensureStarted();
    }
    await sleep(pollMs);
  }
}

/** Null while the server starts or stops. */
async function tryToConnect(
  server: { port: number; socketFolder: string },
  password: string,
): Promise<Joined | null> {
  const host = process.platform === 'win32' ? '127.0.0.1' : server.socketFolder;
  if (!host || !server.port) return null;
  const connection = { host, port: server.port, user: roleName, password, database: databaseName };
  try {
    return { connection, version: await serverVersion(connection) };
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === '3D000') return createDatabase(connection);
    // Not yet listening, or "the database system is starting up" / "shutting down".
    if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ECONNRESET' || code === '57P03')
      return null;
    if (code === undefined && /terminated unexpectedly/.test((error as Error).message)) return null;
    throw error;
  }
}

async function withClient<T>(connection: Connection, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(connection);
  client.on('error', () => {}); // A server that stops during the query fails the query too.
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

async function serverVersion(connection: Connection): Promise<string> {
  const { rows } = await withClient(connection, (client) => client.query('show server_version'));
  return rows[0].server_version;
}

async function createDatabase(connection: Connection): Promise<null> {
  await withClient({ ...connection, database: 'postgres' }, async (client) => {
    await client.query(`create database ${databaseName}`).catch((error) => {
      // Another process created it concurrently (duplicate_database, or the unique index of the table).
      if (error.code !== '42P04' && error.code !== '23505') throw error;
    });
  });
  return null;
}

interface Launcher {
  /** Starts a server unless the last one is still starting; throws if a start cannot succeed. */
  ensureStarted(): Promise<void>;
}

function prepareLauncher(
  dataDir: string,
  cluster: string,
  password: string,
  options: EmbeddedOptions,
): Launcher {
  const user = chooseServerUser(cluster);
  const binaries = usableBinaries(dataDir, user);
  if (!statSync(cluster, { throwIfNoEntry: false })) {
    options.log(`creating the embedded PostgreSQL ${binaries.version} in ${cluster}`);
    createCluster(dataDir, cluster, binaries, user, password);
  }
  const major = Number(readIfThere(join(cluster, 'PG_VERSION')));
  if (major !== binaries.major) {
    throw new Error(
      `${cluster} was made by PostgreSQL ${major}, this Chappe brings ${binaries.major}: ` +
        'docs/operating/database.md tells how to move',
    );
  }
  const logFile = join(dataDir, 'postgres.log');
  let hasExited = true;
  let firstFailure: number | undefined;
  return {
    async ensureStarted() {
      if (!hasExited) return;
      if (firstFailure !== undefined) {
        const tail = (readIfThere(logFile) ?? '').trim().split('\n').slice(-6).join('\n');
        // The lock of a server that is ending, or of another one that started in between.
        const isHeld = /lock file|shared memory block|Is another postmaster/i.test(tail);
        if (!isHeld || systemClock.now() - firstFailure > retryMs) {
          throw new Error(`the embedded PostgreSQL does not start; ${logFile} ends with:\n${tail}`);
        }
        await sleep(100);
      }
      hasExited = false;
      const child = spawnServer({
        dataDir,
        cluster,
        binaries,
        user,
        logFile,
        settings: options.settings ?? {},
      });
      const failed = () => {
        hasExited = true;
        firstFailure ??= systemClock.now();
      };
      child.once('exit', failed);
      child.once('error', failed);
    },
  };
}
