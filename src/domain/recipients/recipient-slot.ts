// A list of recipients that an account, or one of its users, keeps under a number. Serves the store and OVH's dialect.

export interface RecipientSlot {
  readonly slot: number;
  readonly description: string;
  /** Where it came from; null: an uploaded document. */
  readonly url: string | null;
  /** Fetched again before each send. */
  readonly isUpdated: boolean;
  /** Lines with a number. */
  readonly records: number;
  readonly loadedAtMs: number;
}

/** Whose slot it is, and its number. */
export interface SlotKey {
  readonly bucket: number;
  readonly accountId: number;
  /** Null: the account's own. */
  readonly userId: number | null;
  readonly slot: number;
}
