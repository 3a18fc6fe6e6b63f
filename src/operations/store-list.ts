// A list of recipients is taken in: its bytes are written down as they come, and read as they pass, so that what is no list
// is told with its line and leaves nothing behind.
import { ListError, ListReader } from '#domain/recipient-list.ts';
import { CsvReader } from '#lib/csv-reader.ts';
import { newUuid } from '#lib/secrets.ts';
import { type Content, writeContent } from '#store/contents.ts';
import type { Context } from './context.ts';

export interface StoredList extends Content {
  /** Lines with a number. */
  readonly records: number;
}

/** Not kept: it is deleted in an hour unless somebody keeps it. Throws ListError, CsvError, and what `bytes` throws. */
export async function storeList(
  { database, clock }: Pick<Context, 'database' | 'clock'>,
  bucket: number,
  bytes: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<StoredList> {
  const content = { bucket, id: newUuid() };
  const check = new ListCheck();
  const size = await writeContent(database.query, content, check.pass(bytes), maxBytes, clock.now());
  if (size === 'too-large') throw new ListError(`A list has at most ${maxBytes} bytes`);
  return { ...content, records: check.records };
}

class ListCheck {
  readonly #csv = new CsvReader();
  readonly #list = new ListReader();
  records = 0;

  async *pass(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of bytes) {
      this.records += this.#list.read(this.#csv.push(piece)).length;
      yield piece;
    }
    this.records += this.#list.read(this.#csv.end()).length;
    // An empty file is no list.
    void this.#list.columns;
  }
}
