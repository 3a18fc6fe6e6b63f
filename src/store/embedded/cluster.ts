// The cluster of a data folder on disk: created once, whole or not at all; its password; and the pid file of its running
// server. Used by embedded.ts, which starts and stops that server.
// Never changes the files of an existing cluster.

import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  closeSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Binaries, program } from './binaries.ts';
import { commandLine, fingerprint } from './processes.ts';
import { canReach, ownFolder, type ServerUser, temporaryFolder } from './server-user.ts';

export const roleName = 'chappe';

/** Environment of initdb and postgres: empty, except for the variables that Windows needs. */
export const bareEnvironment = process.platform === 'win32' ? {} : { env: { LC_ALL: 'C', TZ: 'UTC' } };

export function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/**
 * The path of a folder for a program of `user`. A data folder below a private home (root's is 0700) cannot be reached by
 * its path by the user that runs root's server; it can be reached by an open descriptor, which Linux shows in /proc.
 */
export function openFolder(path: string, user: ServerUser | null) {
  if (canReach(user, path)) return { path, stdio: [] as number[], close() {} };
  const descriptor = openSync(path, 'r');
  // Descriptor 3 of the child: the first after standard input, output and error.
  return { path: '/proc/self/fd/3', stdio: [descriptor], close: () => closeSync(descriptor) };
}

/** The password of our role: created once, 0600. Two concurrent processes both get the first one. */
export function clusterPassword(dataDir: string, hasCluster: boolean): string {
  const path = join(dataDir, 'postgres-password');
  const existing = readIfThere(path);
  if (existing !== null) return existing.trim();
  if (hasCluster) {
    throw new Error(
      `${path} is missing: without it nobody can connect; restore it with the data folder's back-up`,
    );
  }
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return readFileSync(path, 'utf8').trim();
}

function removeAbandonedDrafts(dataDir: string): void {
  for (const name of readdirSync(dataDir)) {
    const pid = /^postgres\.new-(\d+)$/.exec(name)?.[1];
    if (pid && (Number(pid) === process.pid || fingerprint(Number(pid)) === null)) {
      rmSync(join(dataDir, name), { recursive: true, force: true });
    }
  }
}

/** Creates the cluster in a draft folder and renames it: a process that is killed leaves a draft, never half a cluster. */
export function createCluster(
  dataDir: string,
  cluster: string,
  binaries: Binaries,
  user: ServerUser | null,
  password: string,
): void {
  removeAbandonedDrafts(dataDir);
  const draft = join(dataDir, `postgres.new-${process.pid}`);
  ownFolder(draft, user);
  const secrets = temporaryFolder(user);
  const folder = openFolder(draft, user);
  try {
    const passwordFile = join(secrets, 'password');
    writeFileSync(passwordFile, password, { mode: 0o600 });
    if (user) chownSync(passwordFile, user.uid, user.gid);
    const result = spawnSync(
      program(binaries, 'initdb'),
      [
        `--pgdata=${folder.path}`,
        `--username=${roleName}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        // The server's own collation: the indexes do not depend on a library of the operating system.
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
      ],
      {
        ...bareEnvironment,
        ...user,
        cwd: '/',
        stdio: ['ignore', 'pipe', 'pipe', ...folder.stdio],
        encoding: 'utf8',
      },
    );
    if (result.error) throw result.error;
    if (result.status !== 0) throw new Error(`initdb failed: ${result.stderr.trim() || result.signal}`);
    renameSync(draft, cluster);
  } catch (error) {
    // Another process was faster: its cluster has the same password.
    const wasMade = ['ENOTEMPTY', 'EEXIST', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '');
    if (!wasMade || !statSync(cluster, { throwIfNoEntry: false })) throw error;
  } finally {
    folder.close();
    rmSync(secrets, { recursive: true, force: true });
    rmSync(draft, { recursive: true, force: true });
  }
}

export interface PidFile {
  readonly pid: number;
  readonly port: number;
  /** Empty if the server listens on TCP only, or not yet. */
  readonly socketFolder: string;
  /** starting, ready, stopping, standby; empty at the beginning. */
  readonly status: string;
}

/** postmaster.pid: pid, data folder, start time, port, socket folder, address, shared memory, status, one in each line. */
export function readPidFile(cluster: string): PidFile | null {
  const lines = readIfThere(join(cluster, 'postmaster.pid'))?.split('\n');
  if (!lines) return null;
  return {
    pid: Number(lines[0]),
    port: Number(lines[3] ?? 0),
    socketFolder: lines[4]?.trim() ?? '',
    status: lines[7]?.trim() ?? '',
  };
}

/** A name of the cluster in the command line of its server: the folder's inode number, independent of its path. */
export function clusterMark(cluster: string): string {
  return `cluster_name=chappe-${statSync(cluster).ino}`;
}

/**
 * The running server of this cluster, if any. Removes a pid file whose process id now belongs to another program
 * (PostgreSQL checks only that the process id exists, and would refuse to start); it removes that of an ended server itself.
 */
export function runningServer(cluster: string): PidFile | null {
  const file = readPidFile(cluster);
  if (!file || !Number.isInteger(file.pid) || file.pid <= 0 || fingerprint(file.pid) === null) return null;
  const words = commandLine(file.pid);
  if (words === null || words.includes(clusterMark(cluster))) return file;
  rmSync(join(cluster, 'postmaster.pid'), { force: true });
  return null;
}
