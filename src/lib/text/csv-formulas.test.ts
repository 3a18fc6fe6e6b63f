import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { neutralizeCell, restoreCell } from './csv-formulas.ts';

const formulas: readonly [written: string, exported: string][] = [
  ['=HYPERLINK("http://evil.example","OK")', `'=HYPERLINK("http://evil.example","OK")`],
  ['=1+1', "'=1+1"],
  ['+HYPERLINK("x")', `'+HYPERLINK("x")`],
  ["-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"],
  ['@SUM(A1:A9)', "'@SUM(A1:A9)"],
  ['  =1+1', "'  =1+1"],
  ['\t=1+1', "'\t'=1+1"],
  ['\r=1+1', "'\r'=1+1"],
  ['\u00a0=1+1', "'\u00a0=1+1"],
  ['＝1+1', "'＝1+1"],
  ['＋A1', "'＋A1"],
  ['=', "'="],
  ['-10% demain', "'-10% demain"],
  ['+33 6 12', "'+33 6 12"],
  // A program that splits at commas, or at line ends inside our quotes, begins a cell there.
  ['OK,=HYPERLINK("x")', `OK,'=HYPERLINK("x")`],
  ['OK;@A1', "OK;'@A1"],
  ['OK\n=A1', "OK\n'=A1"],
  ['OK, =A1', "OK,' =A1"],
  ['OK\n-cmd|x', "OK\n'-cmd|x"],
  // Differs from the same text without the mark.
  ["'=1+1", "''=1+1"],
];
for (const [written, exported] of formulas)
  test(`${JSON.stringify(written)} is a text in a table`, () =>
    assert.equal(neutralizeCell(written), exported));

const harmless = [
  '',
  'Bonjour',
  '+33612345678',
  '-5',
  '1+1=2',
  'a@b.fr',
  'Prix: -10%',
  "l'heure",
  "'quoted'",
  'Liste:\n- lait\n- pain',
  'Rdv 10h,-20% sur tout',
  'a = b, c = d',
  '12',
];
for (const text of harmless)
  test(`${JSON.stringify(text)} is exported as it is`, () => assert.equal(neutralizeCell(text), text));

test('every written cell is restored, and no cell that a program can see begins a formula', () => {
  const letter = fc.constantFrom(
    '=',
    '+',
    '-',
    '@',
    "'",
    ',',
    ';',
    '\t',
    '\n',
    '\r',
    ' ',
    '(',
    '|',
    'a',
    '1',
  );
  fc.assert(
    fc.property(fc.string({ unit: letter, maxLength: 12 }), (text) => {
      const exported = neutralizeCell(text);
      assert.equal(restoreCell(exported), text);
      assert.doesNotMatch(exported, /(^|[,;\t\r\n])[=@]/);
      assert.doesNotMatch(exported, /^[+-](?!\d+$)/);
    }),
  );
});
