#!/usr/bin/env node
// Builds the console unless console/dist fits the sources. Used by npm (`prepare`) and, beside a starting server, by
// `chappe serve`. Never makes `npm ci` fail: `serve` tries again and shows the message of a failed build.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isConsoleBuilt } from './console-stamp.mjs';
import { findNode } from './node24.mjs';

if (!isConsoleBuilt()) {
  const script = fileURLToPath(new URL('../scripts/build-console.ts', import.meta.url));
  const { status, error } = spawnSync(findNode(), [script, ...process.argv.slice(2)], { stdio: 'inherit' });
  if (error || status !== 0)
    process.stderr.write(
      `The console was not built${error ? `: ${error.message}` : ''}. \`chappe serve\` tries again at its start.\n`,
    );
}
