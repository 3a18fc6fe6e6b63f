import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  bitString,
  explicit,
  implicit,
  integer,
  objectId,
  octetString,
  sequence,
  setOf,
  time,
  utf8String,
  yes,
} from './der.ts';

const examples: readonly (readonly [what: string, written: Buffer, hex: string])[] = [
  ['zero', integer(0), '020100'],
  ['an integer with its highest bit set', integer(0x80), '02020080'],
  ['an integer without leading zeros', integer(0, 0, 0x12, 0x34), '02021234'],
  ['an object id with a large number', objectId('1.2.840.10045.4.3.2'), '06082a8648ce3d040302'],
  ['an object id of an extension', objectId('2.5.29.17'), '0603551d11'],
  ['a bit string with unused bits', bitString(Buffer.of(0x06), 1), '03020106'],
  ['true', yes, '0101ff'],
  ['text beyond ASCII', utf8String('é'), '0c02c3a9'],
  ['a set', setOf(yes), '31030101ff'],
  ['an empty sequence', sequence(), '3000'],
  ['a tag in place of another', implicit(2, Buffer.from('a')), '820161'],
  ['a tag around a value', explicit(0, integer(2)), 'a003020102'],
  [
    'the last second of two-digit years',
    time(Date.UTC(2049, 11, 31, 23, 59, 59, 999)),
    '170d3439313233313233353935395a',
  ],
  ['the first second of four-digit years', time(Date.UTC(2050, 0, 1)), '180f32303530303130313030303030305a'],
];

for (const [what, written, hex] of examples)
  test(`${what} is written as X.690 says`, () => assert.equal(written.toString('hex'), hex));

test('a length is one byte up to 127, then the minimum number of bytes after their count', () => {
  for (const [length, hex] of [
    [127, '047f'],
    [128, '048180'],
    [255, '0481ff'],
    [256, '04820100'],
    [65_536, '0483010000'],
  ] as const) {
    const written = octetString(Buffer.alloc(length));
    assert.equal(written.subarray(0, -length).toString('hex'), hex);
  }
});

test('any number is read back from its bytes', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 160n }), (number) => {
      const digits = number.toString(16);
      const bytes = Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex');
      const written = integer(...bytes);
      assert.equal(written[1], written.length - 2);
      assert.ok(written[2]! < 0x80, 'it is not negative');
      assert.equal(BigInt(`0x${written.toString('hex', 2)}`), number);
    }),
  );
});
