// Measures the processor time of each test in a process of many test files. The runner imports it first in each bundle
// and reads the figures after the run. Counts this process only: PostgreSQL and commands in processes of their own do
// not appear in it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, beforeEach, type TestContext } from 'node:test';
import { registerVariable } from './started.ts';

/** Name of a test, milliseconds of processor time. */
export type Expense = readonly [name: string, cpuMs: number];

const expenses: Expense[] = [];
let depth = 0;
let before = process.cpuUsage();

// The hooks of the root also run for subtests: only the outermost counts.
beforeEach(() => {
  if (depth++ === 0) before = process.cpuUsage();
});

afterEach((context) => {
  if (--depth > 0) return;
  const { user, system } = process.cpuUsage(before);
  expenses.push([(context as TestContext).name, (user + system) / 1000]);
});

/** Something that a failed test left open would keep the process, and the whole run, for ever. */
const endWithinMs = 30_000;

after(() => {
  const end = () => {
    console.error(`the tests have ended, and these resources are open: ${process.getActiveResourcesInfo()}`);
    process.exit(1);
  };
  setTimeout(end, endWithinMs).unref();
});

process.once('exit', () => {
  const register = process.env[registerVariable];
  if (register !== undefined)
    writeFileSync(join(register, `${process.pid}.expense.json`), JSON.stringify(expenses));
});
