import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { htmlToText } from './html-text.ts';

const pages: readonly (readonly [html: string, text: string])[] = [
  ['<p>one</p><p>two<br>three</p>', 'one\ntwo\nthree'],
  ['<div>a\n  b</div>\n<div>c</div>', 'a b\nc'],
  ['<!-- no --><style>no</style><script>no</script><title>no</title>yes', 'yes'],
  ['start=start&amp;a=1&amp;b=2&amp;end=end', 'start=start&a=1&b=2&end=end'],
  ['a&copy=1&sect_id=2&lt;3', 'a&copy=1&sect_id=2<3'],
  ['&#233;&#xE9;&eacute;&Eacute;&yuml;&nbsp;x', 'éééÉÿ x'],
  ['&unknown; &#99999999;', '&unknown; \ufffd'],
  ['&hearts; &Zcaron; &NotEqualTilde;', '♥ Ž ≂̸'],
  ['&#x80; &#150; &#0;', '€ – \ufffd'],
  ['1 < 2 and <a href="x">a link</a>', '1 < 2 and a link'],
  ['', ''],
];

for (const [html, text] of pages)
  test(`${JSON.stringify(html)} reads ${JSON.stringify(text)}`, () => {
    assert.equal(htmlToText(html), text);
  });

test('every page is read without an error, in time proportional to its length', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (html) => typeof htmlToText(html) === 'string'));
  for (const piece of ['<', '<!--', '<style', '&#', '<p', '&nbsp', '<script>'])
    assert.equal(typeof htmlToText(piece.repeat(200_000)), 'string');
});
