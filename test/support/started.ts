// Registers the processes that a test process starts and the data folders it makes, so that the runner can end them when
// the test process dies. Used by test/support and scripts/test.ts. Never touches a process whose test process is live, nor one
// that has only the number of a registered process.
import type { ChildProcess } from 'node:child_process';
import {
  globSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fingerprint, isAlive } from '../../src/store/embedded/processes.ts';

/** Names the folder of the register; unset when a test file runs without the runner, which then registers nothing. */
export const registerVariable = 'TEST_REGISTER';

interface Identity {
  readonly pid: number;
  readonly fingerprint: string;
}

interface Entry {
  readonly test: Identity;
  readonly child?: Identity & { readonly isGroup: boolean };
  /** A data folder: its embedded PostgreSQL is ended, then the folder is removed. */
  readonly folder?: string;
}

let count = 0;

function identify(pid: number): Identity {
  return { pid, fingerprint: fingerprint(pid) ?? '' };
}

/** Returns a function that removes the entry. */
function register(entry: Omit<Entry, 'test'>): () => void {
  const register = process.env[registerVariable];
  if (register === undefined) return () => {};
  const path = join(register, `${process.pid}-${++count}.started.json`);
  // Renamed when it is whole: the runner reads the register every second.
  const draft = `${path}.draft`;
  writeFileSync(draft, JSON.stringify({ test: identify(process.pid), ...entry } satisfies Entry));
  renameSync(draft, path);
  return () => rmSync(path, { force: true });
}

/** `isGroup`: it leads a separate process group. */
export function registerChild(child: ChildProcess, isGroup = false): void {
  if (child.pid === undefined) return;
  child.once('exit', register({ child: { ...identify(child.pid), isGroup } }));
}

export function registerFolder(folder: string): () => void {
  return register({ folder });
}

const graceMs = 5_000;

/** SIGTERM or `gently`, then SIGKILL after five seconds. */
async function end({ pid, fingerprint }: Identity, isGroup: boolean, gently: NodeJS.Signals): Promise<void> {
  const signal = (name: NodeJS.Signals) => {
    try {
      process.kill(isGroup ? -pid : pid, name);
    } catch {
      // Ended between the look and the signal.
    }
  };
  if (!isAlive(pid, fingerprint)) return;
  signal(gently);
  for (let waitedMs = 0; waitedMs < graceMs && isAlive(pid, fingerprint); waitedMs += 50) await sleep(50);
  if (isAlive(pid, fingerprint)) signal('SIGKILL');
}

/** The postmasters whose data folders lie in `folder`, by the lock file of each: its number, then its data folder. */
function postmastersIn(folder: string): Identity[] {
  return globSync('{,*/}postgres/postmaster.pid', { cwd: folder }).flatMap((name) => {
    const [pid, dataDir] = readFileSync(join(folder, name), 'utf8').split('\n');
    return dataDir === dirname(realpathSync(join(folder, name))) ? [identify(Number(pid))] : [];
  });
}

/** Null: its process has ended since the folder was listed, and the entry is removed. */
function readEntry(path: string): Entry | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Entry;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Ends processes and removes folders of ended test processes. Returns a line for each. */
export async function endLeftovers(register: string): Promise<string[]> {
  const leftovers = readdirSync(register)
    .filter((name) => name.endsWith('.started.json'))
    .flatMap((name) => {
      const path = join(register, name);
      const entry = readEntry(path);
      return entry === null ? [] : [{ path, entry }];
    })
    .filter(({ entry: { test } }) => !isAlive(test.pid, test.fingerprint));
  const lines: string[] = [];
  for (const { entry } of leftovers)
    if (entry.child && isAlive(entry.child.pid, entry.child.fingerprint)) {
      await end(entry.child, entry.child.isGroup, 'SIGTERM');
      lines.push(`ended process ${entry.child.pid}, left by test process ${entry.test.pid}`);
    }
  for (const { entry } of leftovers) {
    if (!entry.folder) continue;
    // SIGQUIT: at once, and without a checkpoint in a folder that is removed.
    for (const postmaster of postmastersIn(entry.folder)) await end(postmaster, false, 'SIGQUIT');
    rmSync(entry.folder, { recursive: true, force: true });
    lines.push(`removed ${entry.folder}, left by test process ${entry.test.pid}`);
  }
  for (const { path } of leftovers) rmSync(path, { force: true });
  return lines;
}
