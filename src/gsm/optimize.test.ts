import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isGsm7 } from './alphabet.ts';
import { optimizeText } from './optimize.ts';
import { measure } from './segments.ts';

test('a character that GSM lacks becomes its nearest form, and others stay', () => {
  const rows: [string, string][] = [
    ['Garçon à la fête', 'Garcon à la fete'],
    ['l’œuvre… « été » – n° 5', 'l\'oeuvre... " été " - no 5'],
    ['Ça va, señor Müller? Straße, ÄÖÜ, è é ù ì ò', 'Ça va, señor Müller? Straße, ÄÖÜ, è é ù ì ò'],
    ['10 € {code} [1] ~', '10 € {code} [1] ~'],
    ['10\u00a0€', '10 €'],
    ['e\u0301te\u0302', 'éte'],
    ['Việt Nam, Łódź, ﬁn, m², ½', 'Viet Nam, Lodz, fin, m2, 1/2'],
    ['zero\u200bwidth\ufeff', 'zerowidth'],
    ['Straẞe', 'StraSSe'],
  ];
  for (const [text, expected] of rows) assert.equal(optimizeText(text), expected);
});

test('needless spaces are removed, and line breaks stay', () => {
  assert.equal(
    optimizeText('  Bonjour   Marie \r\n\r\n\r\n  à demain\t\t!  '),
    'Bonjour Marie\n\nà demain !',
  );
});

test('a text that needs UCS-2 after the optimization keeps its accents', () => {
  assert.equal(optimizeText('C’est la fête  😀'), 'C’est la fête 😀');
  assert.equal(optimizeText('Привет, garçon'), 'Привет, garçon');
  assert.equal(optimizeText('☎\ufe0f ê'), '☎\ufe0f ê');
});

test('optimization never adds a segment, is stable when repeated, and keeps GSM texts in GSM', () => {
  const text = fc.array(
    fc.constantFrom('a', ' ', '  ', '\n', 'é', 'ê', 'ç', '’', '\t', '\r\n', '€', 'ж', '😀', 'ǖ'),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(text, (pieces) => {
      const original = pieces.join('');
      const optimized = optimizeText(original);
      assert.ok(measure(optimized).segments <= measure(original).segments);
      assert.equal(optimizeText(optimized), optimized);
      if (isGsm7(original)) assert.ok(isGsm7(optimized));
    }),
  );
});
