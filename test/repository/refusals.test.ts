// Refusals of customers' requests are created by named functions: one file for each subject has the sentences
// (docs/architecture.md, section 7).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeOf, find, readFiles } from '../support/source-text.ts';

test('only files named -refusals.ts create a refusal', () => {
  const places = readFiles('src/**/*.ts')
    .filter(({ path }) => !path.endsWith('-refusals.ts') && !path.endsWith('.test.ts'))
    .flatMap((file) => find(file, codeOf(file.text), /new RefusedError\(/));
  assert.deepEqual(places, []);
});
