// Reads the numbers of a list only. Used for short lists, such as those of look-ups.
import { ListError, ListReader } from '#domain/recipients/recipient-list.ts';
import { readCsv } from '#lib/text/csv-reader.ts';
import type { Context } from '#pipeline/context.ts';
import { type Content, readContent } from '#store/recipients/file-contents.ts';

/** The numbers as written. Throws ListError for more than `most`. */
export async function readListNumbers(
  { database }: Pick<Context, 'database'>,
  list: Content,
  most: number,
): Promise<string[]> {
  const reader = new ListReader();
  const numbers: string[] = [];
  for await (const lines of readCsv(readContent(database.query, list)))
    for (const { number } of reader.read(lines)) {
      if (numbers.length === most) throw new ListError(`A list has at most ${most} numbers here`);
      numbers.push(number);
    }
  return numbers;
}
