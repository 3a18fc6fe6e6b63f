// A numbered recipient list of an account or of one of its users. Used by the store and the OVH dialect.

export interface RecipientSlot {
  readonly slot: number;
  readonly description: string;
  /** Source of the list; null: an uploaded document. */
  readonly url: string | null;
  /** Downloaded again before each send. */
  readonly isUpdated: boolean;
  /** Number of rows with a number. */
  readonly records: number;
  readonly loadedAtMs: number;
}

/** The account or user of a slot, and its number. */
export interface SlotKey {
  readonly bucket: number;
  readonly accountId: number;
  /** Null: a slot of the account. */
  readonly userId: number | null;
  readonly slot: number;
}
