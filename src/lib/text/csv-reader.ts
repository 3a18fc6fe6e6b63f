// Reads CSV from a stream of bytes, of any size, and returns whole records. Used by the readers of lists and imports. Never
// holds more than one record; reports a fault with its line.
//
// Accepts a byte order mark, the three kinds of line ends, spaces around values, empty lines, `,`, `|` or a tab instead of
// `;`, a first line `sep=,`, titles above the header, quotes or none, and values written as formulas (`="0612"`). UTF-16
// needs its byte order mark. A record that is no UTF-8 is Windows-1252, as spreadsheets write it. The forms of each
// program: docs/dialects/ovh.md#receivers-csv-files-and-documents.
import { decodeText, Utf16Reader } from './text-decoding.ts';

export interface CsvRecord {
  /** Of its first character, from 1. */
  readonly line: number;
  /** Trimmed, without quotes. */
  readonly fields: readonly string[];
}

export class CsvError extends Error {
  readonly line: number;

  constructor(problem: string, line: number) {
    super(`${problem} on line ${line}`);
    this.name = 'CsvError';
    this.line = line;
  }
}

/** Maximum bytes of one record: a longer one has a quote that was never closed. */
const maxRecordBytes = 64 * 1024;

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const quote = 0x22;
const space = 0x20;
const separators = { ';': 0x3b, '\t': 0x09, ',': 0x2c, '|': 0x7c } as const;
export type Separator = keyof typeof separators;

/** Start of a field · in a field · in quotes · after a quote in quotes, which closes them or is a quote itself. */
type Place = 'start' | 'plain' | 'quoted' | 'closing';

export class CsvReader {
  /** The separator of the header; before it, any of them separates. */
  #separator: Separator | null = null;
  readonly #utf16 = new Utf16Reader();
  /** Parts of the present record from earlier pushes. */
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #place: Place = 'start';
  #line = 1;
  #recordLine = 1;
  #isAfterReturn = false;

  /** Null: the reader finds the separator. */
  constructor(separator: Separator | null = null) {
    this.#separator = separator;
  }

  /** Returns the records that end in these bytes. Throws CsvError. */
  push(piece: Uint8Array): CsvRecord[] {
    return this.#read(this.#utf16.read(piece));
  }

  #read(bytes: Uint8Array): CsvRecord[] {
    const records: CsvRecord[] = [];
    let from = 0;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]!;
      const endsLine = byte === lineFeed || byte === carriageReturn;
      // The second half of a CRLF, which can be in the next push.
      const isHalf = byte === lineFeed && this.#isAfterReturn;
      this.#isAfterReturn = byte === carriageReturn;
      if (endsLine && !isHalf) this.#line++;
      if (!endsLine || this.#place === 'quoted') this.#move(byte);
      else {
        this.#take(bytes.subarray(from, i), records);
        from = i + 1;
      }
    }
    this.#hold(bytes.subarray(from));
    return records;
  }

  /** Returns the last record if it has no line end. */
  end(): CsvRecord[] {
    const records = this.#read(this.#utf16.end());
    if (this.#place === 'quoted') throw new CsvError('A quote is opened and not closed', this.#recordLine);
    this.#take(new Uint8Array(0), records);
    return records;
  }

  #move(byte: number): void {
    if (this.#place === 'quoted') {
      if (byte === quote) this.#place = 'closing';
    } else if (this.#place === 'closing' && byte === quote) this.#place = 'quoted';
    else if (this.#isSeparator(byte)) this.#place = 'start';
    else if (this.#place === 'start' && byte === quote) this.#place = 'quoted';
    // A byte order mark (EF BB BF) precedes the first field and begins none.
    else if (byte !== space && byte < 0x80) this.#place = 'plain';
    else if (byte >= 0x80 && !this.#isFirst) this.#place = 'plain';
  }

  get #isFirst(): boolean {
    return this.#line === 1 && this.#place === 'start';
  }

  #isSeparator(byte: number): boolean {
    if (this.#separator !== null) return byte === separators[this.#separator];
    return Object.values(separators).some((code) => byte === code);
  }

  /** Copied: the caller may reuse its memory. */
  #hold(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.#heldBytes += piece.length;
    if (this.#heldBytes > maxRecordBytes)
      throw new CsvError('A line is too long, or a quote is not closed', this.#recordLine);
    this.#held.push(piece.slice());
  }

  #take(last: Uint8Array, records: CsvRecord[]): void {
    const line = this.#recordLine;
    this.#recordLine = this.#line;
    this.#place = 'start';
    let bytes = last;
    if (this.#held.length > 0) {
      bytes = Buffer.concat([...this.#held, last]);
      this.#held = [];
      this.#heldBytes = 0;
    }
    if (bytes.length > maxRecordBytes)
      throw new CsvError('A line is too long, or a quote is not closed', line);
    const text = decodeText(bytes);
    if (text.includes('\0')) throw new CsvError('The file is no text in UTF-8: a NUL', line);
    if (text.trim() === '' || text === endOfFile) return;
    const announced = announcement.exec(text)?.[1];
    if (announced !== undefined && (this.#separator === null || line === 1)) {
      this.#separator ??= announced as Separator;
      return;
    }
    this.#separator ??= separatorOf(text);
    // A title, or a header of one column: the following lines decide.
    const separator = this.#separator ?? ';';
    const fields = (text.includes('"') ? splitQuoted(text, separator) : text.split(separator)).map(readValue);
    // A line of separators only, as spreadsheets leave them below a list.
    if (fields.some((field) => field !== '')) records.push({ line, fields });
  }
}

/** Excel's declaration of the separator. */
const announcement = /^"?sep=([;\t,|])"?\s*$/i;
/** DOS programs write it after the last line. */
const endOfFile = '\u001a';

/** The most frequent separator outside quotes; null if there is none and the record has letters, as a title does. */
function separatorOf(record: string): Separator | null {
  const bare = record.replace(/"(?:[^"]|"")*"/g, '');
  const counts = (Object.keys(separators) as Separator[]).map((s) => [s, bare.split(s).length] as const);
  const [best, count] = counts.reduce((a, b) => (b[1] > a[1] ? b : a));
  if (/\p{L}/u.test(record)) return count > 1 ? best : null;
  // Only numbers: a comma in them is a decimal sign.
  return ';';
}

const unseen = /[\s\p{Cf}]/u;

/** Without spaces and invisible characters around it, and without the formula that makes a spreadsheet keep it as text. */
function readValue(field: string): string {
  let value = field.trim();
  while (value !== '' && (unseen.test(value[0]!) || unseen.test(value.at(-1)!)))
    value = value.slice(unseen.test(value[0]!) ? 1 : 0, unseen.test(value.at(-1)!) ? -1 : undefined).trim();
  return value.startsWith('="') && value.endsWith('"') && value.length > 3 ? value.slice(2, -1) : value;
}

function splitQuoted(text: string, separator: Separator): string[] {
  const fields: string[] = [];
  let at = 0;
  while (at <= text.length) {
    while (text[at] === ' ') at++;
    if (text[at] === '"') {
      const end = endOfQuotes(text, at + 1);
      const next = indexOrEnd(text, separator, end);
      // Characters between a closing quote and the separator are kept, so that a misplaced quote loses no letter.
      fields.push((text.slice(at + 1, end).replaceAll('""', '"') + text.slice(end + 1, next)).trim());
      at = next + 1;
    } else {
      const next = indexOrEnd(text, separator, at);
      fields.push(text.slice(at, next).trim());
      at = next + 1;
    }
  }
  return fields;
}

/** Position of the quote that no other quote follows. */
function endOfQuotes(text: string, from: number): number {
  let at = from;
  for (;;) {
    const found = text.indexOf('"', at);
    if (found === -1) return text.length;
    if (text[found + 1] !== '"') return found;
    at = found + 2;
  }
}

function indexOrEnd(text: string, part: string, from: number): number {
  const found = text.indexOf(part, from);
  return found === -1 ? text.length : found;
}

/** Reads a whole stream and yields the records of each piece. Throws CsvError. */
export async function* readCsv(
  bytes: AsyncIterable<Uint8Array>,
  separator: Separator | null = null,
): AsyncGenerator<readonly CsvRecord[]> {
  const reader = new CsvReader(separator);
  for await (const piece of bytes) {
    const records = reader.push(piece);
    if (records.length > 0) yield records;
  }
  const last = reader.end();
  if (last.length > 0) yield last;
}

/** One record; reading it returns the same fields. */
export function renderCsv(fields: readonly string[]): string {
  return `${fields.map(renderField).join(';')}\n`;
}

function renderField(field: string): string {
  return /[";\t,\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
