// `npm run check`: types, lint and format, import rules, unused exports, tests of the repository; then hints on
// sizes and words, which never fail. One line for each step; all run, and the exit status is that of the first that failed.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { knownViolations } from '../import-rules.ts';
import { checkImports } from './import-rules.ts';
import { checkedFiles, countHints, glossaryWords } from './old-words.ts';
import { listSizes } from './sizes.ts';
import { checkUnusedExports } from './unused-exports.ts';

const root = join(import.meta.dirname, '..');

interface Step {
  readonly name: string;
  /** Returns the exit status, and the output to show if it is not zero. */
  run(): Promise<{ status: number; report: string }>;
}

function nodeStep(name: string, ...args: string[]): Step {
  return {
    name,
    async run() {
      const result = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
      return { status: result.status ?? 1, report: result.stdout + result.stderr };
    },
  };
}

const imports: Step = {
  name: 'imports',
  async run() {
    // Tests import freely, and the cruiser cannot read their `using`.
    const { files, violations } = await checkImports(root, ['src', 'scripts', 'bench', 'console']);
    const report = violations.map(
      ({ severity, rule, from, to, comment }) => `${severity} ${rule}: ${from} → ${to}\n  ${comment}`,
    );
    const isKnown = ({ rule, from, to }: { rule: string; from: string; to: string }) =>
      knownViolations.includes(`${rule}: ${from} → ${to}`);
    const hasErrors = files.length === 0 || violations.some((violation) => !isKnown(violation));
    return { status: hasErrors ? 1 : 0, report: report.join('\n') || 'no file was read' };
  },
};

const unusedExports: Step = {
  name: 'unused exports',
  async run() {
    const { added, gone } = checkUnusedExports(root);
    const report = [
      ...added.map((name) => `${name}: nothing imports it. Remove "export", or the code.`),
      ...gone.map(
        (name) => `${name}: no longer unused. Run node bin/node.mjs scripts/unused-exports.ts --write`,
      ),
    ];
    return { status: report.length === 0 ? 0 : 1, report: report.join('\n') };
  },
};

const steps: Step[] = [
  nodeStep('types', 'node_modules/typescript/bin/tsc', '--noEmit', '-p', '.'),
  nodeStep('types of the console', 'node_modules/typescript/bin/tsc', '--noEmit', '-p', 'console'),
  nodeStep('lint', 'node_modules/@biomejs/biome/bin/biome', 'ci', '--colors=off', '.'),
  imports,
  unusedExports,
  nodeStep('repository', '--test', '--test-reporter=spec', 'test/tidy.test.ts', 'test/repository/*.test.ts'),
];

/** A signal, not a limit (docs/style.md): shown in full with --hints. */
function printHints(isFull: boolean): void {
  const sizes = listSizes(root);
  const words = [...countHints(checkedFiles(), glossaryWords())].sort(([, a], [, b]) => b - a);
  const total = words.reduce((sum, [, count]) => sum + count, 0);
  console.log(`hint   ${sizes.length} files, functions or folders are above the sizes of docs/style.md`);
  for (const line of isFull ? sizes : sizes.filter((size) => !size.includes('parameters')))
    console.log(`  ${line}`);
  console.log(`hint   ${total} words in comments that docs/glossary.md rejects, in ${words.length} files`);
  for (const [path, count] of isFull ? words : words.slice(0, 5)) console.log(`  ${path}: ${count}`);
  if (!isFull) console.log('  npm run check -- --hints lists all');
}

const { values } = parseArgs({ options: { hints: { type: 'boolean' } } });

let exitStatus = 0;
for (const { name, run } of steps) {
  const startedAt = performance.now();
  const { status, report } = await run();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  if (status !== 0) console.log(`${report.trim()}\n`);
  exitStatus ||= status;
}
process.exitCode = exitStatus;
printHints(values.hints === true);
