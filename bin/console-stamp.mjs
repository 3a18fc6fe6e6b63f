// The stamp of a console build: a hash of everything that the build reads. Used by build-console.mjs, by the launcher of
// `serve`, and by scripts/build-console.ts. Plain JavaScript for Node 20.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Folder that the server serves at /console/. */
export const distFolder = join(root, 'console/dist');

/** Files and folders that decide about the build. package-lock.json has the versions of Vite and of all browser packages. */
const inputs = [
  'console/index.html',
  'console/vite.config.ts',
  'console/public',
  'console/src',
  'src/dialects/console/contract.ts',
  'src/dialects/console/contract',
  'src/gsm/alphabet.ts',
  'src/gsm/segments.ts',
  'src/gsm/optimize.ts',
  'scripts/build-console.ts',
  'package-lock.json',
];

function filesOf(path) {
  const absolute = join(root, path);
  if (!existsSync(absolute)) return [];
  try {
    return readdirSync(absolute, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  } catch {
    return [absolute];
  }
}

/** Hash of the inputs: 8 ms for 200 files. */
export function currentStamp() {
  const hash = createHash('sha256');
  for (const file of inputs.flatMap(filesOf).sort()) {
    const text = readFileSync(file);
    hash.update(`${file.slice(root.length).replaceAll('\\', '/')} ${text.length}\n`).update(text);
  }
  return hash.digest('hex').slice(0, 16);
}

/** True if console/dist was built from the files as they are now. A package has no sources, and a console that fits it. */
export function isConsoleBuilt() {
  if (!existsSync(join(root, 'console/src'))) return existsSync(join(distFolder, 'index.html'));
  try {
    return readFileSync(join(distFolder, 'stamp'), 'utf8') === currentStamp();
  } catch {
    return false;
  }
}

/**
 * Starts a build in a process of its own if console/dist does not fit the sources: the server starts meanwhile, and its page
 * reloads itself until the build is there. `CHAPPE_CONSOLE_BUILD=false` forbids it, for a code folder that is read-only.
 */
export function buildConsoleBeside() {
  if (process.env['CHAPPE_CONSOLE_BUILD'] === 'false' || process.env['CHAPPE_CONSOLE'] === 'false') return;
  if (isConsoleBuilt()) return;
  const script = fileURLToPath(new URL('./build-console.mjs', import.meta.url));
  // Its lines go to the standard error: the standard output of `serve` belongs to the log and the banner.
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 2, 2] });
  child.on('error', (error) => process.stderr.write(`The console was not built: ${error.message}\n`));
  child.unref();
}
