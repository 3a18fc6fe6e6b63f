// Files of customers: written and read by holders of their address, listed and deleted by their account, deleted when they
// expire. Used by the listeners, and by operations that read a customer's list or write a file for a customer.
//
// Promises: a file is replaced whole or not at all, after a crash at any point; a reader of the old file reads it to its
// end; memory holds one piece of a file.
import type { AccountKey } from '#domain/account/account.ts';
import type { Document, DocumentKind, DocumentTag } from '#domain/recipients/document.ts';
import { hashSecret, isSameHash, newUuid, randomToken } from '#lib/security/secrets.ts';
import { dayMs, hourMs } from '#lib/time/duration.ts';
import { type Guarded, guard } from '#operations/access/guard.ts';
import type { Context } from '#pipeline/context.ts';
import {
  deleteDocument,
  deleteExpiredDocuments,
  findDocument,
  insertDocument,
  listDocuments,
  readDocument,
  replaceContent,
  type StoredDocument,
  setExpiry,
} from '#store/recipients/documents.ts';
import {
  type ContentProblem,
  type ContentSums,
  deleteUnfinishedContents,
  deleteUnreadContents,
  keepContent,
  leaveContent,
  openContent,
  writeContent,
} from '#store/recipients/file-contents.ts';

export type Bytes = AsyncIterable<Uint8Array>;

export interface DocumentOrder {
  readonly kind: DocumentKind;
  readonly name: string;
  readonly tags?: readonly DocumentTag[];
  /** Maximum size; absent: the platform's limit. */
  readonly maxBytes?: number;
  /** Personal documents always expire, others if this is set. */
  readonly lifeMs?: number;
}

/** The document of a token. */
export interface DocumentAddress {
  readonly bucket: number;
  readonly id: string;
  readonly token: string;
}

export interface DocumentReading {
  readonly document: Document;
  readonly bytes: Bytes;
}

export interface Documents {
  /** Creates a document without content. Null if the account has too many of this kind. */
  create(account: AccountKey, order: DocumentOrder): Promise<Document | null>;
  /** Ids of personal documents, oldest first. */
  list(account: AccountKey): Promise<readonly string[]>;
  read(account: AccountKey, id: string): Promise<Document | null>;
  /** Null is the longest possible time. False for an unknown document. */
  setExpiry(account: AccountKey, id: string, expiresAtMs: number | null): Promise<boolean>;
  /** False for an unknown document. */
  remove(account: AccountKey, id: string): Promise<boolean>;
  /** Null for an unknown document, or one without content. */
  open(account: AccountKey, id: string): Promise<DocumentReading | null>;
  /** Replaces the content. Returns the number of bytes written, or the reason of a refusal. */
  write(
    document: Pick<Document, 'bucket' | 'id'>,
    bytes: Bytes,
  ): Promise<number | 'unknown' | ContentProblem>;
  /** The document of this write address, and its maximum of bytes. */
  findToWrite(address: DocumentAddress): Promise<{ document: Document; maxBytes: number } | null>;
  /** Null also if it has no content. */
  openAddress(address: DocumentAddress): Promise<DocumentReading | null>;
  /** Deletes expired documents and abandoned pieces. */
  clean(buckets: readonly number[]): Promise<void>;
}

export interface DocumentOptions {
  /** Limit of one document. */
  readonly maxBytes: number;
  /** Limits of all files of an account, and of the platform. */
  readonly sums: ContentSums;
  /** Default retention of a document. */
  readonly lifeMs: number;
}

/** Limit for one kind and one account. */
const maxDocuments = 1_000;
const longestLifeMs = 366 * dayMs;
/** Longer than any upload. A time instead of a claim: no other process waits for the pieces of a stopped writer. */
const writtenForMs = hourMs;
/** Attempts to read a document that is replaced between the read of its row and of its first piece. */
const openTries = 5;

type Needs = Pick<Context, 'database' | 'clock'>;

type DocumentMethods = Pick<Documents, 'create' | 'list' | 'read' | 'setExpiry' | 'remove' | 'open'>;

/** The account's methods, and those that need only the token of a document's address. */
export interface DocumentService extends Guarded<DocumentMethods> {
  readonly openAddress: Documents['openAddress'];
  readonly findToWrite: Documents['findToWrite'];
  /** Writes a document that `findToWrite` returned. */
  readonly write: Documents['write'];
}

export function createDocumentService(documents: Documents): DocumentService {
  const { openAddress, findToWrite, write } = documents;
  const owned = guard<DocumentMethods>(documents, {
    create: 'documents.write',
    list: 'documents.read',
    read: 'documents.read',
    setExpiry: 'documents.write',
    remove: 'documents.write',
    open: 'documents.read',
  });
  return {
    create: owned.create,
    list: owned.list,
    read: owned.read,
    setExpiry: owned.setExpiry,
    remove: owned.remove,
    open: owned.open,
    openAddress,
    findToWrite,
    write,
  };
}

export function createDocuments({ database, clock }: Needs, options: DocumentOptions): Documents {
  const { query } = database;

  const limitOf = ({ maxBytes }: StoredDocument) => Math.min(maxBytes ?? options.maxBytes, options.maxBytes);

  async function open(find: () => Promise<StoredDocument | null>): Promise<DocumentReading | null> {
    for (let tries = 0; tries < openTries; tries++) {
      const document = await find();
      if (document === null || document.contentId === null) return null;
      const bytes = await openContent(query, { bucket: document.bucket, id: document.contentId });
      if (bytes !== null) return { document, bytes };
    }
    return null;
  }

  return {
    create(account, { kind, name, tags = [], maxBytes = null, lifeMs }) {
      const lastsMs = lifeMs ?? (kind === 'personal' ? options.lifeMs : null);
      const nowMs = clock.now();
      const document = {
        id: newUuid(),
        kind,
        name,
        tags,
        putToken: randomToken(32),
        getToken: randomToken(32),
        maxBytes,
        expiresAtMs: lastsMs === null ? null : nowMs + lastsMs,
      };
      return insertDocument(query, account, document, maxDocuments, nowMs);
    },

    list: (account) => listDocuments(query, account, clock.now()),

    read: (account, id) => readDocument(query, account, id, clock.now()),

    setExpiry(account, id, expiresAtMs) {
      const latestMs = clock.now() + longestLifeMs;
      return setExpiry(query, account, id, Math.min(expiresAtMs ?? latestMs, latestMs));
    },

    async remove(account, id) {
      const isDeleted = await deleteDocument(query, account, id, clock.now());
      if (isDeleted) await deleteUnreadContents(query, account.bucket);
      return isDeleted;
    },

    open: (account, id) => open(() => readDocument(query, account, id, clock.now())),

    async write({ bucket, id }, bytes) {
      const document = await findDocument(query, bucket, id, clock.now());
      if (document === null) return 'unknown';
      const account = { bucket, id: document.accountId };
      const content = { bucket, id: newUuid(), accountId: document.accountId };
      const limits = { maxBytes: limitOf(document), sums: withRoomFor(document.size, options.sums) };
      const size = await writeContent(query, content, bytes, limits, clock.now());
      if (typeof size === 'string') return size;
      const nowMs = clock.now();
      const written = await database.transaction(async (inside) => {
        const before = await replaceContent(inside, account, id, { id: content.id, size }, nowMs);
        if (before === undefined) return 'unknown';
        if (before !== null) await leaveContent(inside, { bucket, id: before }, nowMs);
        await keepContent(inside, content);
        return size;
      });
      // The old content is deleted now unless it is being read. If the document was deleted, the new content is.
      if (written === 'unknown') await leaveContent(query, content, nowMs);
      await deleteUnreadContents(query, bucket);
      return written;
    },

    async findToWrite({ bucket, id, token }) {
      const document = await findDocument(query, bucket, id, clock.now());
      if (document === null || !isSame(document.putToken, token)) return null;
      return { document, maxBytes: limitOf(document) };
    },

    async openAddress({ bucket, id, token }) {
      return open(async () => {
        const document = await findDocument(query, bucket, id, clock.now());
        return document !== null && isSame(document.getToken, token) ? document : null;
      });
    },

    async clean(buckets) {
      const nowMs = clock.now();
      for (const bucket of buckets) {
        await deleteExpiredDocuments(query, bucket, nowMs);
        await deleteUnreadContents(query, bucket);
        await deleteUnfinishedContents(query, bucket, nowMs - writtenForMs);
      }
    },
  };
}

/** Days that a file is kept for a draft of the console, as long as the draft. */
const attachedDays = 30;

/** Stores bytes as a new file of an account. The reason otherwise; nothing is stored then. */
export async function attachDocument(
  documents: Documents,
  account: AccountKey,
  name: string,
  bytes: Bytes,
): Promise<{ id: string; sizeBytes: number } | 'too-many' | 'unknown' | ContentProblem> {
  const document = await documents.create(account, { kind: 'attached', name, lifeMs: attachedDays * dayMs });
  if (document === null) return 'too-many';
  const written = await documents.write(document, bytes);
  if (typeof written === 'number') return { id: document.id, sizeBytes: written };
  await documents.remove(account, document.id);
  return written;
}

/** The limit does not count both contents of a replaced document: the old one is deleted when the new one is complete. */
function withRoomFor(bytes: number, { maxAccountBytes, maxTotalBytes }: ContentSums): ContentSums {
  return { maxAccountBytes: maxAccountBytes + bytes, maxTotalBytes: maxTotalBytes + bytes };
}

function isSame(known: string, given: string): boolean {
  return isSameHash(hashSecret(known), hashSecret(given));
}
