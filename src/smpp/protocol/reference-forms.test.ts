import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ReferenceForm, referenceSpellings, referencesIn, storedReference } from './reference-forms.ts';

/** Answered, written in the receipt, and the notation that makes them one. */
const pairs: readonly [answered: string, told: string, form: ReferenceForm][] = [
  ['7Z-1', '7Z-1', 'same'],
  ['a1b2', '0000a1b2', 'same'],
  ['0000a1b2', 'a1b2', 'same'],
  ['00B8BE19', 'B8BE19', 'same'],
  ['B8BE19', '00b8be19', 'same'],
  ['b8be19', 'B8BE19', 'same'],
  ['12345678901234567890123', '00012345678901234567890123', 'same'],
  ['00012345678901234567890123', '12345678901234567890123', 'same'],
  ['3F2504E0-4F89-11D3-9A0C-0305E82C3301', '3f2504e0-4f89-11d3-9a0c-0305e82c3301', 'same'],
  ['aZbY', 'aZbY', 'same'],
  ['0', '000', 'same'],
  ['0000a1b2', '41394', 'hex-to-dec'],
  ['A1B2', '0000041394', 'hex-to-dec'],
  ['ffffffffffffffff', '18446744073709551615', 'hex-to-dec'],
  ['8a6f0b7c33d9e2415501', '653734990821635225900289', 'hex-to-dec'],
  ['41394', 'a1b2', 'dec-to-hex'],
  ['0000041394', '0000A1B2', 'dec-to-hex'],
  ['18446744073709551615', 'FFFFFFFFFFFFFFFF', 'dec-to-hex'],
];

for (const [answered, told, form] of pairs) {
  test(`a receipt for ${told} is one for the message answered as ${answered} (${form})`, () => {
    assert.ok(referencesIn(form, told).includes(storedReference(answered)));
    assert.ok(referenceSpellings(told).includes(storedReference(answered)));
  });
}

test('a link with a known notation reads no other notation', () => {
  assert.deepEqual(referenceSpellings('16', ['same']), ['16']);
  assert.deepEqual(referenceSpellings('16', ['hex-to-dec']), ['10']);
  assert.deepEqual(referenceSpellings('16', ['dec-to-hex']), ['22']);
  // Nothing of the kind: the id as it is.
  assert.deepEqual(referenceSpellings('7Z-1', ['hex-to-dec']), ['7Z-1']);
});

test('a link with an unknown notation reads all notations, the most probable first', () => {
  assert.deepEqual(referenceSpellings('255'), ['255', 'ff', 'FF', '597']);
  assert.deepEqual(referenceSpellings('ff'), ['ff', 'FF', '255']);
  assert.deepEqual(referenceSpellings('0012'), ['0012', '12', 'c', 'C', '18']);
  assert.deepEqual(referenceSpellings('255', ['dec-to-hex', 'same']), ['597', '255']);
});

test('an id with letters in both cases has one spelling: ids are case-sensitive', () => {
  assert.deepEqual(referencesIn('same', 'aB3x'), ['aB3x']);
});

test('zeros of an id that is no number are kept', () => {
  assert.equal(storedReference('00-17'), '00-17');
  assert.equal(storedReference('0000'), '0');
  assert.equal(storedReference('007'), '7');
  assert.equal(storedReference(''), '');
});
