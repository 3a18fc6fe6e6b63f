// The commit-msg hook accepts and rejects subjects by docs/style.md.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { root } from '../support/source-text.ts';

const folder = mkdtempSync(join(tmpdir(), 'chappe-commit-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function run(message: string): { status: number | null; stderr: string } {
  const path = join(folder, 'message');
  writeFileSync(path, message);
  const { status, stderr } = spawnSync('sh', [join(root, '.githooks/commit-msg'), path], {
    encoding: 'utf8',
  });
  return { status, stderr };
}

const accepted = [
  'lists: find the rejected line by binary search',
  'octopush-rest: answer 400 for an empty body\n\nThe client retries a 500.',
  'smpp, store: name the claimed rows',
  '# a comment of the editor\ntests: name the exit code',
  `x: ${'a'.repeat(69)}`,
  `x: ${'é'.repeat(69)}`,
  "Merge branch 'f-tests'",
  'Revert "lists: find the rejected line"',
  'fixup! lists: find',
];
for (const message of accepted)
  test(`the subject "${message.split('\n')[0]}" is accepted`, () => {
    assert.deepEqual(run(message), { status: 0, stderr: '' });
  });

const rejected: readonly (readonly [string, RegExp])[] = [
  ['What neighbours cost, and what makes a test count', /"area: imperative"/],
  ['', /"area: imperative"/],
  ['lists:find the line', /"area: imperative"/],
  ['Lists: find the line', /"area: imperative"/],
  ['lists: ', /"area: imperative"/],
  [`x: ${'a'.repeat(70)}`, /73 characters; the limit is 72/],
];
for (const [message, reason] of rejected)
  test(`the subject "${message}" is rejected`, () => {
    const { status, stderr } = run(message);
    assert.equal(status, 1);
    assert.match(stderr, reason);
  });
