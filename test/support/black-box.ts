// Chappe from outside: the real command in a separate process, as scripts and persons use it. Used by test/black-box.
// Never imports the source: it knows the command, its output and the addresses in it.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, chmodSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { registerChild, registerFolder } from './started.ts';
import { patienceMs } from './until.ts';

export const root = join(import.meta.dirname, '../..');
export const command = join(root, 'bin/chappe.mjs');

export interface Surroundings {
  readonly dataDir: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly uid?: number;
}

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** In memory if it has space for files: a cluster is created in a fifth of the time. */
function swiftParent(): string {
  try {
    accessSync('/dev/shm', constants.W_OK);
    return '/dev/shm';
  } catch {
    return tmpdir();
  }
}

/** A folder for the data of one test, deleted at its end. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(swiftParent(), 'chappe-outside-'));
  chmodSync(path, 0o755);
  const unregister = registerFolder(path);
  return {
    path,
    remove() {
      rmSync(path, { recursive: true, force: true });
      unregister();
    },
  };
}

/** Without the settings of the machine that runs the tests. */
function environment({ dataDir, env }: Surroundings): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name, value]) => value !== undefined && !/^(CHAPPE_|DATABASE_URL|NODE_|npm_|https?_proxy)/i.test(name),
  );
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    CHAPPE_DATA_DIR: dataDir,
    // Tests run concurrently: each listener that they need has a free port.
    CHAPPE_HTTPS_PORT: '0',
    CHAPPE_SMPP_PORT: '0',
    CHAPPE_SMPPS_PORT: '0',
    CHAPPE_CONSOLE_BUILD: 'false',
    ...env,
  };
}

export function start(program: string, args: readonly string[], surroundings: Surroundings): ChildProcess {
  const child = spawn(program, args, {
    cwd: root,
    env: environment(surroundings),
    // Its own process group, so that a signal can be sent to all of it, as a terminal does.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(surroundings.uid === undefined ? {} : { uid: surroundings.uid, gid: surroundings.uid }),
  });
  registerChild(child, true);
  return child;
}

function listen(child: ChildProcess): { stdout: string; stderr: string } {
  const heard = { stdout: '', stderr: '' };
  child.stdout!.on('data', (chunk: Buffer) => {
    heard.stdout += chunk;
  });
  child.stderr!.on('data', (chunk: Buffer) => {
    heard.stderr += chunk;
  });
  return heard;
}

/** Runs a program to its end. */
export async function run(
  program: string,
  args: readonly string[],
  surroundings: Surroundings,
): Promise<Ended> {
  const child = start(program, args, surroundings);
  const heard = listen(child);
  const [status] = (await once(child, 'close', { signal: AbortSignal.timeout(patienceMs) })) as [
    number | null,
  ];
  return { status, ...heard };
}

/** Runs a command of ours to its end. */
export function chappe(args: readonly string[], surroundings: Surroundings): Promise<Ended> {
  return run(process.execPath, [command, ...args], surroundings);
}

/** The same for a command that must succeed; returns its output of --json. */
export async function chappeJson<T>(args: readonly string[], surroundings: Surroundings): Promise<T> {
  const { status, stdout, stderr } = await chappe([...args, '--json'], surroundings);
  assert.equal(status, 0, `chappe ${args.join(' ')}: ${stderr}`);
  return JSON.parse(stdout) as T;
}

export interface Serving {
  readonly url: string;
  readonly port: number;
  /** Everything before the line `ready`. */
  readonly startupBanner: string;
  readonly demo: { readonly login: string; readonly key: string };
  readonly child: ChildProcess;
  stderr(): string;
  /** Sends a signal, to the whole process group with `isGroup`; answers the status it ends with. */
  end(signal: NodeJS.Signals, isGroup?: boolean): Promise<number | null>;
}

/** Starts `chappe serve` on a free port and waits for its line `ready`. */
export async function serve(
  surroundings: Surroundings,
  [program, ...args]: readonly string[] = [process.execPath, command, 'serve'],
): Promise<Serving> {
  const port = await freePort();
  const env = {
    CHAPPE_HTTPS_PORT: String(await freePort()),
    CHAPPE_SMTP_PORT: String(await freePort()),
    ...surroundings.env,
    CHAPPE_HTTP_PORT: String(port),
  };
  const child = start(program!, args, { ...surroundings, env });
  const heard = listen(child);
  const closed = once(child, 'close') as Promise<[number | null]>;
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`not ready: ${heard.stdout}${heard.stderr}`)),
      patienceMs,
    );
    const settle = (error?: Error) => {
      clearTimeout(timer);
      if (error) reject(error);
      else resolve();
    };
    child.stdout!.on('data', () => /^ready$/m.test(heard.stdout) && settle());
    child.on('close', (status) => settle(new Error(`ended with ${status}: ${heard.stdout}${heard.stderr}`)));
  });
  const [, login = '', key = ''] = /demo login (\S+), API key (\S+)/.exec(heard.stdout) ?? [];
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    startupBanner: heard.stdout.slice(0, heard.stdout.search(/^ready$/m)),
    demo: { login, key },
    child,
    stderr: () => heard.stderr,
    async end(signal, isGroup = false) {
      // A test may end the process itself; its clean-up then has nothing to signal.
      const isRunning = child.exitCode === null && child.signalCode === null;
      if (isRunning) process.kill(isGroup ? -child.pid! : child.pid!, signal);
      const [status] = await closed;
      return status;
    },
  };
}

/** The commands in a text for people: lines that begin with the program's name, continued after a backslash. */
export function commandsIn(text: string, program: string): string[] {
  return [...text.matchAll(/^ *(\S+) (?:.*\\\n)*.*$/gm)]
    .filter(([, name]) => name === program)
    .map(([whole]) => whole.trim());
}
