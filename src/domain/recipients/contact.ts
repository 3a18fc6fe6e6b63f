// A contact in the address book of an account, and its groups. Used by the store, contact-list campaigns and the dialects
// with contacts.

/** Lists and tags have separate names and the same behaviour. */
export type GroupKind = 'list' | 'tag';

export interface ContactGroup {
  readonly kind: GroupKind;
  readonly name: string;
}

/** Changes of a contact. Null: unchanged, or empty for a new contact. */
export interface ContactChange {
  readonly msisdn: number;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly params: readonly (string | null)[];
}

export interface Contact {
  /** E.164 digits as a number. */
  readonly msisdn: number;
  readonly firstName: string;
  readonly lastName: string;
  /** param1 to param5. */
  readonly params: readonly string[];
}
