// The page of refusals says what the tables say.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { refusalsPage, renderRefusalsPage } from '../scripts/refusals-reference.ts';

test('the page of refusals is what its generator writes', () => {
  assert.equal(
    readFileSync(refusalsPage, 'utf8'),
    renderRefusalsPage(),
    'run: node bin/node.mjs scripts/refusals-reference.ts --write',
  );
});
