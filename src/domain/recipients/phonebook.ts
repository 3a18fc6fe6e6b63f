// Phonebooks: contacts with a name, a group and several numbers. Used by the store and the OVH dialect.

export interface Phonebook {
  readonly key: string;
  readonly name: string;
}

/** Kinds of numbers of a contact, in the order of the columns. */
export const phoneKinds = ['homeMobile', 'homePhone', 'workMobile', 'workPhone'] as const;
export type PhoneKind = (typeof phoneKinds)[number];

export interface NewPhonebookContact extends Readonly<Record<PhoneKind, string | null>> {
  readonly group: string;
  readonly name: string;
  readonly surname: string;
}

export interface PhonebookContact extends NewPhonebookContact {
  readonly id: number;
}

/** Columns of an exported or imported table of contacts. */
export const contactColumns = ['name', 'surname', 'group', ...phoneKinds] as const;

/** Name of the group of contacts without one (docs/dialects/ovh.md#contacts). */
export const noGroup = 'No group';

/**
 * The international form, with plus, of a telephone number of any kind, fixed lines included; null if it is none. `prefix`
 * is the calling code of national numbers; null refuses them.
 */
export function readPhone(written: string, prefix: string | null): string | null {
  const digits = written.replace(/[\s.()/-]/g, '').replace(/^00/, '+');
  if (/^\+[1-9]\d{6,14}$/.test(digits)) return digits;
  return prefix !== null && /^0[1-9]\d{5,12}$/.test(digits) ? `+${prefix}${digits.slice(1)}` : null;
}
