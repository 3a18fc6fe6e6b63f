// A named file of an account. Used by the store and by the dialects with uploads and downloads.

export interface DocumentTag {
  readonly key: string;
  readonly value: string;
}

/**
 * `personal`: created by the customer and listed among their documents. `attached`: part of another object (a sender, an
 * export of contacts), which has its address.
 */
export type DocumentKind = 'personal' | 'attached';

export interface Document {
  readonly bucket: number;
  /** A UUID. */
  readonly id: string;
  readonly kind: DocumentKind;
  readonly name: string;
  readonly tags: readonly DocumentTag[];
  /** Permits writing the file, without any other credential. */
  readonly putToken: string;
  /** Permits reading the file. */
  readonly getToken: string;
  /** In bytes; 0 until the file is written. */
  readonly size: number;
  readonly createdAtMs: number;
  readonly writtenAtMs: number | null;
  /** Null: never. */
  readonly expiresAtMs: number | null;
}
