import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { cleanText, decodeUtf8OrWindows1252 } from './text-bytes.ts';

test('bytes that are no UTF-8 are read as Windows-1252', () => {
  assert.equal(decodeUtf8OrWindows1252(Buffer.from('déjà €')), 'déjà €');
  assert.equal(decodeUtf8OrWindows1252(Buffer.from([0x64, 0xe9, 0x6a, 0xe0, 0x20, 0x80])), 'déjà €');
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => decodeUtf8OrWindows1252(Buffer.from(bytes)).isWellFormed()),
  );
});

test('a clean text can be stored: it has no NUL and no half of a surrogate pair', () => {
  assert.equal(cleanText('a\0b\ud800c'), 'ab\ufffdc');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const clean = cleanText(text);
      assert.ok(clean.isWellFormed() && !clean.includes('\0'));
      if (text.isWellFormed() && !text.includes('\0')) assert.equal(clean, text);
    }),
  );
});
