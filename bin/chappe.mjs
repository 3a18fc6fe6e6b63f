#!/usr/bin/env node
// The command `chappe`: the command line on a Node that can run it.
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import { compileCache, isRecentEnough, runNode } from './node24.mjs';

const cli = new URL('../src/cli/cli.ts', import.meta.url);
const args = process.argv.slice(2);

// The server's live data is some 50 MB and its garbage short-lived: a nursery of 16 MB and a heap that is swept before it
// has grown by half keep it under 250 MB through a million messages, where V8's own measure lets it grow to 400
// (npm run bench -- --scenario million).
const flags = args[0] === 'serve' ? ['--max-semi-space-size=16', '--heap-growing-percent=40'] : [];
const hasFlags = flags.every((flag) => process.execArgv.includes(flag));

if (!isRecentEnough()) runNode([...flags, fileURLToPath(cli), ...args]);
else if (!hasFlags && process.execve && !process.connected) {
  // The same process, started over with its flags: no parent to signal, none to lose.
  process.execve(
    process.execPath,
    [process.execPath, ...process.execArgv, ...flags, ...process.argv.slice(1)],
    process.env,
  );
} else {
  module.enableCompileCache(process.env['NODE_COMPILE_CACHE'] ?? compileCache);
  await import(cli.href);
}
