// Builds the browser application of the console into console/dist, with pre-compressed files and a stamp. Used by
// bin/build-console.mjs; `--dev` starts Vite's server with a proxy to a running Chappe instead (CHAPPE_URL).
// Never leaves a half-written build: the new folder replaces the old one when it is complete.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build, createServer } from 'vite';
import { currentStamp, distFolder, isConsoleBuilt } from '../bin/console-stamp.mjs';
import { consoleConfig } from '../console/vite.config.ts';

const consoleFolder = join(distFolder, '..');
/** The message of the last failed build: the page that waits for a build shows it. */
const errorFile = join(consoleFolder, 'build-error.txt');
const lockFile = join(consoleFolder, '.build-lock');

/** Formats that compress: fonts are compressed already, and index.html is rendered for each request. */
const compressible = /\.(js|css|svg|json)$/;

function compressFiles(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !compressible.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    const content = readFileSync(path);
    writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
    const params = {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    };
    writeFileSync(`${path}.br`, brotliCompressSync(content, { params }));
  }
}

function replaceFolder(built: string): void {
  const previous = join(consoleFolder, `.build-old-${process.pid}`);
  if (existsSync(distFolder)) renameSync(distFolder, previous);
  renameSync(built, distFolder);
  rmSync(previous, { recursive: true, force: true });
}

/** True if this process may build. A lock of an ended process does not count. */
function acquireLock(): boolean {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(lockFile, String(process.pid), { flag: 'wx' });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (isHolderRunning()) return false;
      rmSync(lockFile, { force: true });
    }
  }
  return false;
}

function isHolderRunning(): boolean {
  try {
    return process.kill(Number(readFileSync(lockFile, 'utf8')), 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function buildConsole(): Promise<void> {
  const startedAt = performance.now();
  const stamp = currentStamp();
  const folder = join(consoleFolder, `.build-${process.pid}`);
  try {
    mkdirSync(folder, { recursive: true });
    await build(consoleConfig(folder));
    compressFiles(folder);
    writeFileSync(join(folder, 'stamp'), stamp);
    replaceFolder(folder);
    rmSync(errorFile, { force: true });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`The console is built in ${seconds} s.`);
}

async function startDevelopment(): Promise<void> {
  const target = process.env['CHAPPE_URL'] ?? 'http://127.0.0.1:8080';
  const config = consoleConfig(distFolder);
  // The server checks the origin of unsafe requests, so the proxy sends its own.
  const proxy = { '/console/api': { target, changeOrigin: true, headers: { origin: target } } };
  const server = await createServer({ ...config, server: { proxy, host: '127.0.0.1' } });
  await server.listen();
  server.printUrls();
}

async function buildOnce(): Promise<void> {
  if (!acquireLock()) return;
  try {
    if (!isConsoleBuilt()) await buildConsole();
  } finally {
    rmSync(lockFile, { force: true });
  }
}

const { values } = parseArgs({ options: { dev: { type: 'boolean' } } });
if (values.dev) await startDevelopment();
else
  try {
    await buildOnce();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    console.error(`The console was not built: ${message}`);
    process.exitCode = 1;
    writeFileSync(errorFile, message);
  }
