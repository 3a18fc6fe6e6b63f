// Senders of an account, for dialects with such a list: their form, and those that a customer gets without a review. Used
// by the services of senders.
import { readSender } from '#gsm/sender-id.ts';
import type { Account } from './account.ts';

/** Whether the operator reviews new senders, by a setting. */
export type ReviewPolicy = 'automatic' | 'manual';

export type ReviewStatus = 'waiting' | 'enabled' | 'disabled' | 'refused';

export type SenderType = 'alpha' | 'numeric' | 'shortcode';

/** Basis of a sender: a claim of the customer, the domain of their e-mail, or their name. */
export type SenderReferer = 'custom' | 'domain' | 'customer';

export interface Sender {
  readonly name: string;
  readonly type: SenderType;
  readonly referer: SenderReferer;
  readonly status: ReviewStatus;
  readonly description: string;
  /** Comment of the operator. */
  readonly comment: string | null;
  /** A code was sent to the number; the customer must enter it. */
  readonly isAwaitingCode: boolean;
}

/** Evidence for a sender; the file is a document. */
export interface SenderDocument {
  readonly documentId: string;
  readonly name: string;
  readonly description: string | null;
  readonly createdAtMs: number;
}

export type SenderName = Pick<Sender, 'name' | 'type'>;

const lettersAndSome = /^[A-Za-z0-9_ .,&+-]{1,11}$/;

/** Canonical form: names unchanged, long numbers with plus. Null if it is neither a name nor a number. */
export function readSenderName(raw: string): SenderName | null {
  const read = readSender(raw, { minLength: 1, punctuation: true });
  if (read === null) return null;
  switch (read.kind) {
    case 'long-number':
      return { name: `+${read.value}`, type: 'numeric' };
    case 'short-code':
      return { name: read.value, type: 'shortcode' };
    case 'alphanumeric':
      // Quirk: the characters that OVH's console accepts (docs/dialects/ovh.md#senders-templates-and-numbers).
      return lettersAndSome.test(read.value) ? { name: read.value, type: 'alpha' } : null;
  }
}

export interface AvailableSender {
  readonly name: string;
  readonly referer: 'domain' | 'customer';
}

/** Providers of e-mail: an address there does not prove the ownership of the name. */
const mailHosts = new Set(
  (
    'gmail googlemail outlook hotmail live msn yahoo ymail icloud me mac aol gmx proton protonmail pm mail ' +
    'orange wanadoo free sfr neuf laposte bbox numericable zoho yandex'
  ).split(' '),
);

/**
 * Senders without a review: the domain of the customer's e-mail, and the name that the operator gave the account. None for
 * a sub-account, whose customer sets both.
 */
export function availableSenders({ parentId, email, name }: Account): AvailableSender[] {
  if (parentId !== null) return [];
  const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase();
  const label = domain.split('.').at(-2) ?? '';
  const own = mailHosts.has(label) ? [] : [domain, label];
  return [
    ...own.filter(isName).map((name) => ({ name, referer: 'domain' as const })),
    ...[name].filter(isName).map((name) => ({ name, referer: 'customer' as const })),
  ];
}

function isName(text: string): boolean {
  return readSenderName(text)?.type === 'alpha';
}
