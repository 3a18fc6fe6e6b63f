// A document: a file that belongs to an account, by name. Serves the store, and the dialects that take and hand out files.

export interface DocumentTag {
  readonly key: string;
  readonly value: string;
}

/**
 * `personal`: its customer made it, and finds it among his documents. `attached`: it belongs to something else (a
 * sender, an export of contacts), which tells where it is.
 */
export type DocumentKind = 'personal' | 'attached';

export interface Document {
  readonly bucket: number;
  /** A UUID. */
  readonly id: string;
  readonly kind: DocumentKind;
  readonly name: string;
  readonly tags: readonly DocumentTag[];
  /** Opens it for writing, without any other key. */
  readonly putToken: string;
  /** Opens it for reading. */
  readonly getToken: string;
  /** Bytes; 0 until it was written. */
  readonly size: number;
  readonly createdAtMs: number;
  readonly writtenAtMs: number | null;
  /** Null: never. */
  readonly expiresAtMs: number | null;
}
