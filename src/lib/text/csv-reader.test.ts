import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { CsvError, CsvReader, renderCsv } from './csv-reader.ts';

function read(bytes: Uint8Array | string, cut = 1 << 30): string[][] {
  return readRecords(bytes, cut).map(({ fields }) => [...fields]);
}

function readRecords(bytes: Uint8Array | string, cut = 1 << 30) {
  const whole = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  const reader = new CsvReader();
  const records = [];
  for (let at = 0; at < whole.length; at += cut) records.push(...reader.push(whole.subarray(at, at + cut)));
  return [...records, ...reader.end()];
}

const rows = [
  ['number', 'nom'],
  ['0662000000', 'Durant'],
  ['0662000001', 'Dupont'],
];

test('the list of the cookbook is read, with spaces before its separators', () => {
  assert.deepEqual(read('Numero ;nom ;adresse\n0662000000 ;Durant ;xx rue montaigne Paris\n'), [
    ['Numero', 'nom', 'adresse'],
    ['0662000000', 'Durant', 'xx rue montaigne Paris'],
  ]);
});

for (const [name, text] of [
  ['LF', 'number;nom\n0662000000;Durant\n0662000001;Dupont\n'],
  ['no end of the last line', 'number;nom\n0662000000;Durant\n0662000001;Dupont'],
  ['CRLF', 'number;nom\r\n0662000000;Durant\r\n0662000001;Dupont\r\n'],
  ['CR', 'number;nom\r0662000000;Durant\r0662000001;Dupont\r'],
  ['empty lines', '\n\nnumber;nom\n\n0662000000;Durant\r\n \n0662000001;Dupont\n;\n\n'],
  ['a byte order mark', '\ufeffnumber;nom\n0662000000;Durant\n0662000001;Dupont\n'],
  ['a byte order mark and quotes', '\ufeff"number";"nom"\n"0662000000";"Durant"\n0662000001;Dupont\n'],
  ['commas', 'number,nom\n0662000000,Durant\n0662000001,Dupont\n'],
  ['tabs', 'number\tnom\n0662000000\tDurant\n0662000001\tDupont\n'],
] as const)
  test(`the same list with ${name}, in pieces of any size`, () => {
    for (const cut of [1, 2, 3, 7, 1000]) assert.deepEqual(read(text, cut), rows);
  });

test('quotes can contain separators, line ends and quotes; inside a value they are ordinary characters', () => {
  assert.deepEqual(read('number;text\n1;"a;b ""c""\r\nd"\n2; " e "x ;\n3;5" pipe\n'), [
    ['number', 'text'],
    ['1', 'a;b "c"\r\nd'],
    ['2', 'e x', ''],
    ['3', '5" pipe'],
  ]);
});

test('the header decides the separator, and the others are ordinary characters', () => {
  assert.deepEqual(read('number;text\n1;a, b\n'), [
    ['number', 'text'],
    ['1', 'a, b'],
  ]);
  assert.deepEqual(read('number\n1,5\n'), [['number'], ['1,5']]);
});

test('a line that is no UTF-8 is Windows-1252, and the others stay UTF-8', () => {
  const utf8 = Buffer.from('number;nom\n1;Éloïse\n');
  const windows = Buffer.from([0x32, 0x3b, 0xc9, 0x6c, 0x6f, 0xef, 0x73, 0x65, 0x80, 0x0a]);
  assert.deepEqual(read(Buffer.concat([utf8, windows, Buffer.from('3;Zoé\n')])), [
    ['number', 'nom'],
    ['1', 'Éloïse'],
    ['2', 'Éloïse€'],
    ['3', 'Zoé'],
  ]);
});

test('each record reports its first line, with line ends in quotes counted', () => {
  const text = 'number;text\r\n\r\n1;"a\r\nb\nc"\r\n2;x\r3;y';
  for (const cut of [1, 5, 100])
    assert.deepEqual(
      readRecords(text, cut).map(({ line }) => line),
      [1, 3, 6, 7],
    );
});

test('a quote that is never closed is reported with its line before it fills the memory', () => {
  assert.throws(() => read('number;nom\n1;x\n2;"y\n3;z\n'), /^CsvError: .* on line 3$/);
  const reader = new CsvReader();
  reader.push(Buffer.from('number;nom\n1;"'));
  const piece = Buffer.alloc(10_000, 'x\n');
  assert.throws(
    () => {
      for (let i = 0; i < 100; i++) reader.push(piece);
    },
    (error) => error instanceof CsvError && error.line === 2,
  );
});

test('bytes that are no text are reported', () => {
  assert.throws(() => read(Buffer.from('number\n1\n', 'utf16le')), /on line 1$/);
});

test('every written record is read back, in pieces of any size', () => {
  // Excluded: spaces and invisible characters that are trimmed, and the meaning of a separator in a header.
  const value = fc
    .string({ unit: 'binary', maxLength: 12 })
    .map((text) => text.replaceAll('\0', '').replace(/^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu, ''));
  const record = fc
    .array(value, { minLength: 2, maxLength: 4 })
    .filter((fields) => fields.some((f) => f !== ''));
  fc.assert(
    fc.property(fc.array(record, { maxLength: 8 }), fc.integer({ min: 1, max: 40 }), (records, cut) => {
      const text = ['number;a\n', ...records.map((fields) => renderCsv(fields))].join('');
      assert.deepEqual(read(text, cut).slice(1), records);
    }),
  );
});

test('any bytes, split anywhere, cause only the declared error', () => {
  const byte = fc.oneof(
    fc.constantFrom(0x22, 0x3b, 0x0a, 0x0d, 0x2c, 0x09, 0x20, 0xef, 0xbb, 0xbf),
    fc.nat(255),
  );
  const outcome = (bytes: Uint8Array, cut: number) => {
    try {
      return readRecords(bytes, cut);
    } catch (error) {
      assert.ok(error instanceof CsvError, String(error));
      return error.message;
    }
  };
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 60 }),
      fc.array(byte, { maxLength: 60 }),
      fc.integer({ min: 1, max: 9 }),
      (some, others, cut) => {
        const bytes = Buffer.concat([some, Buffer.from(others)]);
        assert.deepEqual(outcome(bytes, cut), outcome(bytes, 1 << 30));
      },
    ),
  );
});

test('two hundred thousand rows leave no memory in use', () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const reader = new CsvReader();
  const row = Buffer.from(
    Array.from({ length: 1000 }, (_, i) => `+3360000${1000 + i};Nom;Prénom\n`).join(''),
  );
  reader.push(Buffer.from('number;nom;prenom\n'));
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  let read = 0;
  for (let i = 0; i < 200; i++) read += reader.push(row).length;
  collectGarbage();
  assert.equal(read, 200_000);
  const grown = process.memoryUsage().heapUsed - before;
  assert.ok(grown < 2 * 1024 * 1024, `${grown} bytes`);
});
