// The bytes of files, in pieces. What is being written is not kept until its writer says so, and what nobody refers to
// any more is deleted after a while: whoever still reads it comes to its end, and whoever died while writing leaves nothing.
import type { Query, Statement } from '#store/database/database.ts';

export interface Content {
  readonly bucket: number;
  /** A UUID. */
  readonly id: string;
}

/** A row that is read and written at once. */
const pieceBytes = 256 * 1024;

/**
 * Writes bytes of any lengths as pieces of one. Answers their number, or `too-large` when there are more than
 * `maxBytes`: what was written is then left behind.
 */
export async function writeContent(
  query: Query,
  content: Content,
  bytes: AsyncIterable<Uint8Array>,
  maxBytes: number,
  nowMs: number,
): Promise<number | 'too-large'> {
  let size = 0;
  let number = 0;
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  const flush = async () => {
    await putPiece(query, content, number++, Buffer.concat(waiting, waitingBytes));
    waiting = [];
    waitingBytes = 0;
  };
  await insertContent(query, content, nowMs);
  for await (const some of bytes) {
    size += some.length;
    if (size > maxBytes) return 'too-large';
    waiting.push(some);
    waitingBytes += some.length;
    if (waitingBytes >= pieceBytes) await flush();
  }
  if (waitingBytes > 0) await flush();
  return size;
}

async function insertContent(query: Query, { bucket, id }: Content, nowMs: number): Promise<void> {
  await query('insert into contents (bucket, id, since) values ($1, $2, to_timestamp($3::float8 / 1000))', [
    bucket,
    id,
    nowMs,
  ]);
}

async function putPiece(query: Query, { bucket, id }: Content, number: number, bytes: Buffer): Promise<void> {
  await query('insert into content_pieces (bucket, content_id, number, bytes) values ($1, $2, $3, $4)', [
    bucket,
    id,
    number,
    bytes,
  ]);
}

const readPieceStatement: Statement = {
  name: 'read_content_piece',
  text: 'select bytes from content_pieces where bucket = $1 and content_id = $2 and number = $3',
};

/** From the first piece on, one in memory at a time. Throws when it was deleted meanwhile: what is read is whole. */
export async function* readContent(query: Query, { bucket, id }: Content): AsyncGenerator<Buffer> {
  for (let number = 0; ; number++) {
    const [row] = await query<{ bytes: Buffer }>(readPieceStatement, [bucket, id, number]);
    if (row === undefined) break;
    yield row.bytes;
  }
  const rows = await query('select 1 from contents where bucket = $1 and id = $2', [bucket, id]);
  if (rows.length === 0) throw new Error(`the content ${id} was deleted while it was read`);
}

/** Somebody refers to it from now on. */
export async function keepContent(query: Query, { bucket, id }: Content): Promise<void> {
  await query('update contents set is_kept = true where bucket = $1 and id = $2', [bucket, id]);
}

/** Nobody refers to it any more. */
export async function leaveContent(query: Query, { bucket, id }: Content, nowMs: number): Promise<void> {
  await query(
    `update contents set is_kept = false, since = to_timestamp($3::float8 / 1000) where bucket = $1 and id = $2`,
    [bucket, id, nowMs],
  );
}

/** Deletes what has been left since before this instant. */
export async function deleteLeftContents(query: Query, bucket: number, beforeMs: number): Promise<void> {
  await query(
    `with gone as (
       delete from contents
       where bucket = $1 and not is_kept and since < to_timestamp($2::float8 / 1000)
       returning id)
     delete from content_pieces p using gone where p.bucket = $1 and p.content_id = gone.id`,
    [bucket, beforeMs],
  );
}
