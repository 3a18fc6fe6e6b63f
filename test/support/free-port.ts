// A loopback port for something that listens soon. For tests and the bench.
import { randomInt } from 'node:crypto';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A port that was handed out is left alone this long, whoever asks: its listener may start late, or start again. */
const keptForMs = 10 * 60_000;

/**
 * From 11000 to 31999: no outgoing connection takes those (Linux gives them 32768 to 60999); and all lie above 10080, the last
 * of the ports that `fetch` refuses to speak to (Fetch standard, "bad port").
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 200; tries++) {
    const port = randomInt(11_000, 32_000);
    if (reserve(port) && (await isFree(port))) return port;
  }
  throw new Error('no free port between 11000 and 31999');
}

/** Between the processes of a run, and between runs: several draw ports at the same time. */
function reserve(port: number): boolean {
  const folder = join(tmpdir(), `chappe-ports-${process.getuid?.() ?? 0}`);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, String(port));
  try {
    writeFileSync(file, '', { flag: 'wx' });
    return true;
  } catch {
    const takenAtMs = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (Date.now() - takenAtMs < keptForMs) return false;
    writeFileSync(file, '');
    return true;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
