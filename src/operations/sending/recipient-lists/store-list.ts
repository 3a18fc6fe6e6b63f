// Stores a list of recipients: its bytes are written and checked as they arrive. A faulty list is refused with its line and
// leaves nothing stored.
import { ListError, type ListLine, ListReader, looksLikeNumber } from '#domain/recipients/recipient-list.ts';
import { newUuid } from '#lib/security/secrets.ts';
import { CsvReader } from '#lib/text/csv-reader.ts';
import type { Context } from '#pipeline/context.ts';
import {
  type Content,
  type ContentProblem,
  type ContentSums,
  writeContent,
} from '#store/recipients/file-contents.ts';

export interface StoredList extends Content {
  /** Lines with a number. */
  readonly records: number;
}

export interface ListLimits {
  readonly maxBytes: number;
  /** Of all files of the account, and of the platform. */
  readonly sums?: ContentSums;
  /** An invalid telephone number is refused with its line. */
  readonly checksNumbers?: boolean;
}

/** Stores a list that the caller keeps or leaves; unkept, it is deleted after an hour. Throws ListError, CsvError, and errors of `bytes`. */
export async function storeList(
  { database, clock }: Pick<Context, 'database' | 'clock'>,
  { bucket, id: accountId }: { readonly bucket: number; readonly id: number },
  bytes: AsyncIterable<Uint8Array>,
  limits: ListLimits,
): Promise<StoredList> {
  const content = { bucket, id: newUuid(), accountId };
  const check = new ListCheck(limits);
  const size = await writeContent(database.query, content, check.pass(bytes), limits, clock.now());
  if (typeof size === 'string') throw new ListError(problems[size](limits));
  return { bucket, id: content.id, records: check.records };
}

const problems: Readonly<Record<ContentProblem, (limits: ListLimits) => string>> = {
  'too-large': ({ maxBytes }) => `A list has at most ${maxBytes} bytes`,
  'account-full': ({ sums }) =>
    `The files of this account have at most ${sums!.maxAccountBytes} bytes together: delete documents or empty slots`,
  'platform-full': () => 'There is no room for more files at present: try again later',
};

class ListCheck {
  readonly #csv = new CsvReader();
  readonly #list = new ListReader();
  readonly #limits: ListLimits;
  records = 0;

  constructor(limits: ListLimits) {
    this.#limits = limits;
  }

  async *pass(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of bytes) {
      this.#check(this.#csv.push(piece));
      yield piece;
    }
    this.#check(this.#csv.end());
    // An empty file is no list.
    void this.#list.columns;
  }

  #check(lines: readonly ListLine[]): void {
    const rows = this.#list.read(lines);
    this.records += rows.length;
    if (this.#limits.checksNumbers !== true) return;
    for (const { number, line } of rows)
      if (!looksLikeNumber(number)) throw new ListError(`There is no telephone number on line ${line}`);
  }
}
