// The bytes of files, in pieces. What is being written is not kept until its writer says so; what nobody refers to any more
// is deleted as soon as nobody reads it, and at the latest a while after its readers died.
// Used by documents, lists and slots, and by whatever reads or writes them.
import type { Query, Statement } from '#store/database/database.ts';

export interface Content {
  readonly bucket: number;
  /** A UUID. */
  readonly id: string;
}

export interface NewContent extends Content {
  /** Whose it is, for the sum of its files. */
  readonly accountId: number;
}

/** Bytes, also of what is still being written. */
export interface ContentLimits {
  /** Of this one. */
  readonly maxBytes: number;
  /** Of all files of its account, and of all accounts; without limit when absent. */
  readonly sums?: ContentSums;
}

export interface ContentSums {
  readonly maxAccountBytes: number;
  readonly maxTotalBytes: number;
}

export type ContentProblem = 'too-large' | 'account-full' | 'platform-full';

/** A row that is read and written at once. */
const pieceBytes = 256 * 1024;
/** The sums are looked at once in so many pieces (4 MB): so much each writer may be beyond them. */
const sumEveryPieces = 16;

/**
 * Writes bytes of any lengths as pieces of one. Answers their number, or why there are too many of them. What was written
 * is deleted then, and when `bytes` throws.
 */
export async function writeContent(
  query: Query,
  content: NewContent,
  bytes: AsyncIterable<Uint8Array>,
  limits: ContentLimits,
  nowMs: number,
): Promise<number | ContentProblem> {
  try {
    const written = await writePieces(query, content, bytes, limits, nowMs);
    if (typeof written === 'string') await deleteContent(query, content);
    return written;
  } catch (error) {
    // Whatever the deletion says, the first problem is told; a content that stays is deleted like that of a dead writer.
    await deleteContent(query, content).catch(() => {});
    throw error;
  }
}

async function writePieces(
  query: Query,
  content: NewContent,
  bytes: AsyncIterable<Uint8Array>,
  { maxBytes, sums }: ContentLimits,
  nowMs: number,
): Promise<number | ContentProblem> {
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
    if (waitingBytes < pieceBytes) continue;
    await flush();
    const problem = number % sumEveryPieces === 0 ? await noteSize(query, content, size, sums) : null;
    if (problem !== null) return problem;
  }
  if (waitingBytes > 0) await flush();
  return (await noteSize(query, content, size, sums)) ?? size;
}

async function insertContent(
  query: Query,
  { bucket, id, accountId }: NewContent,
  nowMs: number,
): Promise<void> {
  await query(
    `insert into contents (bucket, id, account_id, since)
     values ($1, $2, $3, to_timestamp($4::float8 / 1000))`,
    [bucket, id, accountId, nowMs],
  );
}

async function putPiece(query: Query, { bucket, id }: Content, number: number, bytes: Buffer): Promise<void> {
  await query('insert into content_pieces (bucket, content_id, number, bytes) values ($1, $2, $3, $4)', [
    bucket,
    id,
    number,
    bytes,
  ]);
}

/** First its own size, so that of two who fill the last room at once at least one sees the other. */
async function noteSize(
  query: Query,
  { bucket, id, accountId }: NewContent,
  size: number,
  sums: ContentSums | undefined,
): Promise<ContentProblem | null> {
  await query('update contents set size = $3 where bucket = $1 and id = $2', [bucket, id, size]);
  if (sums === undefined) return null;
  const used = await readContentSums(query, { bucket, id: accountId });
  if (used.accountBytes > sums.maxAccountBytes) return 'account-full';
  return used.totalBytes > sums.maxTotalBytes ? 'platform-full' : null;
}

/** Bytes of all files of an account, and of all accounts. */
export async function readContentSums(
  query: Query,
  account: { readonly bucket: number; readonly id: number },
): Promise<{ readonly accountBytes: number; readonly totalBytes: number }> {
  const [row] = await query<{ accountBytes: number; totalBytes: number }>(
    `select (select coalesce(sum(size), 0)::bigint from contents where bucket = $1 and account_id = $2)
       as "accountBytes", (select coalesce(sum(size), 0)::bigint from contents) as "totalBytes"`,
    [account.bucket, account.id],
  );
  return row!;
}

/** How long a reader counts after its last piece: longer than a list is judged, or a client pauses. */
const readingLease = `interval '15 minutes'`;

/** Keeps a content that may be left meanwhile from being deleted; false when it was. Ends with `releaseContent`. */
export async function holdContent(query: Query, { bucket, id }: Content): Promise<boolean> {
  const rows = await query(
    `update contents set readers = readers + 1, read_until = now() + ${readingLease}
     where bucket = $1 and id = $2 returning 1`,
    [bucket, id],
  );
  return rows.length > 0;
}

/** Deletes it when it was left meanwhile and nobody else reads it. */
export async function releaseContent(query: Query, { bucket, id }: Content): Promise<void> {
  const [row] = await query<{ isOver: boolean }>(
    `update contents set readers = greatest(readers - 1, 0) where bucket = $1 and id = $2
     returning is_left and readers = 0 as "isOver"`,
    [bucket, id],
  );
  if (row?.isOver) await deleteUnreadContents(query, bucket);
}

// The lease is renewed once in a while only: most pieces are read without a write.
const readPieceStatement: Statement = {
  name: 'read_content_piece',
  text: `
with renewed as (
  update contents set read_until = now() + ${readingLease}
  where bucket = $1 and id = $2 and read_until < now() + ${readingLease} - interval '1 minute'
)
select bytes from content_pieces where bucket = $1 and content_id = $2 and number = $3`,
};

/** From the first piece on, one in memory at a time. Null when it is gone. */
export async function openContent(query: Query, content: Content): Promise<AsyncGenerator<Buffer> | null> {
  return (await holdContent(query, content)) ? readPieces(query, content) : null;
}

async function* readPieces(query: Query, content: Content): AsyncGenerator<Buffer> {
  const { bucket, id } = content;
  try {
    for (let number = 0; ; number++) {
      const [row] = await query<{ bytes: Buffer }>(readPieceStatement, [bucket, id, number]);
      if (row === undefined) break;
      yield row.bytes;
    }
    const rows = await query('select 1 from contents where bucket = $1 and id = $2', [bucket, id]);
    if (rows.length === 0) throw new Error(`the content ${id} was deleted while it was read`);
  } finally {
    await releaseContent(query, content);
  }
}

/** The same, for what is known to be there: throws when it is gone. */
export async function* readContent(query: Query, content: Content): AsyncGenerator<Buffer> {
  const pieces = await openContent(query, content);
  if (pieces === null) throw new Error(`the content ${content.id} was deleted before it was read`);
  yield* pieces;
}

/** Somebody refers to it from now on. */
export async function keepContent(query: Query, { bucket, id }: Content): Promise<void> {
  await query('update contents set is_kept = true where bucket = $1 and id = $2', [bucket, id]);
}

/** Nobody refers to it any more; `deleteUnreadContents` deletes it when nobody reads it. */
export async function leaveContent(query: Query, { bucket, id }: Content, nowMs: number): Promise<void> {
  await query(
    `update contents set is_kept = false, is_left = true, since = to_timestamp($3::float8 / 1000)
     where bucket = $1 and id = $2`,
    [bucket, id, nowMs],
  );
}

/** The same, for what may be kept: then nothing happens. */
export async function leaveUnlessKept(query: Query, { bucket, id }: Content, nowMs: number): Promise<void> {
  await query(
    `update contents set is_left = true, since = to_timestamp($3::float8 / 1000)
     where bucket = $1 and id = $2 and not is_kept`,
    [bucket, id, nowMs],
  );
}

const isUnread = '(readers = 0 or read_until < now())';

/** What was left, as far as nobody reads it. */
export async function deleteUnreadContents(query: Query, bucket: number): Promise<void> {
  await query(
    `with gone as (
       delete from contents where bucket = $1 and not is_kept and is_left and ${isUnread} returning id)
     delete from content_pieces p using gone where p.bucket = $1 and p.content_id = gone.id`,
    [bucket],
  );
}

/** What was begun before this instant, and was neither kept nor left: its writer is dead. */
export async function deleteUnfinishedContents(
  query: Query,
  bucket: number,
  beforeMs: number,
): Promise<void> {
  await query(
    `with gone as (
       delete from contents
       where bucket = $1 and not is_kept and not is_left and since < to_timestamp($2::float8 / 1000) and ${isUnread}
       returning id)
     delete from content_pieces p using gone where p.bucket = $1 and p.content_id = gone.id`,
    [bucket, beforeMs],
  );
}

async function deleteContent(query: Query, { bucket, id }: Content): Promise<void> {
  await query(
    `with gone as (delete from contents where bucket = $1 and id = $2 returning id)
     delete from content_pieces p using gone where p.bucket = $1 and p.content_id = gone.id`,
    [bucket, id],
  );
}
