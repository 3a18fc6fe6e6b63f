// What `npm test` does: every *.test.ts of src, test and bench, in processes of many files each, some at a time
// (docs/decisions/0016). Arguments: parts of the paths to run; --dots for the short report; --long for every number of runs
// and rows as large as test/support/size.ts knows it.
import { globSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { run } from 'node:test';
import type { TestEvent } from 'node:test/reporters';
import { dot, spec } from 'node:test/reporters';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { holdTestServer } from '../test/support/postgres.ts';

const root = join(import.meta.dirname, '..');
const unitRooms = /^src\/(lib|gsm|smpp|domain|dialects)\//;
/** For one process. Nothing here should take minutes; a test that hangs is told by name. */
const hangMs = 15 * 60_000;
/** No bundle of files is lighter than this part of all: loading the source costs each 1.5 s of processor time. */
const mostBundles = 30;
/** Twice as many as small machines have cores: half of a journey's time, and more outside, is spent waiting. */
const atATime = 4;
/** Bundles of what runs the command in processes of its own. Beside them there are always journeys, which wait less. */
const outsideBundles = 2;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { dots: { type: 'boolean' }, long: { type: 'boolean' } },
});
if (values.long) process.env['TEST_LONG'] = '1';
const isWanted = (file: string) =>
  positionals.length === 0 || positionals.some((part) => file.includes(part));
const files = globSync(['{src,test,bench}/**/*.test.ts'], { cwd: root }).filter(isWanted).sort();
const units = files.filter((file) => unitRooms.test(file));
const outside = files.filter((file) => /^test\/(outside\/|day\.)/.test(file));
const others = files.filter((file) => !units.includes(file) && !outside.includes(file));

const counted = ['tests', 'suites', 'pass', 'fail', 'cancelled', 'skipped', 'todo'] as const;
const totals = new Map<string, number>(counted.map((name) => [name, 0]));
const startedAt = performance.now();

/** The events of one run without its summary, which is added to ours. */
async function* eventsOf(stream: AsyncIterable<TestEvent>): AsyncGenerator<TestEvent> {
  for await (const event of stream) {
    const [name = '', count] = event.type === 'test:diagnostic' ? event.data.message.split(' ') : [];
    if (
      event.type === 'test:diagnostic' &&
      event.data.nesting === 0 &&
      (totals.has(name) || name === 'duration_ms')
    ) {
      if (totals.has(name)) totals.set(name, (totals.get(name) ?? 0) + Number(count));
    } else if (event.type !== 'test:summary') yield event;
  }
}

function importing(folder: string, bundle: string, names: readonly string[]): string {
  const file = join(folder, `${bundle}.test.mjs`);
  const lines = names.map((name) => `import ${JSON.stringify(pathToFileURL(join(root, name)).href)};`);
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

function bundlesOf(folder: string): string[] {
  const bundles = [
    ...divide(outside, (_left, all) => all / outsideBundles),
    units,
    // The last are the small ones, so that all end together.
    ...divide(others, (left, all) => Math.max(left / (2 * atATime), all / mostBundles)),
  ];
  return bundles
    .filter((names) => names.length > 0)
    .map((names, i) => importing(folder, `bundle-${i + 1}`, names));
}

async function* allEvents(): AsyncGenerator<TestEvent> {
  const folder = mkdtempSync(join(tmpdir(), 'chappe-tests-'));
  // Held over the whole run: otherwise it would stop and start between any two files.
  const needsServer = outside.length + others.length > 0;
  const server = needsServer ? await holdTestServer().catch(tellNoServer) : null;
  try {
    const bundles = bundlesOf(folder);
    yield* eventsOf(run({ files: bundles, concurrency: atATime, timeout: hangMs, cwd: root }));
  } finally {
    rmSync(folder, { recursive: true });
    await server?.stop();
  }
}

function tellNoServer(error: Error): null {
  console.error(`no test server: ${error.message}`);
  return null;
}

if (files.length === 0) {
  console.error(`no test file in ${relative(process.cwd(), root) || '.'} matches ${positionals.join(' ')}`);
  process.exitCode = 1;
} else {
  const report = Readable.from(allEvents());
  const text = values.dots ? report.compose(dot) : report.compose(new spec());
  for await (const part of text) process.stdout.write(part);
  console.log();
  for (const name of counted) console.log(`ℹ ${name} ${totals.get(name)}`);
  console.log(`ℹ duration_ms ${Math.round(performance.now() - startedAt)}`);
  const hasFailed = totals.get('fail') !== 0 || totals.get('cancelled') !== 0;
  process.exitCode = hasFailed || totals.get('tests') === 0 ? 1 : 0;
}
