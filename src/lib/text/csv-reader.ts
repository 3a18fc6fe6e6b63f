// Reads CSV as it comes, record by record, whatever its size: bytes are pushed, whole records come out. Serves whoever is
// handed a list by people and their spreadsheets. No more than one record is held; what is wrong is told with its line.
//
// Forgiven: a byte order mark, any of the three ends of lines, blanks around values, empty lines, `,`, `|` or a tab in place
// of `;`, a first line `sep=,`, titles above the header, quotes or none, values written as formulas (`="0612"`). UTF-16 needs
// its byte order mark. UTF-8 or not is decided record by record: what is no UTF-8 is Windows-1252, as spreadsheets write it.
// The habits of each program, with a test of each: docs/dialects/ovh.md#receivers-csv-files-and-documents.
import { decodeText, Utf16Reader } from './text-decoding.ts';

export interface CsvRecord {
  /** Where it begins, from 1. */
  readonly line: number;
  /** Trimmed, without their quotes. */
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

/** The most bytes of one record: beyond, a quote is open that nobody meant. */
const maxRecordBytes = 64 * 1024;

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const quote = 0x22;
const blank = 0x20;
const separators = { ';': 0x3b, '\t': 0x09, ',': 0x2c, '|': 0x7c } as const;
type Separator = keyof typeof separators;

/** Begins a field · within one · within quotes · after a quote within quotes, which ends them or stands for itself. */
type Place = 'start' | 'plain' | 'quoted' | 'closing';

export class CsvReader {
  /** Of the header; until then all of them separate. */
  #separator: Separator | null = null;
  readonly #utf16 = new Utf16Reader();
  /** The pieces of the record under way that earlier pushes brought. */
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #place: Place = 'start';
  #line = 1;
  #recordLine = 1;
  #isAfterReturn = false;

  /** The records that these bytes end. Throws CsvError. */
  push(piece: Uint8Array): CsvRecord[] {
    return this.#read(this.#utf16.read(piece));
  }

  #read(bytes: Uint8Array): CsvRecord[] {
    const records: CsvRecord[] = [];
    let from = 0;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]!;
      const endsLine = byte === lineFeed || byte === carriageReturn;
      // The second half of CRLF, which may have been cut in two.
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

  /** The record that no end of line ended. */
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
    // A mark of byte order (EF BB BF) stands before the first field, and begins none.
    else if (byte !== blank && byte < 0x80) this.#place = 'plain';
    else if (byte >= 0x80 && !this.#isFirst) this.#place = 'plain';
  }

  get #isFirst(): boolean {
    return this.#separator === null && this.#place === 'start';
  }

  #isSeparator(byte: number): boolean {
    if (this.#separator !== null) return byte === separators[this.#separator];
    return Object.values(separators).some((code) => byte === code);
  }

  /** Copied: whoever pushed it may use its memory again. */
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
    if (announced !== undefined && this.#separator === null) {
      this.#separator = announced as Separator;
      return;
    }
    this.#separator ??= separatorOf(text);
    // A title, or a header of one column: what follows tells.
    const separator = this.#separator ?? ';';
    const fields = (text.includes('"') ? splitQuoted(text, separator) : text.split(separator)).map(readValue);
    // A line of nothing but separators, as spreadsheets leave them below a list.
    if (fields.some((field) => field !== '')) records.push({ line, fields });
  }
}

/** Excel's own way of naming the separator, and that of programs that write for it. */
const announcement = /^"?sep=([;\t,|])"?\s*$/i;
/** What DOS programs write behind the last line. */
const endOfFile = '\u001a';

/** The one that stands most often in it outside quotes; null when none does and it holds letters, as a title. */
function separatorOf(record: string): Separator | null {
  const bare = record.replace(/"(?:[^"]|"")*"/g, '');
  const counts = (Object.keys(separators) as Separator[]).map((s) => [s, bare.split(s).length] as const);
  const [best, count] = counts.reduce((a, b) => (b[1] > a[1] ? b : a));
  if (/\p{L}/u.test(record)) return count > 1 ? best : null;
  // Numbers alone: a comma in them is a decimal sign.
  return ';';
}

const unseen = /[\s\p{Cf}]/u;

/** Without the blanks and invisible marks around it, and out of a formula that keeps a spreadsheet from reading a number. */
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
      // What stands between a closing quote and the separator is kept: nobody loses a letter for a stray quote.
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

/** Where the quote stands that is not followed by another. */
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

/** Reads a whole stream: the records of each piece of it, in turn. Throws CsvError. */
export async function* readCsv(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<readonly CsvRecord[]> {
  const reader = new CsvReader();
  for await (const piece of bytes) {
    const records = reader.push(piece);
    if (records.length > 0) yield records;
  }
  const last = reader.end();
  if (last.length > 0) yield last;
}

/** One record, so that reading it gives the same fields. */
export function renderCsv(fields: readonly string[]): string {
  return `${fields.map(renderField).join(';')}\n`;
}

function renderField(field: string): string {
  return /[";\t,\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
