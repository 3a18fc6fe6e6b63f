// What `npm test` does: every *.test.ts of src, test and bench, in processes of many files each, some at a time: a process
// for each file spends half its time loading the same source. Units are one process, beside the others from the start. Arguments: parts of the paths to run; --dots for
// the short report; --long for every number of runs and rows as large as test/support/size.ts knows it.
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
/** One more than small machines have cores: a third of a journey's time is spent waiting. */
const atATime = 3;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { dots: { type: 'boolean' }, long: { type: 'boolean' } },
});
if (values.long) process.env['TEST_LONG'] = '1';
const isWanted = (file: string) =>
  positionals.length === 0 || positionals.some((part) => file.includes(part));
const files = globSync(['{src,test,bench}/**/*.test.ts'], { cwd: root }).filter(isWanted).sort();
const units = files.filter((file) => unitRooms.test(file));
const others = files.filter((file) => !unitRooms.test(file));

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

/** A journey takes as long as it is; what starts the command in processes of its own takes 10 to 25 s besides. */
function weightOf(name: string): number {
  const { size } = statSync(join(root, name));
  return name.startsWith('test/outside/') ? size + 20_000 : size;
}

function importing(folder: string, group: string, names: readonly string[]): string {
  const file = join(folder, `${group}.test.mjs`);
  const lines = names.map((name) => `import ${JSON.stringify(pathToFileURL(join(root, name)).href)};`);
  writeFileSync(file, lines.join('\n'));
  return file;
}

/**
 * Files that import those of one process each: the heaviest first, and each bundle a share of what is left, so that the last
 * to begin are small and all end together.
 */
function bundle(folder: string, names: readonly string[]): string[] {
  const weighed = names.map((name) => ({ name, weight: weightOf(name) }));
  weighed.sort((a, b) => b.weight - a.weight);
  let left = weighed.reduce((sum, { weight }) => sum + weight, 0);
  const least = left / mostBundles;
  const bundles: string[] = [];
  while (weighed.length > 0) {
    const aim = Math.max(least, left / (2 * atATime));
    const taken: string[] = [];
    for (let weight = 0; weighed.length > 0 && weight < aim; left -= weighed.shift()!.weight) {
      weight += weighed[0]!.weight;
      taken.push(weighed[0]!.name);
    }
    bundles.push(importing(folder, `group-${bundles.length + 1}`, taken));
  }
  return bundles;
}

async function* allEvents(): AsyncGenerator<TestEvent> {
  const folder = mkdtempSync(join(tmpdir(), 'chappe-tests-'));
  // Held over the whole run: otherwise it would stop and start between any two files.
  const server = others.length === 0 ? null : await holdTestServer().catch(tellNoServer);
  try {
    const bundles = [
      ...(units.length > 0 ? [importing(folder, 'units', units)] : []),
      ...bundle(folder, others),
    ];
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
