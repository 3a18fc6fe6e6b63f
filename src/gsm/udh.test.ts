import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isPortAddressed, readUserDataHeader, renderConcatenationHeader } from './udh.ts';

test('headers are those of the specification', () => {
  const concatenation = { reference: 0x1234, total: 3, part: 2 };
  assert.deepEqual([...renderConcatenationHeader(concatenation)], [5, 0, 3, 0x34, 3, 2]);
  assert.deepEqual([...renderConcatenationHeader(concatenation, '16bit')], [6, 8, 4, 0x12, 0x34, 3, 2]);
});

test('a rendered header is read back unchanged before a text', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('8bit' as const, '16bit' as const),
      fc.nat(0xffff),
      fc.integer({ min: 1, max: 255 }),
      fc.integer({ min: 1, max: 255 }),
      fc.uint8Array({ maxLength: 140 }),
      (size, reference, a, b, text) => {
        const sent = {
          reference: size === '8bit' ? reference & 0xff : reference,
          total: Math.max(a, b),
          part: Math.min(a, b),
        };
        const header = renderConcatenationHeader(sent, size);
        const read = readUserDataHeader(Uint8Array.of(...header, ...text));
        assert.deepEqual(read, { length: header.length, concatenation: sent });
      },
    ),
  );
});

test('other elements are ignored', () => {
  const ports = [0x05, 4, 0x0b, 0x84, 0x23, 0xf0];
  const octets = Uint8Array.of(11, ...ports, 0x00, 3, 7, 2, 1, 0x41);
  assert.deepEqual(readUserDataHeader(octets), {
    length: 12,
    concatenation: { reference: 7, total: 2, part: 1 },
  });
});

test('a part 0, a part beyond the total and a cut element give no concatenation', () => {
  for (const octets of [
    [5, 0, 3, 9, 2, 0],
    [5, 0, 3, 9, 2, 3],
    [5, 0, 3, 9, 0, 0],
    [5, 0, 3, 9],
    [5, 0, 9, 9, 2, 1],
    [0],
    [],
  ]) {
    assert.equal(readUserDataHeader(Uint8Array.from(octets)).concatenation, null, String(octets));
  }
});

test('any octets can be read, and a header never ends beyond them', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 40 }),
      (octets) => readUserDataHeader(octets).length <= octets.length,
    ),
  );
});

test('a header with a port of 8 or 16 bits addresses an application, at any position of the element', () => {
  for (const octets of [
    [4, 0x04, 2, 0xe2, 0, 0x41],
    [6, 0x05, 4, 0x0b, 0x84, 0x23, 0xf0, 0x41],
    [11, 0x00, 3, 7, 2, 1, 0x05, 4, 0x0b, 0x84, 0x23, 0xf0, 0x41],
  ])
    assert.equal(isPortAddressed(Uint8Array.from(octets)), true, String(octets));
  for (const octets of [[], [0], [5, 0x00, 3, 7, 2, 1], [3, 0x05, 1, 9], [2, 0x05, 4, 0x0b]])
    assert.equal(isPortAddressed(Uint8Array.from(octets)), false, String(octets));
});
