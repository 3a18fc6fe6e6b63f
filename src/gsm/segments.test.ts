import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SegmentedMessage } from 'sms-segments-calculator';
import { gsm7Length } from './alphabet.ts';
import { measure, splitText } from './segments.ts';

const characters = [...'abc XYZ019éèàÇñ@_\n', ...'€{}[]~|^\\'];
const gsmText = fc.array(fc.constantFrom(...characters), { maxLength: 700 }).map((chars) => chars.join(''));
const wideText = fc
  .array(fc.constantFrom('a', 'ê', 'ж', '€', '中', '😀', '🚀', '𝒳'), { minLength: 1, maxLength: 300 })
  .map((chars) => `ж${chars.join('')}`);
const anyText = fc.oneof(gsmText, wideText, fc.string({ unit: 'binary', maxLength: 400 }));

test('the boundaries are 160 and 153 septets, 70 and 67 units', () => {
  const rows: [text: string, encoding: string, units: number, segments: number][] = [
    ['', 'gsm7', 0, 1],
    ['a'.repeat(160), 'gsm7', 160, 1],
    ['a'.repeat(161), 'gsm7', 161, 2],
    ['a'.repeat(306), 'gsm7', 306, 2],
    ['a'.repeat(307), 'gsm7', 307, 3],
    ['a'.repeat(459), 'gsm7', 459, 3],
    ['a'.repeat(1224), 'gsm7', 1224, 8],
    ['€'.repeat(80), 'gsm7', 160, 1],
    ['€'.repeat(81), 'gsm7', 162, 2],
    ['ê'.repeat(70), 'ucs2', 70, 1],
    ['ê'.repeat(71), 'ucs2', 71, 2],
    ['ê'.repeat(134), 'ucs2', 134, 2],
    ['ê'.repeat(135), 'ucs2', 135, 3],
    ['😀'.repeat(35), 'ucs2', 70, 1],
    ['😀'.repeat(36), 'ucs2', 72, 2],
  ];
  for (const [text, encoding, units, segments] of rows) {
    assert.deepEqual(measure(text), { encoding, units, segments }, `${text.slice(0, 1)} × ${text.length}`);
  }
});

test('an escape at a boundary moves to the next part, which can cost one more', () => {
  const text = `${'a'.repeat(152)}€${'b'.repeat(152)}`;
  assert.equal(gsm7Length(text), 306);
  assert.deepEqual(measure(text), { encoding: 'gsm7', units: 306, segments: 3 });
  assert.deepEqual(splitText(text, 'gsm7'), ['a'.repeat(152), `€${'b'.repeat(151)}`, 'b']);
});

test('a surrogate pair at a boundary moves to the next part', () => {
  const text = `${'ê'.repeat(66)}😀${'ê'.repeat(66)}`;
  assert.equal(measure(text).segments, 3);
  assert.deepEqual(splitText(text, 'ucs2'), ['ê'.repeat(66), `😀${'ê'.repeat(65)}`, 'ê']);
});

test('137 characters to a part give the segments of the bill of 2014, and only for GSM', () => {
  assert.equal(measure('a'.repeat(160), 137).segments, 1);
  assert.equal(measure('a'.repeat(274), 137).segments, 2);
  assert.equal(measure('a'.repeat(275), 137).segments, 3);
  assert.equal(measure('ê'.repeat(135), 137).segments, 3);
});

test('the joined parts are the text, none exceeds its limit, and their number is the measured one', () => {
  fc.assert(
    fc.property(anyText, fc.constantFrom('8bit' as const, '16bit' as const), (text, reference) => {
      const { encoding, segments } = measure(text);
      const parts = splitText(text, encoding, reference);
      assert.equal(parts.join(''), text);
      if (reference === '8bit') assert.equal(parts.length, segments);
      if (parts.length === 1) return;
      const limit = { gsm7: { '8bit': 153, '16bit': 152 }, ucs2: { '8bit': 67, '16bit': 66 } }[encoding][
        reference
      ];
      for (const part of parts) {
        const units = encoding === 'gsm7' ? gsm7Length(part) : part.length;
        assert.ok(units > 0 && units <= limit);
        assert.equal(part.isWellFormed(), text.isWellFormed() || part.isWellFormed());
      }
    }),
  );
});

test('an independent counter gives the same numbers', () => {
  const agrees = (text: string) => {
    const other = new SegmentedMessage(text, 'auto', false);
    const { encoding, segments } = measure(text);
    assert.equal(encoding === 'gsm7' ? 'GSM-7' : 'UCS-2', other.encodingName);
    assert.equal(segments, other.segmentsCount);
  };
  fc.assert(fc.property(gsmText, agrees), { numRuns: 60 });
  fc.assert(fc.property(wideText, agrees), { numRuns: 60 });
});
