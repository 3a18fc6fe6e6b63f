// The bytes of files, in pieces. Used by documents, lists and slots. A content that is being written is kept only when its
// writer says so; a content without a reference is deleted when it has no reader, and at the latest when the leases of its
// readers are over.
import type { AccountKey } from '#domain/account/account.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { boolean, bytes, instant, int2, int4, int8, uuid } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

export interface Content {
  readonly bucket: number;
  /** A UUID. */
  readonly id: string;
}

export interface NewContent extends Content {
  /** The account whose sum of files it counts to. */
  readonly accountId: number;
}

/** Bytes, also of contents that are being written. */
export interface ContentLimits {
  /** Of this one. */
  readonly maxBytes: number;
  /** Of all files of its account, and of all accounts; absent: no limit. */
  readonly sums?: ContentSums;
}

export interface ContentSums {
  readonly maxAccountBytes: number;
  readonly maxTotalBytes: number;
}

export type ContentProblem = 'too-large' | 'account-full' | 'platform-full';

/** A row that is read and written at once. */
const pieceBytes = 256 * 1024;
/** The sums are read once in so many pieces (4 MB): a writer can exceed them by so much. */
const sumEveryPieces = 16;

const contentParams = { bucket: int2, id: uuid };

const insert = statement('insert_content', {
  params: { ...contentParams, accountId: int4, now: instant },
  text: (p) => `
insert into contents (bucket, id, account_id, since) values (${p.bucket}, ${p.id}, ${p.accountId}, ${p.now})`,
});

const insertPiece = statement('insert_content_piece', {
  params: { ...contentParams, number: int4, bytes },
  text: (p) => `
insert into content_pieces (bucket, content_id, number, bytes) values (${p.bucket}, ${p.id}, ${p.number}, ${p.bytes})`,
});

const setSize = statement('set_content_size', {
  params: { ...contentParams, size: int8 },
  text: (p) => `update contents set size = ${p.size} where bucket = ${p.bucket} and id = ${p.id}`,
});

/**
 * Writes bytes of any lengths as pieces of one content. Returns the number of bytes, or the limit that it exceeds. The
 * content is deleted in that case and when `bytes` throws.
 */
export async function writeContent(
  query: Query,
  { bucket, id, accountId }: NewContent,
  bytes: AsyncIterable<Uint8Array>,
  limits: ContentLimits,
  nowMs: number,
): Promise<number | ContentProblem> {
  const content = { bucket, id, accountId };
  try {
    const written = await writePieces(query, content, bytes, limits, nowMs);
    if (typeof written === 'string') await deleteContent(query, content);
    return written;
  } catch (error) {
    // The first problem is reported. If the deletion fails as well, maintenance deletes the content as unfinished.
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
  const { bucket, id } = content;
  let size = 0;
  let number = 0;
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  const flush = async () => {
    await insertPiece.run(query, {
      bucket,
      id,
      number: number++,
      bytes: Buffer.concat(waiting, waitingBytes),
    });
    waiting = [];
    waitingBytes = 0;
  };
  await insert.run(query, { ...content, now: nowMs });
  for await (const some of bytes) {
    size += some.length;
    if (size > maxBytes) return 'too-large';
    waiting.push(some);
    waitingBytes += some.length;
    if (waitingBytes < pieceBytes) continue;
    await flush();
    const problem = number % sumEveryPieces === 0 ? await saveSize(query, content, size, sums) : null;
    if (problem !== null) return problem;
  }
  if (waitingBytes > 0) await flush();
  return (await saveSize(query, content, size, sums)) ?? size;
}

/** Stores its own size first: of two writers that fill the last room concurrently at least one sees the other. */
async function saveSize(
  query: Query,
  { bucket, id, accountId }: NewContent,
  size: number,
  sums: ContentSums | undefined,
): Promise<ContentProblem | null> {
  await setSize.run(query, { bucket, id, size });
  if (sums === undefined) return null;
  const used = await readContentSums(query, { bucket, id: accountId });
  if (used.accountBytes > sums.maxAccountBytes) return 'account-full';
  return used.totalBytes > sums.maxTotalBytes ? 'platform-full' : null;
}

const sumOfAccount = statement('sum_contents_of_account', {
  params: accountParams,
  row: { bytes: int8 },
  // Index contents_by_account.
  text: (p) => `
select coalesce(sum(size), 0)::bigint as bytes from contents
where bucket = ${p.bucket} and account_id = ${p.accountId}`,
});

const sumOfAll = statement('sum_contents', {
  params: {},
  row: { bytes: int8 },
  // Over all buckets: the limit of the platform.
  text: () => 'select coalesce(sum(size), 0)::bigint as bytes from contents',
});

/** Bytes of all files of an account, and of all accounts. */
export async function readContentSums(
  query: Query,
  account: AccountKey,
): Promise<{ readonly accountBytes: number; readonly totalBytes: number }> {
  const ofAccount = await sumOfAccount.find(query, valuesOf(account));
  const ofAll = await sumOfAll.find(query, {});
  return { accountBytes: ofAccount!.bytes, totalBytes: ofAll!.bytes };
}

/** How long a reader counts after its last piece: longer than a plan of a list or a pause of a client. */
const readingLease = `interval '15 minutes'`;

const addReader = statement('hold_content', {
  params: contentParams,
  row: { id: uuid },
  text: (p) => `
update contents set readers = readers + 1, read_until = now() + ${readingLease}
where bucket = ${p.bucket} and id = ${p.id} returning id`,
});

/** Prevents the deletion of a content until `releaseContent`. False if it was deleted. */
export async function holdContent(query: Query, { bucket, id }: Content): Promise<boolean> {
  return (await addReader.find(query, { bucket, id })) !== null;
}

const removeReader = statement('release_content', {
  params: contentParams,
  row: { isUnused: boolean },
  text: (p) => `
update contents set readers = greatest(readers - 1, 0) where bucket = ${p.bucket} and id = ${p.id}
returning is_left and readers = 0 as "isUnused"`,
});

/** Deletes the content if it is left and has no other reader. */
export async function releaseContent(query: Query, { bucket, id }: Content): Promise<void> {
  const row = await removeReader.find(query, { bucket, id });
  if (row?.isUnused) await deleteUnreadContents(query, bucket);
}

const readPiece = statement('read_content_piece', {
  params: { ...contentParams, number: int4 },
  row: { bytes },
  // The lease is renewed once a minute: most pieces are read without a write.
  text: (p) => `
with renewed as (
  update contents set read_until = now() + ${readingLease}
  where bucket = ${p.bucket} and id = ${p.id} and read_until < now() + ${readingLease} - interval '1 minute'
)
select bytes from content_pieces where bucket = ${p.bucket} and content_id = ${p.id} and number = ${p.number}`,
});

const find = statement('find_content', {
  params: contentParams,
  row: { id: uuid },
  text: (p) => `select id from contents where bucket = ${p.bucket} and id = ${p.id}`,
});

/** From the first piece, one in memory at a time. Null if the content does not exist. */
export async function openContent(query: Query, content: Content): Promise<AsyncGenerator<Buffer> | null> {
  return (await holdContent(query, content)) ? readPieces(query, content) : null;
}

async function* readPieces(query: Query, { bucket, id }: Content): AsyncGenerator<Buffer> {
  try {
    for (let number = 0; ; number++) {
      const row = await readPiece.find(query, { bucket, id, number });
      if (row === null) break;
      yield row.bytes;
    }
    if ((await find.find(query, { bucket, id })) === null)
      throw new Error(`the content ${id} was deleted during its reading`);
  } finally {
    await releaseContent(query, { bucket, id });
  }
}

/** The same for a content that must exist: throws if it does not. */
export async function* readContent(query: Query, content: Content): AsyncGenerator<Buffer> {
  const pieces = await openContent(query, content);
  if (pieces === null) throw new Error(`the content ${content.id} was deleted before its reading`);
  yield* pieces;
}

const keep = statement('keep_content', {
  params: contentParams,
  text: (p) => `update contents set is_kept = true where bucket = ${p.bucket} and id = ${p.id}`,
});

/** A row refers to the content from now on. */
export async function keepContent(query: Query, { bucket, id }: Content): Promise<void> {
  await keep.run(query, { bucket, id });
}

const leave = statement('leave_content', {
  params: { ...contentParams, now: instant },
  text: (p) => `
update contents set is_kept = false, is_left = true, since = ${p.now} where bucket = ${p.bucket} and id = ${p.id}`,
});

/** No row refers to the content any more; `deleteUnreadContents` deletes it when it has no reader. */
export async function leaveContent(query: Query, { bucket, id }: Content, nowMs: number): Promise<void> {
  await leave.run(query, { bucket, id, now: nowMs });
}

const leaveNew = statement('leave_content_unless_kept', {
  params: { ...contentParams, now: instant },
  text: (p) => `
update contents set is_left = true, since = ${p.now}
where bucket = ${p.bucket} and id = ${p.id} and not is_kept`,
});

/** The same, without effect on a content that is kept. */
export async function leaveUnlessKept(query: Query, { bucket, id }: Content, nowMs: number): Promise<void> {
  await leaveNew.run(query, { bucket, id, now: nowMs });
}

const isUnread = '(readers = 0 or read_until < now())';
const withPieces = (bucket: string, condition: string) => `
with deleted as (delete from contents where bucket = ${bucket} and ${condition} returning id)
delete from content_pieces p using deleted where p.bucket = ${bucket} and p.content_id = deleted.id`;

const deleteUnread = statement('delete_unread_contents', {
  params: { bucket: int2 },
  // Index contents_left.
  text: (p) => withPieces(p.bucket, `not is_kept and is_left and ${isUnread}`),
});

/** Deletes contents that are left and have no reader. */
export async function deleteUnreadContents(query: Query, bucket: number): Promise<void> {
  await deleteUnread.run(query, { bucket });
}

const deleteUnfinished = statement('delete_unfinished_contents', {
  params: { bucket: int2, before: instant },
  // Index contents_left.
  text: (p) => withPieces(p.bucket, `not is_kept and not is_left and since < ${p.before} and ${isUnread}`),
});

/** Deletes contents that were begun before this instant and neither kept nor left: their writers have ended. */
export async function deleteUnfinishedContents(
  query: Query,
  bucket: number,
  beforeMs: number,
): Promise<void> {
  await deleteUnfinished.run(query, { bucket, before: beforeMs });
}

const deleteOne = statement('delete_content', {
  params: contentParams,
  text: (p) => withPieces(p.bucket, `id = ${p.id}`),
});

async function deleteContent(query: Query, { bucket, id }: Content): Promise<void> {
  await deleteOne.run(query, { bucket, id });
}
