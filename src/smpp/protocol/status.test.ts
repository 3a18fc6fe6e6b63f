import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandStatus, readStatus, type StatusMeaning, statusMeaning, statusName } from './status.ts';

const table: readonly [StatusMeaning, readonly number[]][] = [
  ['taken', [0x00]],
  ['throttled', [0x58]],
  ['temporary', [0x04, 0x08, 0x14, 0x64, 0xfe]],
  ['elsewhere', [0x0a, 0x0b, 0x15, 0x45, 0x48, 0x49, 0x50, 0x51, 0x53, 0xff, 0x100, 0x103, 0x400, 0x4ff]],
  [
    'permanent',
    [0x01, 0x02, 0x03, 0x06, 0x07, 0x42, 0x43, 0x54, 0x61, 0x62, 0x63, 0x65, 0x66, 0xc0, 0xc4, 0x110],
  ],
];

for (const [meaning, codes] of table) {
  test(`these statuses mean ${meaning}: ${codes.map(statusName).join(', ')}`, () => {
    for (const code of codes) assert.equal(statusMeaning(code), meaning, statusName(code));
  });
}

test('a link may give a status another meaning', () => {
  const overrides = new Map<number, StatusMeaning>([
    [0x45, 'throttled'],
    [0x400, 'permanent'],
  ]);
  assert.equal(statusMeaning(0x45, overrides), 'throttled');
  assert.equal(statusMeaning(0x400, overrides), 'permanent');
  assert.equal(statusMeaning(0x401, overrides), 'elsewhere');
});

test('codes are named by the specification, others in hexadecimal', () => {
  assert.equal(statusName(0x58), 'ESME_RTHROTTLED');
  assert.equal(statusName(0x0400), '0x00000400');
  assert.equal(new Set(Object.values(commandStatus)).size, Object.keys(commandStatus).length);
});

test('a status is read from its name, with or without its prefix, and from its number', () => {
  for (const text of ['ESME_RMSGQFUL', 'rmsgqful', '0x14', '20']) assert.equal(readStatus(text), 0x14);
  for (const text of ['', 'RMSG', '0x', '-1', '1.5', '99999999999']) assert.equal(readStatus(text), null);
});
