import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { machineNow } from './clock.ts';

/** Answers each line with its own reading; `performance` is not loaded before, as at the start of a benchmark. */
const child = spawn(
  process.execPath,
  [
    '--input-type=module',
    '--eval',
    `import { machineNow } from ${JSON.stringify(import.meta.resolve('./clock.ts'))};
     process.stdin.on('data', () => console.log(machineNow()));`,
  ],
  { stdio: ['pipe', 'pipe', 'inherit'] },
);
after(() => child.stdin.end());
const lines = createInterface(child.stdout);

test('another process reads the clock between two readings of this one', async () => {
  for (let i = 0; i < 20; i++) {
    const answer = once(lines, 'line') as Promise<[string]>;
    const before = machineNow();
    child.stdin.write('?\n');
    const [line] = await answer;
    const afterwards = machineNow();
    const theirs = Number(line);
    assert.ok(before <= theirs && theirs <= afterwards, `${before} ≤ ${theirs} ≤ ${afterwards}`);
  }
});

test('the clock never runs backwards and counts milliseconds with fractions', async () => {
  const readings = Array.from({ length: 1_000 }, machineNow);
  assert.ok(readings.every((reading, i) => i === 0 || reading >= readings[i - 1]!));
  assert.ok(readings.some((reading) => !Number.isInteger(reading)));
  const startedAt = machineNow();
  await new Promise((resolve) => setTimeout(resolve, 20));
  const tookMs = machineNow() - startedAt;
  // A timer of Node can fire a millisecond early; the upper bound only distinguishes milliseconds from other units.
  assert.ok(tookMs >= 19 && tookMs < 10_000, String(tookMs));
});
