// Forms in which spreadsheets and CRMs write a list of recipients, read by the CSV reader and the list reader.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ListError, ListReader } from '#domain/recipients/recipient-list.ts';
import { readMsisdn } from '#gsm/msisdn.ts';
import { CsvError, CsvReader } from '#lib/text/csv-reader.ts';

function readList(bytes: Uint8Array | string, cut = 1 << 30): (readonly [number | string, string])[] {
  const whole = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  const csv = new CsvReader();
  const list = new ListReader();
  const rows = [];
  for (let at = 0; at < whole.length; at += cut)
    rows.push(...list.read(csv.push(whole.subarray(at, at + cut))));
  rows.push(...list.read(csv.end()));
  const { names, numberAt } = list.columns;
  const nameAt = names.findIndex((name, i) => i !== numberAt && name !== '');
  return rows.map(({ number, fields }) => {
    const read = readMsisdn(number, 'FR');
    return [read.ok ? read.msisdn : read.problem, fields[nameAt] ?? ''];
  });
}

const expected = [
  [33612345678, 'Zoé'],
  [33612345679, 'Dupont'],
];
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');

const habits: readonly (readonly [program: string, file: Uint8Array | string])[] = [
  [
    'Excel, French: semicolons, Windows-1252, CRLF',
    Buffer.from('number;nom\r\n0612345678;Zo\u00e9\r\n0612345679;Dupont\r\n', 'latin1'),
  ],
  ['Excel, French: "CSV UTF-8" with its mark', '\ufeffnumber;nom\r\n0612345678;Zoé\r\n0612345679;Dupont\r\n'],
  ['Excel, English: commas', 'number,nom\r\n0612345678,Zoé\r\n0612345679,Dupont\r\n'],
  [
    'Excel: "Unicode text", UTF-16 and tabs',
    utf16('number\tnom\r\n0612345678\tZoé\r\n0612345679\tDupont\r\n'),
  ],
  ['UTF-16, high byte first', utf16('number;nom\n0612345678;Zoé\n0612345679;Dupont\n').swap16()],
  ['Excel: the zero eaten', 'number;nom\r\n612345678;Zoé\r\n612345679;Dupont\r\n'],
  [
    'Excel, French: number format',
    'number;nom\r\n33 612 345 678,00;Zoé\r\n33\u00a0612\u00a0345\u00a0679,00;Dupont\r\n',
  ],
  ['Excel: "sep=" in the first line', 'sep=;\r\nnumber;nom\r\n0612345678;Zoé\r\n0612345679;Dupont\r\n'],
  [
    'a program that writes "sep=," for Excel',
    '\ufeff"sep=,"\r\nnumber,nom\r\n0612345678,Zoé\r\n0612345679,Dupont\r\n',
  ],
  [
    'Excel: empty columns and rows around the list',
    ';number;nom;;\r\n;0612345678;Zoé;;\r\n;;;;\r\n;0612345679;Dupont;;\r\n;;;;\r\n;;;;\r\n',
  ],
  ['formulas that keep a number a text', 'number,nom\n="0612345678",Zoé\n"=""0612345679""",Dupont\n'],
  ['an apostrophe in front of a number', "number;nom\n'+33612345678;Zoé\n'0612345679;Dupont\n"],
  ['LibreOffice: every text quoted', '"number","nom"\n"0612345678","Zoé"\n"0612345679","Dupont"\n'],
  [
    'LibreOffice: other separators within quotes',
    '"number","a;b;c"\n"0612345678","Zoé"\n"0612345679","Dupont"\n',
  ],
  ['Numbers: the table named above', 'Tableau 1\nnumber;nom\n0612345678;Zoé\n0612345679;Dupont\n'],
  [
    'Numbers, English: the table named above commas',
    'Table 1\nnumber,nom\n0612345678,Zoé\n0612345679,Dupont\n',
  ],
  ['accents as characters of their own', 'nume\u0301ro;nom\n0612345678;Zoé\n0612345679;Dupont\n'],
  [
    'Google Sheets: commas, LF, no end of the last line',
    'number,nom\n+33 6 12 34 56 78,Zoé\n+33 6 12 34 56 79,Dupont',
  ],
  ['pandas: floats', 'number,nom\n33612345678.0,Zoé\n33612345679.0,Dupont\n'],
  [
    'a CRM: title, date and empty line above',
    'Export contacts;;\nLe 12/01/2026;;\n;;\nnumber;nom;\n0612345678;Zoé;\n0612345679;Dupont;\n',
  ],
  ['a CRM: pipes', 'number|nom\n0612345678|Zoé\n0612345679|Dupont\n'],
  [
    'a CRM: marks around numbers and names',
    '\u200bnumber\u200b;nom\n\u202a+33612345678\u202c;Zoé\n\u2068+33 6 12 34 56 79\u2069;Dupont\u200e\n',
  ],
  ['a CRM: trunk zeros in brackets', 'number;nom\n+33 (0)6 12 34 56 78;Zoé\n+33(0)612345679;Dupont\n'],
  ['an old Mac: CR alone', 'number;nom\r0612345678;Zoé\r0612345679;Dupont\r'],
  ['DOS: a mark of the end of the file', 'number;nom\r\n0612345678;Zoé\r\n0612345679;Dupont\r\n\u001a'],
];

for (const [program, file] of habits)
  test(`a list is read as written by ${program}`, () => {
    for (const cut of [1, 2, 7, 1 << 30]) assert.deepEqual(readList(file, cut), expected, `pieces of ${cut}`);
  });

test('a number that a spreadsheet changed is refused, and never read as another number', () => {
  const file = 'number;nom\n6,12E+08;a\n3.36E+10;b\n33612345678,5;c\n43 664 123 456.5;d\n33,612,345,678;e\n';
  assert.deepEqual(
    readList(file).map(([number]) => number),
    Array(5).fill('not-a-number'),
  );
});

test('a list without a column of numbers is refused, with any lines above the header', () => {
  for (const file of [
    'Table 1\nnom;tel\nx;0612345678\n',
    '+33612345678\n',
    'a\nb\nc\nd\ne\nf\nnumber\n1\n',
    'Titre\n',
    '',
  ])
    assert.throws(() => readList(file), ListError, file);
});

test('any bytes, split anywhere, give a list or a ListError', () => {
  const piece = fc.constantFrom(
    'number',
    'nom',
    ';',
    ',',
    '|',
    '\t',
    '\n',
    '\r',
    '"',
    '=',
    '\u200b',
    '0612345678',
    '.0',
    'sep=;',
    '\ufeff',
    'é',
    ' ',
  );
  const outcome = (bytes: Buffer, cut: number) => {
    try {
      return readList(bytes, cut);
    } catch (error) {
      assert.ok(error instanceof ListError || error instanceof CsvError, String(error));
      return error.message;
    }
  };
  const encoding = fc.constantFrom('utf8' as const, 'latin1' as const, 'utf16le' as const);
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 30 }),
      encoding,
      fc.integer({ min: 1, max: 9 }),
      (pieces, name, cut) => {
        const bytes = Buffer.from(pieces.join(''), name);
        assert.deepEqual(outcome(bytes, cut), outcome(bytes, 1 << 30));
      },
    ),
    { numRuns: 2000 },
  );
});
