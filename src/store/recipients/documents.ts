// Documents: names, the tokens in their addresses, and their contents. Used by the documents service. The bytes are in
// file-contents.ts.
import type { AccountKey } from '#domain/account/account.ts';
import type { Document, DocumentKind, DocumentTag } from '#domain/recipients/document.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { instant, int2, int4, int8, json, nullable, text, uuid, word } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

export interface StoredDocument extends Document {
  /** Null: never written. */
  readonly contentId: string | null;
  /** Null: the limit of the platform. */
  readonly maxBytes: number | null;
  readonly accountId: number;
}

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

const documentRow = {
  ...accountParams,
  id: uuid,
  kind: word<DocumentKind>(),
  name: text,
  tags: json<readonly DocumentTag[]>(),
  putToken: text,
  getToken: text,
  size: int8,
  createdAtMs: instant,
  writtenAtMs: nullable(instant),
  expiresAtMs: nullable(instant),
  contentId: nullable(uuid),
  maxBytes: nullable(int8),
};
const columns = `bucket, account_id as "accountId", id, kind, name, tags, put_token as "putToken",
  get_token as "getToken", size, created_at as "createdAtMs", written_at as "writtenAtMs", expires_at as "expiresAtMs",
  content_id as "contentId", max_bytes as "maxBytes"`;

const documentParams = { ...accountParams, id: uuid };
const isValid = (now: string) => `(expires_at is null or expires_at > ${now})`;

const insert = statement('insert_document', {
  params: {
    ...documentParams,
    kind: word<DocumentKind>(),
    name: text,
    tags: json<readonly DocumentTag[]>(),
    putToken: text,
    getToken: text,
    maxBytes: nullable(int8),
    expiresAtMs: nullable(instant),
    now: instant,
    limit: int4,
  },
  row: documentRow,
  text: (p) => `
insert into documents (bucket, account_id, id, kind, name, tags, put_token, get_token, max_bytes, expires_at, created_at)
select ${p.bucket}, ${p.accountId}, ${p.id}, ${p.kind}, ${p.name}, ${p.tags}, ${p.putToken}, ${p.getToken},
  ${p.maxBytes}, ${p.expiresAtMs}, ${p.now}
where (
  select count(*) from documents where bucket = ${p.bucket} and account_id = ${p.accountId} and kind = ${p.kind}
) < ${p.limit}
returning ${columns}`,
});

/** Null if the account has `limit` documents of this kind. */
export function insertDocument(
  query: Query,
  account: AccountKey,
  document: NewDocument,
  limit: number,
  nowMs: number,
): Promise<StoredDocument | null> {
  return insert.find(query, { ...valuesOf(account), ...document, limit, now: nowMs });
}

const listPersonal = statement('list_documents', {
  params: { ...accountParams, now: instant },
  row: { id: uuid },
  // Index documents_by_account.
  text: (p) => `
select id from documents
where bucket = ${p.bucket} and account_id = ${p.accountId} and kind = 'personal' and ${isValid(p.now)}
order by created_at, id`,
});

/** Ids of the documents that the customer created, oldest first. */
export async function listDocuments(query: Query, account: AccountKey, nowMs: number): Promise<string[]> {
  return (await listPersonal.run(query, { ...valuesOf(account), now: nowMs })).map(({ id }) => id);
}

const read = statement('read_document', {
  params: { ...documentParams, now: instant },
  row: documentRow,
  text: (p) => `
select ${columns} from documents
where bucket = ${p.bucket} and account_id = ${p.accountId} and id = ${p.id} and ${isValid(p.now)}`,
});

export function readDocument(
  query: Query,
  account: AccountKey,
  id: string,
  nowMs: number,
): Promise<StoredDocument | null> {
  return read.find(query, { ...valuesOf(account), id, now: nowMs });
}

const find = statement('find_document', {
  params: { bucket: int2, id: uuid, now: instant },
  row: documentRow,
  text: (p) =>
    `select ${columns} from documents where bucket = ${p.bucket} and id = ${p.id} and ${isValid(p.now)}`,
});

/** A document of any account of the bucket. The caller compares its token with the one in the address. */
export function findDocument(
  query: Query,
  bucket: number,
  id: string,
  nowMs: number,
): Promise<StoredDocument | null> {
  return find.find(query, { bucket, id, now: nowMs });
}

const lockContent = statement('lock_document_content', {
  params: documentParams,
  row: { contentId: nullable(uuid) },
  text: (p) => `
select content_id as "contentId" from documents
where bucket = ${p.bucket} and account_id = ${p.accountId} and id = ${p.id} for update`,
});

const setContent = statement('set_document_content', {
  params: { ...documentParams, contentId: uuid, size: int8, now: instant },
  text: (p) => `
update documents set content_id = ${p.contentId}, size = ${p.size}, written_at = ${p.now}
where bucket = ${p.bucket} and account_id = ${p.accountId} and id = ${p.id}`,
});

/**
 * Replaces the content and returns the id of the previous one; null if there was none, undefined if the document does not
 * exist. In a transaction: of concurrent writes the last one stays, and each returns the content that it replaced.
 */
export async function replaceContent(
  query: Query,
  account: AccountKey,
  id: string,
  content: { readonly id: string; readonly size: number },
  nowMs: number,
): Promise<string | null | undefined> {
  const key = { ...valuesOf(account), id };
  const before = await lockContent.find(query, key);
  if (before === null) return undefined;
  await setContent.run(query, { ...key, contentId: content.id, size: content.size, now: nowMs });
  return before.contentId;
}

const updateExpiry = statement('set_document_expiry', {
  params: { ...documentParams, expiresAtMs: nullable(instant) },
  row: { id: uuid },
  text: (p) => `
update documents set expires_at = ${p.expiresAtMs}
where bucket = ${p.bucket} and account_id = ${p.accountId} and id = ${p.id} and kind = 'personal' returning id`,
});

/** Null: the document does not expire. False if there is no such document. */
export async function setExpiry(
  query: Query,
  account: AccountKey,
  id: string,
  expiresAtMs: number | null,
): Promise<boolean> {
  return (await updateExpiry.find(query, { ...valuesOf(account), id, expiresAtMs })) !== null;
}

/** Marks the contents of deleted documents for deletion (file-contents.ts). */
const leavesContent = (bucket: string, now: string) => `leave as (
  update contents c set is_kept = false, is_left = true, since = ${now}
  from deleted where c.bucket = ${bucket} and c.id = deleted.content_id)`;

const remove = statement('delete_document', {
  params: { ...documentParams, now: instant },
  row: { id: uuid },
  text: (p) => `
with deleted as (
  delete from documents where bucket = ${p.bucket} and account_id = ${p.accountId} and id = ${p.id}
  returning id, content_id
), ${leavesContent(p.bucket, p.now)}
select id from deleted`,
});

/** With its content. False if there is no such document. */
export async function deleteDocument(
  query: Query,
  account: AccountKey,
  id: string,
  nowMs: number,
): Promise<boolean> {
  return (await remove.find(query, { ...valuesOf(account), id, now: nowMs })) !== null;
}

const removeExpired = statement('delete_expired_documents', {
  params: { bucket: int2, now: instant },
  row: { count: int8 },
  // Index documents_expiring.
  text: (p) => `
with deleted as (
  delete from documents where bucket = ${p.bucket} and expires_at <= ${p.now} returning id, content_id
), ${leavesContent(p.bucket, p.now)}
select count(*) as count from deleted`,
});

export async function deleteExpiredDocuments(query: Query, bucket: number, nowMs: number): Promise<void> {
  await removeExpired.run(query, { bucket, now: nowMs });
}
