// Reads the begin of a file of recipients and counts its rows: encoding, separator, header, use of each column. Used by the
// worker csv-worker.ts, so that the page stays free. The guesses can be changed; the server reads the whole file again.
import Papa from 'papaparse';
import type { ColumnUse } from './content.ts';

export type Separator = ';' | ',' | '\t' | '|';

export interface CsvReading {
  readonly encoding: 'UTF-8' | 'UTF-16' | 'Windows-1252';
  readonly separator: Separator;
  readonly headerRows: number;
  readonly header: readonly string[];
  readonly columns: readonly ColumnUse[];
  /** The first rows, with titles and header. */
  readonly first: readonly (readonly string[])[];
  /** Rows without empty ones, with titles and header. */
  readonly rows: number;
}

/** `file-spreadsheet`, `quote-open`, `empty`, `too-many-columns`: the words of `compose.faults`. */
export class CsvFault extends Error {}

const maxFirst = 100;
const maxColumns = 200;
const maxTitles = 5;
const separators: readonly Separator[] = [';', ',', '\t', '|'];

export async function readCsv(file: Blob, chosen: Separator | null): Promise<CsvReading> {
  const encoding = await findEncoding(file);
  const first: string[][] = [];
  let rows = 0;
  let found: Separator = chosen ?? ';';
  const last = await new Promise<Papa.ParseError | null>((resolve, reject) => {
    let quoteError: Papa.ParseError | null = null;
    Papa.parse<string[]>(file as File, {
      encoding: labels[encoding],
      delimiter: chosen ?? '',
      delimitersToGuess: [...separators],
      skipEmptyLines: 'greedy',
      chunkSize: 1024 * 1024,
      chunk({ data, errors, meta }) {
        if (rows === 0) found = meta.delimiter as Separator;
        rows += data.length;
        for (const row of data) {
          if (first.length === maxFirst) break;
          first.push(row.map((cell) => cell.replace(/^\uFEFF/, '').trim()));
        }
        quoteError = errors.find(({ code }) => code === 'MissingQuotes') ?? quoteError;
      },
      complete: () => resolve(quoteError),
      error: (error) => reject(error),
    });
  });
  if (last !== null) throw new CsvFault('quote-open');
  if (rows === 0) throw new CsvFault('empty');
  return { encoding, separator: found, first, rows, ...guessTable(first) };
}

const labels = { 'UTF-8': 'utf-8', 'UTF-16': 'utf-16le', 'Windows-1252': 'windows-1252' } as const;

async function findEncoding(file: Blob): Promise<CsvReading['encoding']> {
  const begin = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  const [a, b, c, d] = begin;
  const isZip = a === 0x50 && b === 0x4b && c === 3 && d === 4;
  const isOldExcel = a === 0xd0 && b === 0xcf && c === 0x11 && d === 0xe0;
  if (isZip || isOldExcel) throw new CsvFault('file-spreadsheet');
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) return 'UTF-16';
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const pieceBytes = 4 * 1024 * 1024;
  try {
    for (let from = 0; from < file.size; from += pieceBytes)
      decoder.decode(await file.slice(from, from + pieceBytes).arrayBuffer(), { stream: true });
    decoder.decode();
    return 'UTF-8';
  } catch {
    return 'Windows-1252';
  }
}

/** Titles above the header have one cell; the header has no telephone number while the rows below it do. */
function guessTable(
  first: readonly (readonly string[])[],
): Pick<CsvReading, 'headerRows' | 'header' | 'columns'> {
  const width = Math.max(...first.map((row) => row.length));
  if (width > maxColumns) throw new CsvFault('too-many-columns');
  const filled = (row: readonly string[]) => row.filter((cell) => cell !== '').length;
  let at = 0;
  while (at < maxTitles && at + 1 < first.length && width > 1 && filled(first[at]!) === 1) at++;
  const hasHeader =
    first.length > at && !first[at]!.some(looksLikePhone) && first[at]!.some((cell) => /\p{L}/u.test(cell));
  const header = hasHeader ? first[at]! : [];
  const headerRows = hasHeader ? at + 1 : at;
  const data = first.slice(headerRows);
  return {
    headerRows,
    header: header.map((name) => name.slice(0, 200)),
    columns: guessColumns(header, data, width),
  };
}

const looksLikePhone = (cell: string): boolean =>
  /^(?:\+|00)?[\d\s().\-/]{6,24}$/.test(cell) && cell.replace(/\D/g, '').length >= 7;

const phoneNames = /^(?:t[eé]l|phone|mobile|portable|gsm|num[eé]ro|number|msisdn|sms|cell)/i;
const mobileNames = /mobile|portable|gsm|cell/i;
const firstNames = /^(?:pr[eé]nom|first.?name|given.?name|forename)$/i;
const lastNames = /^(?:nom|nom.de.famille|last.?name|surname|family.?name)$/i;

function guessColumns(
  header: readonly string[],
  data: readonly (readonly string[])[],
  width: number,
): ColumnUse[] {
  const scores = Array.from({ length: width }, (_, at) => {
    const cells = data.map((row) => row[at] ?? '').filter((cell) => cell !== '');
    const share = cells.length === 0 ? 0 : cells.filter(looksLikePhone).length / cells.length;
    const name = header[at] ?? '';
    return share + (phoneNames.test(name) ? 0.6 : 0) + (mobileNames.test(name) ? 0.3 : 0);
  });
  const best = Math.max(...scores);
  const numberAt = best >= 0.6 ? scores.indexOf(best) : -1;
  const taken = new Set<string>();
  return scores.map((_, at) => {
    if (at === numberAt) return { role: 'number' };
    const name = header[at] ?? '';
    const field = firstNames.test(name) ? 'first_name' : lastNames.test(name) ? 'last_name' : slug(name);
    if (field === '' || taken.has(field)) return { role: 'ignore' };
    taken.add(field);
    return { role: 'field', name: field };
  });
}

/** A name that can stand in braces. */
export const slug = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '')
    .toLowerCase()
    .slice(0, 40);
