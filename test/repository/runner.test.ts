// The test runner after the end of a test process by a fault: it names the exit code or the signal, and ends the processes that it left.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, run, test } from 'node:test';
import { RunEvents } from '../../scripts/test-events.ts';
import { fingerprint } from '../../src/store/embedded/processes.ts';
import { everydayTests, isEveryday } from '../everyday.ts';
import { endLeftovers, registerVariable } from '../support/started.ts';

const scratch = mkdtempSync(join(tmpdir(), 'chappe-runner-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

/** The message of the failure that is reported for a file with this text. */
async function failureOf(name: string, text: string): Promise<{ message: string; events: RunEvents }> {
  const file = join(scratch, `${name}.test.mjs`);
  writeFileSync(file, `import test from 'node:test';\n${text}`);
  const events = new RunEvents(scratch, new Map([[file, [`${name}.test.mjs`]]]));
  // Without the variable, Node takes the run for one inside a test and runs nothing.
  const context = process.env['NODE_TEST_CONTEXT'];
  delete process.env['NODE_TEST_CONTEXT'];
  let message = '';
  try {
    for await (const event of events.follow(run({ files: [file], cwd: scratch })))
      if (event.type === 'test:fail' && event.data.nesting === 0) message = event.data.details.error.message;
  } finally {
    if (context !== undefined) process.env['NODE_TEST_CONTEXT'] = context;
  }
  return { message, events };
}

test('a test process that is killed is reported with its signal and its files', async () => {
  const { message, events } = await failureOf(
    'killed',
    "test('first', () => {});\ntest('second', () => process.kill(process.pid, 'SIGKILL'));",
  );
  assert.match(message, /^The test process was ended by signal SIGKILL .*Its files: killed\.test\.mjs$/);
  assert.equal(events.totals.get('fail'), 1);
});

test('a test process that exits by itself is reported with its exit code', async () => {
  const { message } = await failureOf('exits', "test('only', () => process.exit(7));");
  assert.match(message, /^The test process ended with exit code 7 .*Its files: exits\.test\.mjs$/);
});

test('a test that fails keeps its own message', async () => {
  const { message } = await failureOf('fails', "test('only', () => { throw new Error('its own'); });");
  assert.doesNotMatch(message, /test process/);
});

/** A process that registers one child and one data folder; prints the child's number. */
const parentText = (folder: string) => `
  import { spawn } from 'node:child_process';
  import { registerChild, registerFolder } from ${JSON.stringify(import.meta.resolve('../support/started.ts'))};
  const idle = ['--eval', 'setInterval(() => {}, 1000)'];
  const child = spawn(process.execPath, idle, { detached: true, stdio: ['ignore', 'inherit', 'ignore'] });
  registerChild(child, true);
  registerFolder(${JSON.stringify(folder)});
  console.log(child.pid);
  setInterval(() => {}, 1000);`;

test('processes and folders of a killed test process are ended and removed, those of a live one are kept', async () => {
  const register = join(scratch, 'register');
  const folder = join(scratch, 'data');
  mkdirSync(register);
  mkdirSync(folder);
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', parentText(folder)], {
    env: { ...process.env, [registerVariable]: register },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(parent.stdout), 'line')) as [string];
  const child = Number(line);
  assert.deepEqual(await endLeftovers(register), []);
  assert.notEqual(fingerprint(child), null);
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  assert.deepEqual(await endLeftovers(register), [
    `ended process ${child}, left by test process ${parent.pid}`,
    `removed ${folder}, left by test process ${parent.pid}`,
  ]);
  assert.equal(fingerprint(child), null);
  assert.ok(!existsSync(folder));
  assert.deepEqual(await endLeftovers(register), []);
});

test('every file of the everyday list is there, and a file of another folder needs no line', () => {
  const root = join(import.meta.dirname, '../..');
  assert.deepEqual(
    Object.keys(everydayTests).filter((file) => !existsSync(join(root, file))),
    [],
  );
  assert.equal(isEveryday('test/journeys/fates.test.ts'), true);
  assert.equal(isEveryday('test/journeys/another.test.ts'), false);
  assert.equal(isEveryday('src/gsm/segments.test.ts'), true);
});
