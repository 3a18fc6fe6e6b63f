// Files of customers: written and read by whoever has their address, listed and dropped by their owner, gone when they
// expire. Serves the doors, and the operations that read a customer's list or write a file for him.
//
// Promises: a file is replaced whole or not at all, whoever dies meanwhile; whoever reads the old one comes to its end; no
// more of a file is in memory than a piece.
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
  /** The most it may ever hold; the platform's limit when absent. */
  readonly maxBytes?: number;
  /** Personal ones expire anyway, others when this is set. */
  readonly lifeMs?: number;
}

/** What a token opens. */
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
  /** Without content yet. Null when the owner has too many of this kind. */
  create(account: AccountKey, order: DocumentOrder): Promise<Document | null>;
  /** Ids of the personal ones, oldest first. */
  list(account: AccountKey): Promise<readonly string[]>;
  read(account: AccountKey, id: string): Promise<Document | null>;
  /** Null is the longest time there is. False when there is no such document. */
  setExpiry(account: AccountKey, id: string, expiresAtMs: number | null): Promise<boolean>;
  /** False when there was none. */
  remove(account: AccountKey, id: string): Promise<boolean>;
  /** Null when there is none, or nothing was written to it. */
  open(account: AccountKey, id: string): Promise<DocumentReading | null>;
  /** Replaces what it holds. Answers the bytes written, or why nothing was. */
  write(
    document: Pick<Document, 'bucket' | 'id'>,
    bytes: Bytes,
  ): Promise<number | 'unknown' | ContentProblem>;
  /** The document that may be written with this address, and the most bytes it takes. */
  findToWrite(address: DocumentAddress): Promise<{ document: Document; maxBytes: number } | null>;
  /** Null too when nothing was written to it. */
  openAddress(address: DocumentAddress): Promise<DocumentReading | null>;
  /** Deletes what expired, and what was left behind. */
  clean(buckets: readonly number[]): Promise<void>;
}

export interface DocumentOptions {
  /** Of one document. */
  readonly maxBytes: number;
  /** Of all files of an account, and of the platform. */
  readonly sums: ContentSums;
  /** How long one is kept unless its owner says otherwise. */
  readonly lifeMs: number;
}

/** Of one kind and one account. */
const mostDocuments = 1_000;
const longestLifeMs = 366 * dayMs;
/** Longer than anybody writes. A time and no owner: nobody waits for what a dead writer left. */
const writtenForMs = hourMs;
/** Somebody may replace a document between the look at it and the first piece: so often it is looked at again. */
const openTries = 5;

type Needs = Pick<Context, 'database' | 'clock'>;

type DocumentMethods = Pick<Documents, 'create' | 'list' | 'read' | 'setExpiry' | 'remove' | 'open'>;

/** The owner's methods, and those that need only the token of a document's address. */
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
    create(owner, { kind, name, tags = [], maxBytes = null, lifeMs }) {
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
      return insertDocument(query, owner, document, mostDocuments, nowMs);
    },

    list: (owner) => listDocuments(query, owner, clock.now()),

    read: (owner, id) => readDocument(query, owner, id, clock.now()),

    setExpiry(owner, id, expiresAtMs) {
      const latestMs = clock.now() + longestLifeMs;
      return setExpiry(query, owner, id, Math.min(expiresAtMs ?? latestMs, latestMs));
    },

    async remove(owner, id) {
      const isGone = await deleteDocument(query, owner, id, clock.now());
      if (isGone) await deleteUnreadContents(query, owner.bucket);
      return isGone;
    },

    open: (owner, id) => open(() => readDocument(query, owner, id, clock.now())),

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
      // The content it had goes at once, unless somebody still reads it; of a document that is gone, what was written goes.
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

/** A document that is replaced needs no room twice: what it holds goes when the new content is there. */
function withRoomFor(bytes: number, { maxAccountBytes, maxTotalBytes }: ContentSums): ContentSums {
  return { maxAccountBytes: maxAccountBytes + bytes, maxTotalBytes: maxTotalBytes + bytes };
}

function isSame(known: string, given: string): boolean {
  return isSameHash(hashSecret(known), hashSecret(given));
}
