// The page of the schema shows the tables of a migrated database.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { renderSchemaPage, schemaPage } from '../scripts/schema-reference.ts';
import { TestRows } from './support/rows.ts';

test('the page of the schema is what its generator writes', async (t) => {
  const testRows = await TestRows.openFor(t);
  assert.equal(
    readFileSync(schemaPage, 'utf8'),
    await renderSchemaPage(testRows.query),
    'run: node bin/node.mjs scripts/schema-reference.ts --write',
  );
});
