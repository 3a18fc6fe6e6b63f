#!/usr/bin/env node
// Runs the command `chappe` on a Node that can run its source.
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import { buildConsoleBeside } from './console-stamp.mjs';
import { compileCache, isRecentEnough, runNode } from './node24.mjs';

// A checkout has the source; the npm package has JavaScript instead, because Node strips no types below node_modules.
const source = new URL('../src/cli/cli.ts', import.meta.url);
const cli = existsSync(source) ? source : new URL('../dist/cli/cli.js', import.meta.url);
const args = process.argv.slice(2);

// The live data of the server is some 50 MB, and its garbage is short-lived. A nursery of 16 MB and a collection before the
// heap has grown by half keep it under 250 MB for a million messages; with V8's defaults it grows to 400 MB
// (npm run bench -- --scenario million).
const flags = args[0] === 'serve' ? ['--max-semi-space-size=16', '--heap-growing-percent=40'] : [];
const hasFlags = flags.every((flag) => process.execArgv.includes(flag));

if (!isRecentEnough()) {
  if (args[0] === 'serve') buildConsoleBeside();
  runNode([...flags, fileURLToPath(cli), ...args]);
} else if (!hasFlags && process.execve && !process.connected) {
  // Replaces this process by the same command with the flags: no parent process has to forward signals.
  process.execve(
    process.execPath,
    [process.execPath, ...process.execArgv, ...flags, ...process.argv.slice(1)],
    process.env,
  );
} else {
  if (args[0] === 'serve') buildConsoleBeside();
  module.enableCompileCache(process.env['NODE_COMPILE_CACHE'] ?? compileCache);
  await import(cli.href);
}
