#!/usr/bin/env node
// The command `chappe`: the command line on a Node that can run it.
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import { compileCache, isRecentEnough, runNode } from './node24.mjs';

const cli = new URL('../src/cli/cli.ts', import.meta.url);
if (isRecentEnough()) {
  module.enableCompileCache(process.env['NODE_COMPILE_CACHE'] ?? compileCache);
  await import(cli.href);
} else runNode([fileURLToPath(cli), ...process.argv.slice(2)]);
