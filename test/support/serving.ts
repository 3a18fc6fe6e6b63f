// `chappe serve` as a separate process that a test can kill. For the seeded day, which must know exactly which process
// it ends; test/support/black-box.ts is for tests of the output.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { registerChild } from './started.ts';

const root = join(import.meta.dirname, '../..');
const readyWithinMs = 120_000;

export interface Serving {
  readonly url: string;
  readonly pid: number;
  /** The banner, with the demo account's keys and the one-time link. */
  stdout(): string;
  stderr(): string;
  /** Sends a signal and waits for the end; answers the exit status, null after a kill. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** Resolves at its line `ready`. `settings` are the only ones it has of ours. */
export async function serve(settings: Readonly<Record<string, string>>): Promise<Serving> {
  const port = await freePort();
  const others = Object.entries(process.env).filter(([name]) => !/^(CHAPPE_|DATABASE_URL|NODE_)/.test(name));
  // The Node that runs the tests is recent enough: the child is the platform, without a launcher.
  const child = spawn(process.execPath, ['bin/chappe.mjs', 'serve'], {
    cwd: root,
    env: {
      ...Object.fromEntries(others),
      CHAPPE_HTTPS_PORT: '0',
      CHAPPE_CONSOLE_BUILD: 'false',
      CHAPPE_SMTP_PORT: '0',
      CHAPPE_SMPP_PORT: '0',
      CHAPPE_SMPPS_PORT: '0',
      ...settings,
      CHAPPE_HTTP_PORT: String(port),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  registerChild(child);
  let stdout = '';
  let stderr = '';
  const closed = once(child, 'close') as Promise<[number | null]>;
  await new Promise<void>((resolve, reject) => {
    const fail = (what: string) => reject(new Error(`${what}: ${stdout}${stderr}`));
    const timer = setTimeout(() => fail('not ready in time'), readyWithinMs);
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk;
    });
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk;
      if (!/^ready$/m.test(stdout)) return;
      clearTimeout(timer);
      resolve();
    });
    void closed.then(([status]) => {
      clearTimeout(timer);
      fail(`ended with ${status}`);
    });
  });
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid!,
    stdout: () => stdout,
    stderr: () => stderr,
    async end(signal) {
      child.kill(signal);
      return (await closed)[0];
    },
  };
}
