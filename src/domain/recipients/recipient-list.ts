// Reads a list of recipients: a table whose header names its columns, one of them with the numbers. Used by services that
// send to a list, store it or clean it. Reports faults of the table with their line; never checks single numbers.

import { readWrittenNumber } from '#gsm/written-number.ts';

/** A fault of a list, or of a text with marks for columns that the list does not have. */
export class ListError extends Error {
  readonly fault: 'list' | 'text';

  constructor(problem: string, fault: 'list' | 'text' = 'list') {
    super(problem);
    this.name = 'ListError';
    this.fault = fault;
  }
}

/** A row of the table, as a CSV reader returns it. */
export interface ListLine {
  /** From 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

export interface ListColumns {
  /** As written. */
  readonly names: readonly string[];
  /** Position of the column with the numbers. */
  readonly numberAt: number;
}

export interface ListRow {
  readonly line: number;
  /** As written; never empty. */
  readonly number: string;
  /** One for each column; the last ones may be missing. */
  readonly fields: readonly string[];
}

// Quirk: guides and clients use all of these names (docs/dialects/ovh.md#receivers-csv-files-and-documents).
const numberNames: ReadonlySet<string> = new Set([
  'number',
  'numbers',
  'numero',
  'numéro',
  'numeros',
  'numéros',
]);

/** Maximum number of lines above the header. */
const maxTitles = 5;

/** Reads rows in their order; the first row names the columns. Throws ListError. */
export class ListReader {
  #columns: ListColumns | null = null;
  #titles = 0;

  get columns(): ListColumns {
    if (this.#columns === null)
      throw new ListError('The list is empty: its first line must name a column "number"');
    return this.#columns;
  }

  read(lines: readonly ListLine[]): ListRow[] {
    if (this.#columns !== null) return this.#rows(this.#columns, lines);
    const headerAt = lines.findIndex((line) => !this.#isTitle(line));
    if (headerAt === -1) return [];
    this.#columns = readColumns(lines[headerAt]!);
    return this.#rows(this.#columns, lines.slice(headerAt + 1));
  }

  /** Spreadsheets write the name of a table above it, CRMs the description and date of an export. */
  #isTitle({ fields }: ListLine): boolean {
    const written = fields.filter((field) => field !== '');
    const isTitle =
      written.length === 1 && !numberNames.has(nameOf(written[0]!)) && !looksLikeNumber(written[0]!);
    return isTitle && ++this.#titles <= maxTitles;
  }

  #rows({ names, numberAt }: ListColumns, lines: readonly ListLine[]): ListRow[] {
    return lines.map(({ line, fields }) => {
      // Spreadsheets leave separators at the end of a row.
      if (fields.length > names.length && fields.slice(names.length).some((field) => field !== ''))
        throw new ListError(`There are more values than the ${names.length} columns on line ${line}`);
      const number = fields[numberAt] ?? '';
      if (number === '') throw new ListError(`The number is missing on line ${line}`);
      return { line, number, fields };
    });
  }
}

function readColumns({ line, fields }: ListLine): ListColumns {
  const lower = fields.map(nameOf);
  const numberAt = lower.findIndex((name) => numberNames.has(name));
  if (numberAt === -1) throw new ListError('The list has no column "number"');
  const twice = lower.find((name, i) => name !== '' && lower.indexOf(name) !== i);
  if (twice !== undefined) throw new ListError(`The column "${twice}" is there twice on line ${line}`);
  return { names: fields, numberAt };
}

/** Some programs for the Mac write an accent as a separate character. */
function nameOf(field: string): string {
  return field.normalize('NFC').toLowerCase();
}

/** Whether the text has the form of a telephone number, existing or not. */
export function looksLikeNumber(text: string): boolean {
  const written = readWrittenNumber(text);
  return written !== null && written.digits + written.zeros >= 6;
}

/** A mark in a text, and the column whose value replaces it. */
export interface ColumnMark {
  /** As written in the text: `#nom#`. */
  readonly placeholder: string;
  readonly column: number;
}

/** Matches a possible column name, in contrast to a sign next to a word. */
const nameLike = /^[\p{L}\p{N}_]([\p{L}\p{N}_ .-]*[\p{L}\p{N}_.-])?$/u;

/**
 * The marks `#column#` of a text, each once; names match without case. Throws ListError for a mark of an unknown column:
 * unreplaced, every recipient would see it.
 */
export function readMarks(text: string, { names }: ListColumns): ColumnMark[] {
  const columns = new Map(names.map((name, i) => [name.toLowerCase(), i] as const));
  columns.delete('');
  const marks = new Map<string, number>();
  const pieces = text.split('#');
  for (let i = 1; i < pieces.length - 1; i++) {
    const name = pieces[i]!;
    const column = columns.get(name.trim().toLowerCase());
    if (column === undefined) {
      if (nameLike.test(name)) throw new ListError(`The list has no column "${name}"`, 'text');
      continue;
    }
    marks.set(`#${name}#`, column);
    // The closing sign begins no other mark.
    i++;
  }
  return [...marks].map(([placeholder, column]) => ({ placeholder, column }));
}

/** The columns whose name, in braces, is in the text: a column `{first_name}` replaces `{first_name}`. */
export function readBraces(text: string, { names }: ListColumns): ColumnMark[] {
  return names.flatMap((name, column) =>
    name.startsWith('{') && text.includes(name) ? [{ placeholder: name, column }] : [],
  );
}

/** The values of one recipient by mark; undefined without marks. */
export function valuesOf(
  row: ListRow,
  marks: readonly ColumnMark[],
): ReadonlyMap<string, string> | undefined {
  if (marks.length === 0) return undefined;
  return new Map(marks.map(({ placeholder, column }) => [placeholder, row.fields[column] ?? '']));
}
