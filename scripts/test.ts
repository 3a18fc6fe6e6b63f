// `npm test`: the *.test.ts of src, test and bench that test/everyday.ts chooses, in processes of many files each, some at a time
// (docs/decisions/0016 and 0024). Arguments: --all for every file; --long for every file, with every number of runs and rows as
// large as test/support/size.ts knows it; parts of the paths to run; --dots for the short report. Always exits: ends processes
// that an ended test process left.
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { run } from 'node:test';
import { dot, spec } from 'node:test/reporters';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { isEveryday } from '../test/everyday.ts';
import { holdTestServer } from '../test/support/postgres.ts';
import { endLeftovers, registerVariable } from '../test/support/started.ts';
import { counted, RunEvents } from './test-events.ts';

const root = join(import.meta.dirname, '..');
const unitRooms = /^src\/(lib|gsm|smpp|domain|dialects)\//;
/** For one process. No test takes minutes; a test that hangs is named. */
const hangMs = 15 * 60_000;
/** No bundle of files is lighter than this part of all: loading the source costs each 2 to 3 s of processor time. */
const mostBundles = 16;
/** More than twice as many as small machines have cores: half of a journey's time, and more outside, is spent waiting. */
const atATime = 5;
/** Bundles of tests that run the command in separate processes. Journeys, which wait less, run concurrently. */
const outsideBundles = 3;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { all: { type: 'boolean' }, dots: { type: 'boolean' }, long: { type: 'boolean' } },
});
if (values.long) process.env['TEST_LONG'] = '1';
/** Only with --long, or by name: each takes 20 to 60 s, and another file proves the same promise. Kannel is a package of Debian. */
const isLongOnly = (file: string) =>
  /black-box\/(chained-smpp|kannel|killed-claims|killed-quotas|large-lists)\.test\.ts$/.test(file);
function isWanted(file: string): boolean {
  if (positionals.length > 0) return positionals.some((part) => file.includes(part));
  if (values.long) return true;
  return values.all ? !isLongOnly(file) : isEveryday(file);
}
const files = globSync(['{src,test,bench}/**/*.test.ts'], { cwd: root }).filter(isWanted).sort();
/**
 * Replaced timers of a test would stop the loops of a platform that waits in the same process for its next test, and leave it
 * timers that nothing clears.
 */
const mocksTimers = (file: string) => readFileSync(join(root, file), 'utf8').includes('mock.timers');
const units = files.filter((file) => unitRooms.test(file) || mocksTimers(file));
const outside = files.filter((file) => /^test\/(black-box\/|soak\.)/.test(file));
const others = files.filter((file) => !units.includes(file) && !outside.includes(file));

const startedAt = performance.now();

function importing(folder: string, bundle: string, names: readonly string[]): string {
  const file = join(folder, `${bundle}.test.mjs`);
  const lines = ['test/support/expense.ts', ...names].map(
    (name) => `import ${JSON.stringify(pathToFileURL(join(root, name)).href)};`,
  );
  writeFileSync(file, lines.join('\n'));
  return file;
}

/**
 * Divides files, the longest first, into bundles as large as `aim` tells by what is left and by all there was. A file takes
 * about as long as it is.
 */
function divide(names: readonly string[], aim: (left: number, all: number) => number): string[][] {
  const weightOf = (name: string) => statSync(join(root, name)).size;
  const queue = names.toSorted((a, b) => weightOf(b) - weightOf(a));
  const all = queue.reduce((sum, name) => sum + weightOf(name), 0);
  let left = all;
  const bundles: string[][] = [];
  while (queue.length > 0) {
    const bundle: string[] = [];
    for (let room = aim(left, all); queue.length > 0 && room > 0; ) {
      const name = queue.shift()!;
      bundle.push(name);
      room -= weightOf(name);
      left -= weightOf(name);
    }
    bundles.push(bundle);
  }
  return bundles;
}

/** The path of each bundle, and the files that it imports. */
function bundlesOf(folder: string): Map<string, readonly string[]> {
  const bundles = [
    ...divide(outside, (_left, all) => all / outsideBundles),
    units,
    // The last are the small ones, so that all end together.
    ...divide(others, (left, all) => Math.max(left / (2 * atATime), all / mostBundles)),
  ];
  const filled = bundles.filter((names) => names.length > 0);
  return new Map(filled.map((names, i) => [importing(folder, `bundle-${i + 1}`, names), names]));
}

function tellNoServer(error: Error): null {
  console.error(`no test server: ${error.message}`);
  return null;
}

/** How often the runner looks for processes that a dead bundle left: they may hold its output open. */
const leftoversEveryMs = 1_000;
/** A server that does not stop is left to its data folder, which a later run cleans. */
const stopWithinMs = 20_000;
const mostExpensive = 10;

async function runAll(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'chappe-tests-'));
  const register = join(folder, 'register');
  mkdirSync(register);
  process.env[registerVariable] = register;
  const abort = new AbortController();
  const aborted: NodeJS.Signals[] = [];
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      aborted.push(signal);
      abort.abort();
    });
  // Held over the whole run: otherwise it would stop and start between any two files.
  const needsServer = files.some((file) => !unitRooms.test(file));
  const server = needsServer ? await holdTestServer().catch(tellNoServer) : null;
  let isEnding = false;
  const cleanUp = async () => {
    if (isEnding) return;
    isEnding = true;
    try {
      for (const line of await endLeftovers(register)) console.error(line);
    } catch (error) {
      // The next round tries again. A run must not wait for it for ever, nor end by it.
      console.error(`leftovers of tests were not ended: ${(error as Error).message}`);
    } finally {
      isEnding = false;
    }
  };
  const cleaner = setInterval(() => void cleanUp(), leftoversEveryMs);
  const bundles = bundlesOf(folder);
  const events = new RunEvents(root, bundles);
  const options = { concurrency: atATime, timeout: hangMs, cwd: root, signal: abort.signal };
  const report = Readable.from(events.follow(run({ files: [...bundles.keys()], ...options })));
  const text = values.dots ? report.compose(dot) : report.compose(new spec());
  for await (const part of text) process.stdout.write(part);
  clearInterval(cleaner);
  while (isEnding) await sleep(50);
  await cleanUp();
  printTotals(events, register);
  rmSync(folder, { recursive: true, force: true });
  await Promise.race([server?.stop(), sleep(stopWithinMs, undefined, { ref: false })]);
  const { totals } = events;
  const hasFailed = totals.get('fail') !== 0 || totals.get('cancelled') !== 0;
  return hasFailed || aborted.length > 0 || totals.get('tests') === 0 ? 1 : 0;
}

function printTotals(events: RunEvents, register: string): void {
  const costs = events.costs(register).slice(0, mostExpensive);
  const seconds = (ms: number) => (ms / 1000).toFixed(1).padStart(6);
  console.log(
    `\nThe ${costs.length} most expensive files, seconds of processor (of the test process) and of time:`,
  );
  for (const { file, cpuMs, elapsedMs } of costs)
    console.log(`${seconds(cpuMs)} ${seconds(elapsedMs)}  ${file}`);
  console.log();
  if (positionals.length === 0 && !values.all && !values.long)
    console.log('The everyday suite. `npm run test:all` runs every file.\n');
  for (const name of counted) console.log(`ℹ ${name} ${events.totals.get(name)}`);
  console.log(`ℹ duration_ms ${Math.round(performance.now() - startedAt)}`);
}

if (files.length === 0) {
  console.error(`no test file in ${relative(process.cwd(), root) || '.'} matches ${positionals.join(' ')}`);
  process.exitCode = 1;
} else {
  const status = await runAll();
  // Whatever is still open, for example an output that a stranger inherited: the run is over.
  process.stdout.write('', () => process.exit(status));
}
