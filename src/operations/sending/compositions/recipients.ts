// Reads the recipients of a composition from all of its sources (typed numbers, contacts, a file), slice by slice, and judges
// each row: ready, opted out, a duplicate, or refused. Used by the check, the estimate and the preview. Memory holds one slice
// and the set of numbers. Throws CompositionError for the file as a whole; a faulty row is refused alone.

import type { Account } from '#domain/account/account.ts';
import type { Refusal } from '#domain/base/refusals.ts';
import {
  type ComposedFile,
  type CompositionContent,
  contactFields,
  fieldName,
  readTypedNumbers,
  submissionOf,
  unknownFields,
} from '#domain/campaign/composition.ts';
import { CompositionError } from '#domain/campaign/composition-error.ts';
import type { RateCard } from '#domain/money/rate-card.ts';
import { readRecipient } from '#domain/plan/read-recipient.ts';
import { asksOptOuts, optedOut, uncovered } from '#domain/plan/recipient-refusals.ts';
import type { Contact } from '#domain/recipients/contact.ts';
import { NumberSet } from '#lib/number-set.ts';
import { CsvError, type CsvRecord, readCsv } from '#lib/text/csv-reader.ts';
import type { Query } from '#store/database/database.ts';
import { readMembers } from '#store/recipients/contacts.ts';
import { findOptOuts } from '#store/recipients/opt-outs.ts';

export type RowSource = 'typed' | 'contacts' | 'file';

export interface ComposedRow {
  readonly source: RowSource;
  /** In the file or the typed text, from 1; the position for contacts. */
  readonly line: number;
  /** As written. */
  readonly number: string;
  /** Of the merge fields, in the order of `fields`. */
  readonly values: readonly string[];
  /** The whole row of a file; empty for other sources. */
  readonly cells: readonly string[];
}

export type Verdict =
  | { readonly kind: 'ready'; readonly msisdn: number; readonly country: string }
  | { readonly kind: 'opted-out'; readonly msisdn: number; readonly refusal: Refusal }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export interface JudgedRow {
  readonly row: ComposedRow;
  readonly verdict: Verdict;
}

export interface RecipientNeeds {
  readonly query: Query;
  readonly rates: (accountId: number) => RateCard;
  /** Null for an unknown document. */
  readonly openDocument: (account: Account, id: string) => Promise<AsyncIterable<Uint8Array> | null>;
}

/** Rows that are judged together: one statement finds their opt-outs. */
const sliceSize = 5_000;
const maxColumns = 200;
/** As recipient lists (pipeline/recipient-list-parts.ts). */
const maxRecipients = 1_000_000;
/** Longer cells are cut: a merge value of this length fills more than the longest text. */
const maxCellLength = 1_600;

/** Rows of all sources in their order, judged. `fields` names the values that the caller reads. */
export async function* judgeRows(
  needs: RecipientNeeds,
  account: Account,
  content: CompositionContent,
  fields: readonly string[],
): AsyncGenerator<readonly JudgedRow[]> {
  const seen = new NumberSet();
  for await (const rows of readRows(needs, account, content, fields)) {
    yield await judge(needs, account, content, rows, seen);
    if (seen.size > maxRecipients)
      throw new CompositionError(
        'too-many-recipients',
        'file',
        `A campaign has at most ${maxRecipients} recipients. Divide the file.`,
      );
  }
}

async function* readRows(
  needs: RecipientNeeds,
  account: Account,
  content: CompositionContent,
  fields: readonly string[],
): AsyncGenerator<readonly ComposedRow[]> {
  yield* slices(readTyped(content, fields));
  yield* readContacts(needs, account, content, fields);
  if (content.file !== null) yield* readFile(needs, account, content.file, fields);
}

/** Refuses what concerns the whole: no phone column first, then merge fields, as the member mends them in this order. */
export function refuseMapping(content: CompositionContent): void {
  const { file } = content;
  if (file !== null) refuseColumns(file);
  const [unknown] = unknownFields(content);
  if (unknown !== undefined)
    throw new CompositionError(
      'merge-field-unknown',
      'text',
      `No recipient has the field {${unknown}}. Map a column to it, or take it out of the text.`,
    );
}

function refuseColumns({ columns, header }: ComposedFile): void {
  const nameOf = (at: number) => header[at] || `column ${at + 1}`;
  const numbers = columns.flatMap(({ role }, at) => (role === 'number' ? [at] : []));
  if (numbers.length === 0)
    throw new CompositionError(
      'no-number-column',
      'file.columns',
      'No column has the phone numbers. Choose one.',
    );
  if (numbers.length > 1)
    throw new CompositionError(
      'two-number-columns',
      'file.columns',
      `Two columns are the phone number: ${nameOf(numbers[0]!)} and ${nameOf(numbers[1]!)}. Choose one.`,
    );
  const names = new Set<string>();
  for (const use of columns) {
    if (use.role !== 'field') continue;
    if (!fieldName.test(use.name) || names.has(use.name))
      throw new CompositionError(
        'field-invalid',
        'file.columns',
        'A merge field has a name of letters, digits, _ and -, and each name belongs to one column.',
      );
    names.add(use.name);
  }
}

async function judge(
  { query, rates }: RecipientNeeds,
  account: Account,
  content: CompositionContent,
  rows: readonly ComposedRow[],
  seen: NumberSet,
): Promise<readonly JudgedRow[]> {
  const { settings } = account;
  const card = rates(account.id);
  const country = content.file?.country ?? settings.defaultCountry;
  const verdicts: Verdict[] = [];
  const asked: number[] = [];
  for (const { number, source } of rows) {
    const read = readRecipient({ number }, {}, source === 'file' ? country : settings.defaultCountry);
    if (!read.ok) {
      verdicts.push({ kind: 'refused', refusal: read.refusal });
    } else if (!seen.add(read.msisdn)) verdicts.push({ kind: 'duplicate' });
    else {
      const price = card.priceOf(read.country, content.tier);
      if (typeof price !== 'bigint')
        verdicts.push({ kind: 'refused', refusal: uncovered(price, read.country, content.tier) });
      else {
        asked.push(read.msisdn);
        verdicts.push({ kind: 'ready', msisdn: read.msisdn, country: read.country });
      }
    }
  }
  const isAsked = asksOptOuts({ ...submissionOf(content), recipients: [], dryRun: true }, settings);
  const out = isAsked ? await findOptOuts(query, account, asked) : new Set<number>();
  return rows.map((row, at) => {
    const verdict = verdicts[at]!;
    if (verdict.kind !== 'ready' || !out.has(verdict.msisdn)) return { row, verdict };
    return { row, verdict: { kind: 'opted-out', msisdn: verdict.msisdn, refusal: optedOut } };
  });
}

function* readTyped({ typed }: CompositionContent, fields: readonly string[]): Generator<ComposedRow> {
  const values = fields.map(() => '');
  for (const { line, number } of readTypedNumbers(typed))
    yield { source: 'typed', line, number, values, cells: [] };
}

function* slices(rows: Iterable<ComposedRow>): Generator<readonly ComposedRow[]> {
  let slice: ComposedRow[] = [];
  for (const row of rows) {
    slice.push(row);
    if (slice.length < sliceSize) continue;
    yield slice;
    slice = [];
  }
  if (slice.length > 0) yield slice;
}

async function* readContacts(
  { query }: RecipientNeeds,
  account: Account,
  { groups }: CompositionContent,
  fields: readonly string[],
): AsyncGenerator<readonly ComposedRow[]> {
  let line = 0;
  for (const group of groups)
    for (let after = 0; ; ) {
      const members = await readMembers(query, account, group, after, sliceSize);
      if (members.length === 0) break;
      after = members.at(-1)!.msisdn;
      yield members.map((member) => ({
        source: 'contacts',
        line: ++line,
        number: `+${member.msisdn}`,
        values: fields.map((field) => fieldOfContact(member, field)),
        cells: [],
      }));
    }
}

function fieldOfContact({ firstName, lastName, params }: Contact, field: string): string {
  const at = (contactFields as readonly string[]).indexOf(field);
  return [firstName, lastName, ...params][at] ?? '';
}

async function* readFile(
  { openDocument }: RecipientNeeds,
  account: Account,
  file: ComposedFile,
  fields: readonly string[],
): AsyncGenerator<readonly ComposedRow[]> {
  refuseColumns(file);
  const bytes = await openDocument(account, file.document);
  if (bytes === null)
    throw new CompositionError('file-missing', 'file', 'The file is not stored any more. Upload it again.');
  const numberAt = file.columns.findIndex(({ role }) => role === 'number');
  const places = fields.map((field) =>
    file.columns.findIndex((use) => use.role === 'field' && use.name === field),
  );
  let left = file.headerRows;
  let slice: ComposedRow[] = [];
  for await (const records of readRecords(bytes, file)) {
    for (const { line, fields: cells } of records) {
      if (left-- > 0) continue;
      const values = places.map((at) => (cells[at] ?? '').slice(0, maxCellLength));
      slice.push({ source: 'file', line, number: cells[numberAt] ?? '', values, cells });
      if (slice.length < sliceSize) continue;
      yield slice;
      slice = [];
    }
  }
  if (slice.length > 0) yield slice;
}

/** Records with their line. Throws CompositionError. */
async function* readRecords(
  bytes: AsyncIterable<Uint8Array>,
  { separator }: ComposedFile,
): AsyncGenerator<readonly CsvRecord[]> {
  let isFirst = true;
  try {
    for await (const records of readCsv(bytes, separator)) {
      const widest = isFirst ? (records[0]?.fields.length ?? 0) : 0;
      isFirst = false;
      if (widest > maxColumns)
        throw new CompositionError(
          'too-many-columns',
          'file',
          `The file has ${widest} columns; at most ${maxColumns} are read. Remove those that the text does not use.`,
        );
      yield records;
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new CompositionError(
      'file-unreadable',
      'file',
      `${error.message}. Mend the file and upload it again.`,
    );
  }
}
