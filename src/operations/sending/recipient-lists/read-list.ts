// The numbers of a list, and nothing else of it. Serves what is done with few of them, such as looking them up.
import { ListError, ListReader } from '#domain/recipients/recipient-list.ts';
import { readCsv } from '#lib/text/csv-reader.ts';
import type { Context } from '#pipeline/context.ts';
import { type Content, readContent } from '#store/recipients/file-contents.ts';

/** As they are written. Throws ListError when there are more than `most`. */
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
