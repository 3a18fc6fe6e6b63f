// Reads a list as a cleaning sees it: each possible number once. Used by the order, which prices the numbers, and by the
// job, which writes the cleaned list.
import type { Account } from '#domain/account/account.ts';
import { ListReader, type ListRow } from '#domain/recipients/recipient-list.ts';
import { readMsisdn } from '#gsm/msisdn.ts';
import { NumberSet } from '#lib/number-set.ts';
import { readCsv } from '#lib/text/csv-reader.ts';
import type { Query } from '#store/database/database.ts';
import { type Content, readContent } from '#store/recipients/file-contents.ts';

/** Rows that are read, looked up and written together. */
const partSize = 5_000;

export interface DistinctRow {
  readonly row: ListRow;
  readonly msisdn: number;
  readonly country: string;
}

/** Yields part by part, each possible number once; `onDropped` receives every other row. */
export async function* readDistinct(
  query: Query,
  { settings }: Account,
  content: Content,
  onDropped: (isRepeated: boolean) => void,
  onColumns: (list: ListReader) => void = () => {},
): AsyncGenerator<DistinctRow[]> {
  const reader = new ListReader();
  const seen = new NumberSet();
  let part: DistinctRow[] = [];
  for await (const lines of readCsv(readContent(query, content))) {
    for (const row of reader.read(lines)) {
      const read = readMsisdn(row.number, settings.defaultCountry);
      if (!read.ok || !seen.add(read.msisdn)) {
        onDropped(read.ok);
        continue;
      }
      part.push({ row, msisdn: read.msisdn, country: read.country });
      if (part.length < partSize) continue;
      onColumns(reader);
      yield part;
      part = [];
    }
  }
  onColumns(reader);
  if (part.length > 0) yield part;
}
