// What `npm run check` does: types, lint and format, walls, the repository about itself. One line for each; all run,
// so that one look shows everything, and the exit status is that of the first that failed.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { checkWalls } from './import-rules.ts';

const root = join(import.meta.dirname, '..');

interface Step {
  readonly name: string;
  /** Returns the exit status and what to show when it is not zero. */
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

const walls: Step = {
  name: 'walls',
  async run() {
    // Tests may import what they like; and the cruiser cannot read their `using`.
    const { files, violations } = await checkWalls(root, ['src', 'scripts', 'bench']);
    const report = violations.map(
      ({ severity, rule, from, to, comment }) => `${severity} ${rule}: ${from} → ${to}\n  ${comment}`,
    );
    const hasErrors = files.length === 0 || violations.some(({ severity }) => severity === 'error');
    return { status: hasErrors ? 1 : 0, report: report.join('\n') || 'no file was read' };
  },
};

const steps: Step[] = [
  nodeStep('types', 'node_modules/typescript/bin/tsc', '--noEmit', '-p', '.'),
  nodeStep('lint', 'node_modules/@biomejs/biome/bin/biome', 'ci', '--colors=off', '.'),
  walls,
  nodeStep('tidy', '--test', '--test-reporter=spec', 'test/tidy.test.ts'),
];

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
