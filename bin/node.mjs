#!/usr/bin/env node
// Runs Node 24 with the given arguments, independent of the Node that starts this file. Used by the npm scripts.
import { runNode } from './node24.mjs';

runNode(process.argv.slice(2));
