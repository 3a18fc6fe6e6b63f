// Phonebooks: contacts with a name, a group and several numbers. Serves the store and OVH's dialect.

export interface Phonebook {
  readonly key: string;
  readonly name: string;
}

/** The numbers a contact may have, in the order of a table of contacts. */
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

/** The columns of a table of contacts, as it is exported and imported. */
export const contactColumns = ['name', 'surname', 'group', ...phoneKinds] as const;

/** What stands for a group where there is none (docs/dialects/ovh.md#contacts). */
export const noGroup = 'No group';

/**
 * A telephone number of any kind, fixed lines too, in its international form with the plus; null for what is none. `prefix`
 * is that of the country that national numbers are of; null refuses them.
 */
export function readPhone(written: string, prefix: string | null): string | null {
  const digits = written.replace(/[\s.()/-]/g, '').replace(/^00/, '+');
  if (/^\+[1-9]\d{6,14}$/.test(digits)) return digits;
  return prefix !== null && /^0[1-9]\d{5,12}$/.test(digits) ? `+${prefix}${digits.slice(1)}` : null;
}
