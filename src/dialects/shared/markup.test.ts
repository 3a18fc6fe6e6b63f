import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { escapeMarkup, html } from './markup.ts';

test('any text becomes character data that a parser reads back', () => {
  const parser = new XMLParser({ parseTagValue: false, trimValues: false });
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const document = `<a>x${escapeMarkup(text)}x</a>`;
      assert.equal(XMLValidator.validate(document), true);
      if (/^[ -~\u00a0-\ud7ff]*$/.test(text)) assert.equal(parser.parse(document).a, `x${text}x`);
    }),
  );
});

test('characters that XML does not allow are replaced', () => {
  assert.equal(escapeMarkup('a\u0000b\ud800c\uffff\n'), 'a\ufffdb\ufffdc\ufffd\n');
  assert.equal(escapeMarkup('<&">\''), '&lt;&amp;&quot;&gt;&apos;');
});

test('values in markup are escaped, markup in markup is not', () => {
  const rows = ['a', '<b>'].map((name) => html`<li title="${name}">${name}</li>`);
  assert.equal(
    html`<ul>${rows}</ul>${html`<hr>`}${3}`.text,
    '<ul><li title="a">a</li><li title="&lt;b&gt;">&lt;b&gt;</li></ul><hr>3',
  );
});
