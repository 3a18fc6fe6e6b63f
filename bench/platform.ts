// Chappe, started as an outsider starts it: the command `chappe` and its environment, nothing from inside.
// Serves the bench. The only things it reads that a script would not are process ids, to charge CPU and memory.

import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { endProcess } from './commands.ts';
import { freePorts } from './ports.ts';
import { treeOf } from './processes.ts';
import type { ReadAccess } from './reads.ts';
import type { Target } from './requests.ts';
import type { SystemSettings, SystemUnderTest } from './system-under-test.ts';

const chappe = fileURLToPath(new URL('../bin/chappe.mjs', import.meta.url));
const run = promisify(execFile);
const readyWithinMs = 120_000;
/** The most recipients of one REST request (docs/dialects/octopush.md#rest-how-a-request-is-read). */
const bulkThreshold = 500;

interface Keys {
  /** The service name. */
  readonly account: string;
  readonly ovh: ReadAccess['ovh'];
  readonly octopush: { readonly user_login: string; readonly api_key: string };
}

export const benchEmail = 'bench@example.com';

/** A data folder with an account that can pay for every run, and the carrier: everything a start needs. */
export interface Installation {
  readonly settings: SystemSettings;
  readonly keys: Keys;
}

/**
 * Creates account and carrier in a data folder. The first start creates the installation: commands refuse an empty folder.
 * No platform runs afterwards, and the next start finds a carrier.
 */
export async function install(settings: SystemSettings): Promise<Installation> {
  mkdirSync(settings.folder, { recursive: true });
  // The embedded database runs as another user when we are root, and must be able to enter.
  chmodSync(settings.folder, 0o755);
  await endProcess(await startServer(settings, 0), 30_000);
  const keys = await command<Keys>(settings, [
    ...['account', 'create', '--email', benchEmail, '--credit', '10000000'],
    ...['--callback', `http://127.0.0.1:${settings.receiverPort}/cb`],
  ]);
  await command(settings, [
    ...['carrier', 'add', 'smpp', 'sim', '--host', '127.0.0.1', '--port', String(settings.carrierPort)],
    ...['--system-id', 'bench', '--password', 'bench'],
    ...['--window', String(settings.window), '--binds', String(settings.binds)],
  ]);
  return { settings, keys };
}

/** Further accounts, for finished messages. */
export async function addAccounts(settings: SystemSettings, emails: readonly string[]): Promise<void> {
  for (const email of emails)
    await command(settings, ['account', 'create', '--email', email, '--credit', '1']);
}

/** Audits the ledger of all accounts with the platform's command. */
export async function auditLedger(settings: SystemSettings): Promise<boolean> {
  const { balanced } = await command<{ balanced: boolean }>(settings, ['account', 'credit', '--audit']);
  return balanced;
}

export async function startChappe({ settings, keys }: Installation): Promise<SystemUnderTest> {
  const [port] = (await freePorts(1)) as [number];
  const server = await startServer(settings, port);
  const dialect = (name: Target['dialect']): Target => ({
    dialect: name,
    port,
    login: keys.octopush.user_login,
    key: keys.octopush.api_key,
    callbackUrl: '',
  });
  const database = (): readonly number[] => treeOf(postmasterOf(settings.folder));
  return {
    name: 'chappe',
    version: readVersion(),
    groups: {
      server: {
        pids: () => {
          const ofDatabase = new Set(database());
          return treeOf(server.pid!).filter((pid) => !ofDatabase.has(pid));
        },
        withEndedChildren: false,
        memory: 'peak-rss',
      },
      database: { pids: database, withEndedChildren: true, memory: 'pss' },
    },
    single: dialect('chappe-legacy'),
    bulk: dialect('chappe-rest'),
    bulkThreshold,
    async reads() {
      const { link } = await command<{ link: string }>(settings, ['operator', 'link']);
      const { account, ovh } = keys;
      return { url: `http://127.0.0.1:${port}`, account, ovh, token: new URL(link).hash.slice(1) };
    },
    stop: () => endProcess(server, 30_000),
  };
}

async function startServer(settings: SystemSettings, port: number): Promise<ChildProcess> {
  const log = openSync(join(settings.folder, 'serve.log'), 'a');
  const server = spawn(process.execPath, [chappe, 'serve'], {
    cwd: settings.folder,
    env: environment(settings, port),
    stdio: ['ignore', 'pipe', log],
  });
  closeSync(log);
  try {
    await ready(server);
  } catch (error) {
    await endProcess(server);
    throw error;
  }
  return server;
}

/** The version of the embedded PostgreSQL that serves this folder, asked of the program that runs. */
export function databaseVersion(folder: string): string {
  const program = readlinkSync(`/proc/${postmasterOf(folder)}/exe`);
  return execFileSync(program, ['--version'], { encoding: 'utf8' }).trim();
}

function postmasterOf(folder: string): number {
  const file = join(folder, 'postgres', 'postmaster.pid');
  if (!existsSync(file)) throw new Error(`no database runs on ${folder}: was DATABASE_URL set?`);
  return Number(readFileSync(file, 'utf8').split('\n', 1)[0]);
}

/** Everything that could point the platform elsewhere is taken out of our own environment first (and cwd has no .env). */
function environment(settings: SystemSettings, httpPort: number): NodeJS.ProcessEnv {
  const ours = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('CHAPPE_') && name !== 'DATABASE_URL' && name !== 'NODE_OPTIONS',
  );
  return {
    ...Object.fromEntries(ours),
    CHAPPE_DATA_DIR: settings.folder,
    CHAPPE_HTTP_PORT: String(httpPort),
    CHAPPE_HTTPS_PORT: '0',
    CHAPPE_SMTP_PORT: '0',
    CHAPPE_SMPP_PORT: '0',
    CHAPPE_SMPPS_PORT: '0',
    CHAPPE_DEMO: 'false',
  };
}

async function command<Answer>(settings: SystemSettings, words: readonly string[]): Promise<Answer> {
  const { stdout } = await run(process.execPath, [chappe, ...words, '--json'], {
    cwd: settings.folder,
    env: environment(settings, 0),
  }).catch((error: { stdout?: string }) => {
    // A command that finds a fault reports it in its JSON and with its status.
    if (error.stdout) return { stdout: error.stdout };
    throw error;
  });
  return JSON.parse(stdout) as Answer;
}

/** Waits for the line `ready`; afterwards stdout is read and dropped, so that it never fills. */
function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('chappe serve was not ready in time')), readyWithinMs);
    server.once('exit', (code) => reject(new Error(`chappe serve ended with ${code}: see serve.log`)));
    server.once('error', reject);
    createInterface({ input: server.stdout! }).on('line', (line) => {
      if (line.trim() !== 'ready') return;
      clearTimeout(late);
      resolve();
    });
  });
}

function readVersion(): string {
  const file = fileURLToPath(new URL('../package.json', import.meta.url));
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return version;
}
