// What `npm test` does: every *.test.ts of src and test. Units run in one process (a process for each of their files
// would cost more than the tests); whatever has a database, sockets or children gets a process for each file, two at
// a time. Arguments: parts of the paths to run, and --dots for the short report.
import { globSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { run } from 'node:test';
import type { TestEvent } from 'node:test/reporters';
import { dot, spec } from 'node:test/reporters';
import { parseArgs } from 'node:util';
import { startTestServer } from '../test/support/postgres.ts';

const root = join(import.meta.dirname, '..');
const unitRooms = /^src\/(lib|gsm|smpp|domain|dialects)\//;
/** For one file. Nothing here should take minutes; a test that hangs is told by name. */
const hangMs = 10 * 60_000;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { dots: { type: 'boolean' } } });
const isWanted = (file: string) =>
  positionals.length === 0 || positionals.some((part) => file.includes(part));
const files = globSync(['src/**/*.test.ts', 'test/**/*.test.ts'], { cwd: root }).filter(isWanted).sort();
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

async function* allEvents(): AsyncGenerator<TestEvent> {
  const absolute = (names: string[]) => names.map((name) => join(root, name));
  if (units.length > 0) yield* eventsOf(run({ files: absolute(units), isolation: 'none' }));
  if (others.length === 0) return;
  // Held over the whole run: otherwise it would stop and start between any two files.
  const server = await startTestServer().catch((error: Error) => {
    console.error(`no test server: ${error.message}`);
  });
  try {
    yield* eventsOf(run({ files: absolute(others), concurrency: 2, timeout: hangMs, cwd: root }));
  } finally {
    await server?.stop();
  }
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
