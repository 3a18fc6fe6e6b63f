import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ListError,
  type ListLine,
  ListReader,
  looksLikeNumber,
  readMarks,
  valuesOf,
} from './recipient-list.ts';

function linesOf(...rows: readonly (readonly string[])[]): ListLine[] {
  return rows.map((fields, i) => ({ line: i + 1, fields }));
}

function columnsOf(...names: readonly string[]) {
  const reader = new ListReader();
  reader.read(linesOf(names));
  return reader.columns;
}

for (const name of ['number', 'Number', 'NUMBERS', 'Numero', 'numero', 'numéro'])
  test(`the numbers are in the column ${name}, at any position`, () => {
    const reader = new ListReader();
    assert.deepEqual(reader.read(linesOf(['nom', name], ['Durant', '0662000000'])), [
      { line: 2, number: '0662000000', fields: ['Durant', '0662000000'] },
    ]);
  });

test('a list that arrives in pieces is read as one list', () => {
  const reader = new ListReader();
  assert.deepEqual(reader.read([]), []);
  const rows = linesOf(['number'], ['1'], ['2']).flatMap((line) => reader.read([line]));
  assert.deepEqual(
    rows.map(({ number }) => number),
    ['1', '2'],
  );
});

test('a fault of the table is reported, with its line if it has one', () => {
  const read = (...rows: readonly string[][]) => {
    const reader = new ListReader();
    reader.read(linesOf(...rows));
    return reader.columns;
  };
  assert.throws(() => read(), /must name a column "number"$/);
  assert.throws(() => read(['nom', 'tel']), /no column "number"$/);
  assert.throws(() => read(['+33600000001']), /no column "number"$/);
  assert.throws(() => read(['number', 'Nom', 'nom']), /"nom" is there twice on line 1$/);
  assert.throws(() => read(['number', 'nom'], ['1', 'x'], ['2', 'y', 'z']), /more values .* on line 3$/);
  assert.throws(() => read(['number', 'nom'], ['1', 'x'], ['', 'y']), /number is missing on line 3$/);
  assert.ok(read(['number', 'nom'], ['1'], ['2', 'y', '', '']));
});

test('the form of a number is recognized, whether or not the number exists', () => {
  for (const text of [
    '+33600000001',
    '0033600000001',
    '0600000001',
    '06 00-00.00 01',
    '+1 (415) 555-0100',
    '612345678',
  ])
    assert.ok(looksLikeNumber(text), text);
  for (const text of [
    '',
    'nobody',
    '12',
    '3,36E+10',
    '+336000000010000000',
    '06 00 00 00 0x',
    '++33600000001',
  ])
    assert.ok(!looksLikeNumber(text), text);
});

test('marks name columns without case, and each mark is read once', () => {
  const columns = columnsOf('Numero', 'nom', 'prenom', 'code postal');
  assert.deepEqual(readMarks('Bonjour #Prenom# #nom#, #NOM#, #Code Postal#', columns), [
    { placeholder: '#Prenom#', column: 2 },
    { placeholder: '#nom#', column: 1 },
    { placeholder: '#NOM#', column: 1 },
    { placeholder: '#Code Postal#', column: 3 },
  ]);
  assert.deepEqual(readMarks('#numero#', columns), [{ placeholder: '#numero#', column: 0 }]);
  assert.deepEqual(readMarks('#nom#nom#prenom#', columns), [
    { placeholder: '#nom#', column: 1 },
    { placeholder: '#prenom#', column: 2 },
  ]);
});

test('a sign next to a word is no mark, and an unknown column is refused', () => {
  const columns = columnsOf('number', 'nom');
  for (const text of ['we are #1', 'order #12 and #13', '# #', '##', 'C#, F#', '#', '#nom'])
    assert.deepEqual(readMarks(text, columns), [], text);
  for (const text of ['Hello #name#', '#nom# #prenom#', '#n_1# '])
    assert.throws(
      () => readMarks(text, columns),
      (error) => error instanceof ListError && error.fault === 'text',
      text,
    );
});

test('values are those of the row, and a missing value is empty', () => {
  const columns = columnsOf('number', 'nom', 'prenom');
  const marks = readMarks('#nom# #prenom#', columns);
  const row = { line: 2, number: '1', fields: ['1', 'Durant'] };
  assert.deepEqual(
    [...valuesOf(row, marks)!],
    [
      ['#nom#', 'Durant'],
      ['#prenom#', ''],
    ],
  );
  assert.equal(valuesOf(row, []), undefined);
});
