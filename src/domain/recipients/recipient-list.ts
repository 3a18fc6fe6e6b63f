// A list of recipients as people write it: a table whose first line names its columns, one of which holds the numbers.
// Serves whoever reads such a list, for sending, for keeping or for cleaning. What is wrong with one number is no matter of
// the list; what is wrong with the table is told with its line.

import { readWrittenNumber } from '#gsm/written-number.ts';

/** What is wrong with a list, or with a text that asks for columns it does not have. */
export class ListError extends Error {
  readonly fault: 'list' | 'text';

  constructor(problem: string, fault: 'list' | 'text' = 'list') {
    super(problem);
    this.name = 'ListError';
    this.fault = fault;
  }
}

/** A line of the table, as a reader of CSV gives it. */
export interface ListLine {
  /** From 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

export interface ListColumns {
  /** As they are written. */
  readonly names: readonly string[];
  /** Where the numbers stand. */
  readonly numberAt: number;
}

export interface ListRow {
  readonly line: number;
  /** As it is written; never empty. */
  readonly number: string;
  /** Of every column; the last ones may be missing. */
  readonly fields: readonly string[];
}

// Quirk: guides and clients write all of these (docs/dialects/ovh.md#receivers-csv-files-and-documents).
const numberNames: ReadonlySet<string> = new Set([
  'number',
  'numbers',
  'numero',
  'numéro',
  'numeros',
  'numéros',
]);

/** Lines above the header. */
const maxTitles = 5;

/** In the order of its lines, the first of which names the columns. Throws ListError. */
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

  /** Spreadsheets write the name of a table above it, CRMs what was exported and when. */
  #isTitle({ fields }: ListLine): boolean {
    const written = fields.filter((field) => field !== '');
    const isTitle =
      written.length === 1 && !numberNames.has(nameOf(written[0]!)) && !looksLikeNumber(written[0]!);
    return isTitle && ++this.#titles <= maxTitles;
  }

  #rows({ names, numberAt }: ListColumns, lines: readonly ListLine[]): ListRow[] {
    return lines.map(({ line, fields }) => {
      // Separators at the end of a line are what a spreadsheet leaves.
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

/** Some programs of the Mac write an accent as a character of its own. */
function nameOf(field: string): string {
  return field.normalize('NFC').toLowerCase();
}

/** Whether it has the form of a telephone number, whether there is one or not. */
export function looksLikeNumber(text: string): boolean {
  const written = readWrittenNumber(text);
  return written !== null && written.digits + written.zeros >= 6;
}

/** A mark in a text and the column whose value takes its place. */
export interface ColumnMark {
  /** As it stands in the text, `#nom#`. */
  readonly placeholder: string;
  readonly column: number;
}

/** What somebody means as the name of a column, and not as a sign beside a word. */
const nameLike = /^[\p{L}\p{N}_]([\p{L}\p{N}_ .-]*[\p{L}\p{N}_.-])?$/u;

/**
 * The marks `#column#` of a text, each once; names match without case. Throws ListError for what looks like a mark of a
 * column that is not there: sent as it is, it would be seen by everybody.
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
    // Its second sign opens no other mark.
    i++;
  }
  return [...marks].map(([placeholder, column]) => ({ placeholder, column }));
}

/** What one recipient's marks become; undefined where there are none. */
export function valuesOf(
  row: ListRow,
  marks: readonly ColumnMark[],
): ReadonlyMap<string, string> | undefined {
  if (marks.length === 0) return undefined;
  return new Map(marks.map(({ placeholder, column }) => [placeholder, row.fields[column] ?? '']));
}
