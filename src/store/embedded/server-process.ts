// Starts and stops the server process of a data folder. Used by embedded.ts, which decides when. Never forces a stop before
// a long wait for PostgreSQL's own one.
import { spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { closeSync, openSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '#lib/time/clock.ts';
import { type Binaries, program, usableBinaries } from './binaries.ts';
import { bareEnvironment, clusterMark, openFolder, readPidFile, runningServer } from './cluster.ts';
import { fingerprint } from './processes.ts';
import { serverSettings } from './server-settings.ts';
import {
  canReach,
  isOurTemporaryFolder,
  ownFolder,
  type ServerUser,
  temporaryFolder,
} from './server-user.ts';

const isWindows = process.platform === 'win32';
const pollMs = 20;
const fastStopMs = 60_000;
const killMs = 30_000;
/** A log file above this size is emptied at the next start. */
const longLogBytes = 1024 * 1024;

export interface Launch {
  readonly dataDir: string;
  readonly cluster: string;
  readonly binaries: Binaries;
  /** Null: the user of this process. */
  readonly user: ServerUser | null;
  readonly logFile: string;
  /** Override the defaults of server-settings.ts. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Starts the server as a detached process: it outlives this one unless it is stopped. */
export function spawnServer({ dataDir, cluster, binaries, user, logFile, settings: overrides }: Launch) {
  const listening = isWindows
    ? { listen_addresses: '127.0.0.1', port: String(randomInt(49_152, 65_536)), unix_socket_directories: '' }
    : {
        listen_addresses: '',
        port: '5432',
        unix_socket_directories: socketFolder(dataDir, cluster, user),
        unix_socket_permissions: '0700',
      };
  const settings = Object.entries({ ...serverSettings(), ...overrides, ...listening });
  const folder = openFolder(cluster, user);
  const isLong = (statSync(logFile, { throwIfNoEntry: false })?.size ?? 0) > longLogBytes;
  const log = openSync(logFile, isLong ? 'w' : 'a', 0o600);
  try {
    // In a separate session: Ctrl-C in our terminal reaches this process only, which then stops the server in order.
    const child = spawn(
      program(binaries, 'postgres'),
      [
        '-D',
        folder.path,
        '-c',
        clusterMark(cluster),
        ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      { ...bareEnvironment, ...user, cwd: '/', detached: true, stdio: ['ignore', log, log, ...folder.stdio] },
    );
    child.unref();
    return child;
  } finally {
    closeSync(log);
    folder.close();
  }
}

/** The longest path of a Unix socket is 107 bytes on Linux and 103 on macOS. */
const longestSocketPath = 103;

/** In the cluster's folder; if its path is too long or not reachable for the server, a temporary folder, kept after a crash. */
function socketFolder(dataDir: string, cluster: string, user: ServerUser | null): string {
  const folder = join(dataDir, 'postgres-socket');
  const isShort = Buffer.byteLength(join(folder, '.s.PGSQL.5432')) <= longestSocketPath;
  // The setting is a list: a comma or a quote in a path would be read as a separator.
  if (isShort && canReach(user, dataDir) && !/[,"]/.test(folder)) {
    ownFolder(folder, user);
    return folder;
  }
  const last = readPidFile(cluster)?.socketFolder ?? '';
  return isOurTemporaryFolder(last, user) ? last : temporaryFolder(user);
}

/** SIGINT is PostgreSQL's fast stop: roll back, write a checkpoint, end. It is killed only after a long wait. */
export async function stopServer(cluster: string, log: (line: string) => void): Promise<void> {
  if (!statSync(cluster, { throwIfNoEntry: false })) return;
  const server = runningServer(cluster);
  if (!server) return;
  const print = fingerprint(server.pid);
  const hasEnded = async (withinMs: number) => {
    const deadline = systemClock.now() + withinMs;
    while (fingerprint(server.pid) === print && print !== null) {
      if (systemClock.now() > deadline) return false;
      await sleep(pollMs);
    }
    return true;
  };
  const signal = (name: NodeJS.Signals) => {
    try {
      process.kill(server.pid, name);
    } catch {
      // It has ended already.
    }
  };
  if (isWindows) fastStopOnWindows(cluster);
  else signal('SIGINT');
  if (!(await hasEnded(fastStopMs))) {
    log('the embedded PostgreSQL does not stop: ending it by force, it will recover at the next start');
    signal('SIGQUIT');
    if (!(await hasEnded(killMs))) signal('SIGKILL');
    await hasEnded(killMs);
  }
  if (basename(server.socketFolder).startsWith('chappe-')) {
    rmSync(server.socketFolder, { recursive: true, force: true });
  }
}

/** Windows has no SIGINT: pg_ctl stops the server through its own pipe. */
function fastStopOnWindows(cluster: string): void {
  const binaries = usableBinaries(cluster, null);
  spawnSync(program(binaries, 'pg_ctl'), ['stop', '-D', cluster, '-m', 'fast', '-W'], { stdio: 'ignore' });
}
