#!/usr/bin/env node
// The command `chappe`: the command line on a Node that can run it.
import { fileURLToPath } from 'node:url';
import { isRecentEnough, runNode } from './node24.mjs';

const cli = new URL('../src/cli/cli.ts', import.meta.url);
if (isRecentEnough()) await import(cli.href);
else runNode([fileURLToPath(cli), ...process.argv.slice(2)]);
