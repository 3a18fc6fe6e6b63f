#!/usr/bin/env node
// Runs Node 24 with the given arguments, whatever Node started this: for npm's scripts.
import { runNode } from './node24.mjs';

runNode(process.argv.slice(2));
