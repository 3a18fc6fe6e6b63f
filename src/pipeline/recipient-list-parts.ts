// Reads a recipient list part by part, each number once. A part of submit-recipient-list.ts. Memory holds one part and the
// set of numbers.
// Refusals: ListError and CsvError, with the line where the list has one.

import type { ListSubmission } from '#domain/acceptance/list-submission.ts';
import type { Account } from '#domain/account/account.ts';
import type { SubmittedRecipient } from '#domain/base/submission.ts';
import { readRecipient } from '#domain/plan/read-recipient.ts';
import {
  type ColumnMark,
  type ListColumns,
  ListError,
  ListReader,
  readBraces,
  readMarks,
  valuesOf,
} from '#domain/recipients/recipient-list.ts';
import { NumberSet } from '#lib/number-set.ts';
import { readCsv } from '#lib/text/csv-reader.ts';
import type { Query } from '#store/database/database.ts';
import { type Content, readContent } from '#store/recipients/file-contents.ts';

export interface ListRequest {
  readonly account: Account;
  readonly submission: ListSubmission;
  readonly list: Content;
}

/** Recipients that are planned together and become one campaign, with the line of each. */
export interface Part {
  readonly recipients: readonly SubmittedRecipient[];
  readonly lines: readonly number[];
}

/** Recipients of a part. */
const partSize = 5_000;
/**
 * Of a campaign that a member sends and looks at as one: nearly all have one part. Planning and storing one keeps the process
 * from other work for up to 0.45 s (2026-11-30, two cores shared with other loads), so it is not larger.
 */
const partSizeOfOneCampaign = 20_000;
/** With more numbers, the transaction takes longer than the client waits. */
const maxRecipients = 1_000_000;
/** Yields part by part, with each number once in the whole list and in one form. Unreadable numbers stay as they are. */
export async function* readParts(
  query: Query,
  { account, submission, list }: ListRequest,
): AsyncGenerator<Part> {
  const { defaultCountry } = account.settings;
  const size = submission.isOneCampaign === true ? partSizeOfOneCampaign : partSize;
  const reader = new ListReader();
  const seen = new NumberSet();
  let marks: readonly ColumnMark[] | null = null;
  let recipients: SubmittedRecipient[] = [];
  let lineNumbers: number[] = [];
  for await (const lines of readCsv(readContent(query, list))) {
    for (const row of reader.read(lines)) {
      marks ??= marksOf(submission, reader.columns);
      const read = readRecipient(row, submission, defaultCountry);
      if (read.ok && !seen.add(read.msisdn)) continue;
      if (seen.size > maxRecipients) throw new ListError(`A list has at most ${maxRecipients} numbers`);
      const number = read.ok ? `+${read.msisdn}` : row.number;
      const merge = valuesOf(row, marks);
      recipients.push(merge === undefined ? { number } : { number, merge });
      lineNumbers.push(row.line);
      if (recipients.length < size) continue;
      yield { recipients, lines: lineNumbers };
      recipients = [];
      lineNumbers = [];
    }
  }
  marksOf(submission, reader.columns);
  if (recipients.length > 0) yield { recipients, lines: lineNumbers };
}

function marksOf({ text, mergeForm }: ListSubmission, columns: ListColumns): readonly ColumnMark[] {
  return mergeForm === 'braces' ? readBraces(text, columns) : readMarks(text, columns);
}
