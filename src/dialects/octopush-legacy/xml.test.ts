import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { escapeXml } from './xml.ts';

test('any text becomes character data that a parser reads back', () => {
  const parser = new XMLParser({ parseTagValue: false, trimValues: false });
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const document = `<a>x${escapeXml(text)}x</a>`;
      assert.equal(XMLValidator.validate(document), true);
      if (/^[ -~\u00a0-\ud7ff]*$/.test(text)) assert.equal(parser.parse(document).a, `x${text}x`);
    }),
  );
});

test('what XML cannot carry is replaced', () => {
  assert.equal(escapeXml('a\u0000b\ud800c\uffff\n'), 'a\ufffdb\ufffdc\ufffd\n');
  assert.equal(escapeXml('<&">\''), '&lt;&amp;&quot;&gt;&apos;');
});
