import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandStatus, statusMeaning, statusName } from './status.ts';

test('throttled and queue full ask for patience, trouble for another time, the rest is final', () => {
  assert.equal(statusMeaning(0x00), 'taken');
  assert.equal(statusMeaning(0x58), 'throttled');
  assert.equal(statusMeaning(0x14), 'throttled');
  assert.equal(statusMeaning(0x08), 'temporary');
  assert.equal(statusMeaning(0x0b), 'permanent');
  assert.equal(statusMeaning(0x0400), 'permanent');
});

test('codes are named by the specification, others in hexadecimal', () => {
  assert.equal(statusName(0x58), 'ESME_RTHROTTLED');
  assert.equal(statusName(0x0400), '0x00000400');
  assert.equal(new Set(Object.values(commandStatus)).size, Object.keys(commandStatus).length);
});
