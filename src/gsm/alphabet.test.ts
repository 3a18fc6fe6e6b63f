import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeGsm7, encodeGsm7, gsm7Length, isGsm7, unpackSeptets } from './alphabet.ts';
import { nationalTables } from './national-tables.ts';

const gsmCharacters = [
  ...'@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿',
  ...'abcdefghijklmnopqrstuvwxyzäöñüà\f^{}\\[~]|€',
];
const gsmText = fc
  .array(fc.constantFrom(...gsmCharacters), { maxLength: 400 })
  .map((chars) => chars.join(''));

test('the alphabet has 127 characters and ten more in the extension table', () => {
  assert.equal(new Set(gsmCharacters).size, 137);
  let known = 0;
  for (let code = 0; code < 0x10000; code++) if (isGsm7(String.fromCharCode(code))) known++;
  assert.equal(known, 137);
});

test('a character of the extension table has two septets', () => {
  for (const character of '\f^{}\\[~]|€') assert.equal(gsm7Length(character), 2, character);
  assert.equal(gsm7Length('10 €'), 5);
});

test('a character that the alphabet lacks cannot be encoded', () => {
  for (const text of ['ç', 'ê', '’', '`', '\u001b', 'Привет', '😀', '\t', 'a\u0000']) {
    assert.equal(gsm7Length(text), -1, text);
    assert.equal(isGsm7(text), false, text);
  }
  assert.throws(() => encodeGsm7('ê'), /assertion failed/);
});

test('octets are those of the specification', () => {
  assert.deepEqual([...encodeGsm7('@Aé€[')], [0x00, 0x41, 0x05, 0x1b, 0x65, 0x1b, 0x3c]);
});

test('every text of the alphabet is decoded unchanged', () => {
  fc.assert(
    fc.property(gsmText, (text) => {
      const octets = encodeGsm7(text);
      assert.equal(octets.length, gsm7Length(text));
      assert.ok(octets.every((octet) => octet < 0x80));
      assert.equal(decodeGsm7(octets), text);
    }),
  );
});

test('any octets can be decoded', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => isGsm7(decodeGsm7(octets))));
});

test('any octets can be unpacked after any header, and read with the tables of any language', () => {
  const language = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 160 }),
      fc.nat(140),
      language,
      language,
      (octets, header, a, b) => {
        const septets = unpackSeptets(octets, header);
        assert.ok(septets.length <= Math.floor((octets.length * 8) / 7));
        assert.ok(septets.every((septet) => septet < 0x80));
        assert.equal(typeof decodeGsm7(septets, nationalTables(a, b)), 'string');
      },
    ),
  );
});

test('an unknown escape gives the basic character, an escape at the end a space', () => {
  assert.equal(decodeGsm7(Uint8Array.of(0x1b, 0x41)), 'A');
  assert.equal(decodeGsm7(Uint8Array.of(0x41, 0x1b)), 'A ');
  assert.equal(decodeGsm7(Uint8Array.of(0x1b, 0x1b, 0x41)), ' A');
});
