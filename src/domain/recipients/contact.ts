// A contact of an account's address book, and the groups it belongs to. Serves the store, the campaigns on lists and
// tags, and the dialects that keep contacts.

/** A list, or a tag: two name spaces, one behaviour. */
export type GroupKind = 'list' | 'tag';

export interface ContactGroup {
  readonly kind: GroupKind;
  readonly name: string;
}

/** What is to be written of a contact; null: it stays as it is, and is empty of a new one. */
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
