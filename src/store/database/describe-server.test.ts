import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Query } from './database.ts';
import { describeServer } from './describe-server.ts';

const fit = { versionNumber: '160004', version: '16.4', encoding: 'UTF8', isStandby: false, isDurable: true };

function answering(differences: Partial<typeof fit>): Query {
  return (async () => [{ ...fit, ...differences }]) as unknown as Query;
}

test('a recent primary is described by its version and its durability', async () => {
  assert.deepEqual(await describeServer(answering({})), { version: '16.4', major: 16, isDurable: true });
  assert.equal((await describeServer(answering({ isDurable: false }))).isDurable, false);
});

const faults: readonly (readonly [string, Partial<typeof fit>, RegExp])[] = [
  ['too old', { versionNumber: '140012', version: '14.12' }, /PostgreSQL 14\.12, and Chappe needs 15/],
  ['in another encoding', { encoding: 'SQL_ASCII' }, /encoding is SQL_ASCII/],
  ['a standby', { isStandby: true }, /address of the primary/],
];

for (const [what, differences, message] of faults) {
  test(`a server that is ${what} is refused with what to do`, async () => {
    await assert.rejects(describeServer(answering(differences)), message);
  });
}

test('all faults are reported together', async () => {
  await assert.rejects(
    describeServer(answering({ encoding: 'LATIN1', isStandby: true })),
    /LATIN1.*; it is a standby/,
  );
});
