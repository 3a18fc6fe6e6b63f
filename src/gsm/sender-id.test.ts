import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSender } from './sender-id.ts';

test('names, short codes and long numbers are told apart', () => {
  const rows: [string, string, string][] = [
    ['Company X', 'alphanumeric', 'Company X'],
    [' Shop ', 'alphanumeric', 'Shop'],
    ['3Suisses', 'alphanumeric', '3Suisses'],
    ['36180', 'short-code', '36180'],
    ['+33 6 12 34 56 78', 'long-number', '33612345678'],
    ['0033612345678', 'long-number', '33612345678'],
    ['33612345678', 'long-number', '33612345678'],
  ];
  for (const [raw, kind, value] of rows) assert.deepEqual(readSender(raw), { kind, value }, raw);
});

test('too short, too long and strange names are none', () => {
  for (const raw of ['', 'ab', 'Octopush sdk', 'Café', 'A&B-Shop', '+36180', '12', '1234567890123456']) {
    assert.equal(readSender(raw), null, raw);
  }
});

test('each dialect has its own limits', () => {
  assert.deepEqual(readSender('Octopush sdk', { maxLength: 15 })?.kind, 'alphanumeric');
  assert.equal(readSender('A', { minLength: 1 })?.value, 'A');
  assert.equal(readSender('A&B-Shop', { punctuation: true })?.value, 'A&B-Shop');
  assert.equal(readSender('Fête', { punctuation: true }), null);
  assert.equal(readSender('a\nb', { punctuation: true }), null);
});
