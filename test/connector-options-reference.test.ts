import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { connectorOptionsPage, renderConnectorOptionsPage } from '../scripts/connector-options-reference.ts';

test('the page of connector options matches the tables of the kinds', () => {
  assert.equal(
    readFileSync(connectorOptionsPage, 'utf8'),
    renderConnectorOptionsPage(),
    'run: node bin/node.mjs scripts/connector-options-reference.ts --write',
  );
});
