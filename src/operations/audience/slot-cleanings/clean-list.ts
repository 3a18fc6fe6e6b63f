// Writes the cleaned form of a list, and the report on it. Used by the job of slot cleanings.
import type { Account } from '#domain/account/account.ts';
import type { ListReader } from '#domain/recipients/recipient-list.ts';
import type { OpenCleaning } from '#domain/recipients/slot-cleaning.ts';
import { newUuid } from '#lib/security/secrets.ts';
import { renderCsv } from '#lib/text/csv-reader.ts';
import type { Query } from '#store/database/database.ts';
import { type Content, writeContent } from '#store/recipients/file-contents.ts';
import { findUnknownNumbers } from '#store/recipients/slot-cleanings.ts';
import { readDistinct } from './steps.ts';

/** The cleaned list, and the counts of removed rows. */
export interface CleanList extends Content {
  readonly records: number;
  readonly repeated: number;
  readonly invalid: number;
  readonly unknown: number;
}

/** Writes the cleaned list as a new content. */
export async function writeClean(
  query: Query,
  account: Account,
  { contentId, lookups, slot }: OpenCleaning,
  nowMs: number,
): Promise<CleanList> {
  const { bucket } = slot;
  const counts = { records: 0, repeated: 0, invalid: 0, unknown: 0 };

  async function* render(): AsyncGenerator<Buffer> {
    let columns: ListReader['columns'] | null = null;
    const from = { bucket, id: contentId };
    const header: string[] = [];
    const onDropped = (isRepeated: boolean) => counts[isRepeated ? 'repeated' : 'invalid']++;
    const onColumns = (reader: ListReader) => {
      if (columns === null) header.push(renderCsv(reader.columns.names));
      columns = reader.columns;
    };
    for await (const part of readDistinct(query, account, from, onDropped, onColumns)) {
      const numberAt = columns!.numberAt;
      const msisdns = part.map(({ msisdn }) => msisdn);
      const unknown = lookups === null ? null : await findUnknownNumbers(query, slot, lookups, msisdns);
      const kept = unknown === null ? part : part.filter(({ msisdn }) => !unknown.has(msisdn));
      counts.unknown += part.length - kept.length;
      counts.records += kept.length;
      const lines = kept.map(({ row, msisdn }) => renderCsv(row.fields.with(numberAt, `+${msisdn}`)));
      yield Buffer.from(header.splice(0).concat(lines).join(''));
    }
    if (header.length > 0) yield Buffer.from(header.join(''));
  }

  const content = { bucket, id: newUuid(), accountId: account.id };
  // Never larger than the original list, which was within the limit.
  await writeContent(query, content, render(), { maxBytes: Number.POSITIVE_INFINITY }, nowMs);
  return { bucket, id: content.id, ...counts };
}

/** The text of the mail. */
export function renderReport(
  { lookups, slot }: OpenCleaning,
  { records, repeated, invalid, unknown }: CleanList,
): string {
  return [
    `The list of slot ${slot.slot} was cleaned.`,
    `Numbers that are left: ${records}`,
    `Left out because they were there twice: ${repeated}`,
    `Left out because they cannot be the number of a mobile phone: ${invalid}`,
    ...(lookups === null ? [] : [`Left out because no network knows them: ${unknown}`]),
    '',
  ].join('\n');
}
