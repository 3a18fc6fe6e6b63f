import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPhone } from './phonebook.ts';

test('numbers of every kind of line are read into their international form', () => {
  for (const written of [
    '+33123456789',
    '0033123456789',
    '+33.123456789',
    '+33 1 23 45 67 89',
    '01.23.45.67.89',
  ])
    assert.equal(readPhone(written, '33'), '+33123456789', written);
  assert.equal(readPhone('+442079460958', null), '+442079460958');
});

test('a text without a number is refused, and national numbers need a country', () => {
  for (const written of ['', 'abc', '+0123456789', '12', '+1234567890123456', '33123456789'])
    assert.equal(readPhone(written, '33'), null, written);
  assert.equal(readPhone('0123456789', null), null);
});
