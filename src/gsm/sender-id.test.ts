import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSender } from './sender-id.ts';

test('names, short codes and long numbers are recognized', () => {
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

test('a number is read like a recipient’s, or refused', () => {
  const rows: [string, string | null, string | null][] = [
    ['+33 6 01 02 03 04', null, '33601020304'],
    ['+33(0)601020304', null, '33601020304'],
    ['+33.6.01.02.03.04', 'FR', '33601020304'],
    ['0601020304', 'FR', '33601020304'],
    ['06 01 02 03 04', 'FR', '33601020304'],
    ['\u202a+33601020304\u202c', null, '33601020304'],
    ['+33 1 39 00 11 22', null, '33139001122'],
    ['41234567', 'NO', '4741234567'],
    ['+491511234567.0', null, '491511234567'],
    ['+33700000001', null, '33700000001'],
    ['0033 700 000 001', 'FR', '33700000001'],
    ['0601020304', null, null],
    ['+3360102', 'FR', null],
    ['0012345', 'FR', null],
    ['1234567890', 'FR', null],
    ['+33601020304.5', 'FR', null],
  ];
  for (const [raw, defaultCountry, value] of rows) {
    const read = readSender(raw, { maxLength: 40, defaultCountry });
    assert.deepEqual(read, value === null ? null : { kind: 'long-number', value }, raw);
  }
  for (const raw of ['36180', '361 80', '3003', '12345678'])
    for (const defaultCountry of [null, 'FR', 'LU', 'DE'])
      assert.equal(readSender(raw, { defaultCountry })?.kind, 'short-code', `${raw} ${defaultCountry}`);
  for (const raw of ['24/7', '3 (new)'])
    assert.equal(readSender(raw, { punctuation: true })?.kind, 'alphanumeric', raw);
});

test('names that are too short, too long or have other characters are refused', () => {
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
