// Documents: their names, the tokens in their addresses, and which content they have. The bytes are in contents.ts.
import type { Document, DocumentKind, DocumentTag } from '#domain/recipients/document.ts';
import type { Query } from '#store/database/database.ts';

export interface Owner {
  readonly bucket: number;
  readonly id: number;
}

/** A document as it is stored: with its content, and the limit of its own. */
export interface StoredDocument extends Document {
  /** Null until it was written. */
  readonly contentId: string | null;
  /** Null: the platform's. */
  readonly maxBytes: number | null;
  readonly accountId: number;
}

const columns = `bucket, account_id as "accountId", id, kind, name, tags, put_token as "putToken", get_token as "getToken", size,
  created_at as "createdAtMs", written_at as "writtenAtMs", expires_at as "expiresAtMs", content_id as "contentId",
  max_bytes as "maxBytes"`;

const isAlive = (now: string) => `(expires_at is null or expires_at > to_timestamp(${now}::float8 / 1000))`;

export interface NewDocument {
  readonly id: string;
  readonly kind: DocumentKind;
  readonly name: string;
  readonly tags: readonly DocumentTag[];
  readonly putToken: string;
  readonly getToken: string;
  readonly maxBytes: number | null;
  readonly expiresAtMs: number | null;
}

/** Null when the account has `most` of this kind already. */
export async function insertDocument(
  query: Query,
  owner: Owner,
  document: NewDocument,
  most: number,
  nowMs: number,
): Promise<StoredDocument | null> {
  const { id, kind, name, tags, putToken, getToken, maxBytes, expiresAtMs } = document;
  const [row] = await query<StoredDocument>(
    `insert into documents (bucket, account_id, id, kind, name, tags, put_token, get_token, max_bytes, expires_at,
       created_at)
     select $1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9, to_timestamp($10::float8 / 1000), to_timestamp($11::float8 / 1000)
     where (select count(*) from documents where bucket = $1 and account_id = $2 and kind = $4) < $12
     returning ${columns}`,
    [
      owner.bucket,
      owner.id,
      id,
      kind,
      name,
      JSON.stringify(tags),
      putToken,
      getToken,
      maxBytes,
      expiresAtMs,
      nowMs,
      most,
    ],
  );
  return row ?? null;
}

/** The customer's own, oldest first. */
export async function listDocuments(query: Query, owner: Owner, nowMs: number): Promise<string[]> {
  const rows = await query<{ id: string }>(
    `select id from documents
     where bucket = $1 and account_id = $2 and kind = 'personal' and ${isAlive('$3')} order by created_at, id`,
    [owner.bucket, owner.id, nowMs],
  );
  return rows.map((row) => row.id);
}

export async function readDocument(
  query: Query,
  owner: Owner,
  id: string,
  nowMs: number,
): Promise<StoredDocument | null> {
  const [row] = await query<StoredDocument>(
    `select ${columns} from documents where bucket = $1 and account_id = $2 and id = $3 and ${isAlive('$4')}`,
    [owner.bucket, owner.id, id, nowMs],
  );
  return row ?? null;
}

/** Whoever it belongs to: for those who come with a token of it. */
export async function findDocument(
  query: Query,
  bucket: number,
  id: string,
  nowMs: number,
): Promise<StoredDocument | null> {
  const [row] = await query<StoredDocument>(
    `select ${columns} from documents where bucket = $1 and id = $2 and ${isAlive('$3')}`,
    [bucket, id, nowMs],
  );
  return row ?? null;
}

/**
 * Gives it another content. Answers the one it had, null when it had none; undefined when the document is gone. To be
 * called in a transaction: of two who write at once the later one stays, and each leaves what it replaced.
 */
export async function replaceContent(
  query: Query,
  bucket: number,
  id: string,
  content: { readonly id: string; readonly size: number },
  nowMs: number,
): Promise<string | null | undefined> {
  const [before] = await query<{ contentId: string | null }>(
    'select content_id as "contentId" from documents where bucket = $1 and id = $2 for update',
    [bucket, id],
  );
  if (before === undefined) return undefined;
  await query(
    `update documents set content_id = $3, size = $4, written_at = to_timestamp($5::float8 / 1000)
     where bucket = $1 and id = $2`,
    [bucket, id, content.id, content.size, nowMs],
  );
  return before.contentId;
}

/** False when there is none. */
export async function setExpiry(
  query: Query,
  owner: Owner,
  id: string,
  expiresAtMs: number | null,
): Promise<boolean> {
  const rows = await query(
    `update documents set expires_at = to_timestamp($4::float8 / 1000)
     where bucket = $1 and account_id = $2 and id = $3 and kind = 'personal' returning 1`,
    [owner.bucket, owner.id, id, expiresAtMs],
  );
  return rows.length > 0;
}

const leavesContent = `leave as (
  update contents c set is_kept = false, is_left = true, since = to_timestamp($2::float8 / 1000)
  from gone where c.bucket = $1 and c.id = gone.content_id)`;

/** With its content. False when there is none. */
export async function deleteDocument(
  query: Query,
  owner: Owner,
  id: string,
  nowMs: number,
): Promise<boolean> {
  const rows = await query(
    `with gone as (
       delete from documents where bucket = $1 and account_id = $3 and id = $4 returning id, content_id
     ), ${leavesContent}
     select id from gone`,
    [owner.bucket, nowMs, owner.id, id],
  );
  return rows.length > 0;
}

export async function deleteExpiredDocuments(query: Query, bucket: number, nowMs: number): Promise<void> {
  await query(
    `with gone as (
       delete from documents where bucket = $1 and expires_at <= to_timestamp($2::float8 / 1000)
       returning id, content_id
     ), ${leavesContent}
     select count(*) from gone`,
    [bucket, nowMs],
  );
}
