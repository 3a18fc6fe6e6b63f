// The names and numbers that an account may send from, as dialects ask that know such a list: what they look like, and
// which of them a customer may have without being asked why.
import { readSender } from '#gsm/sender-id.ts';
import type { Account } from './account.ts';

/** Whether the operator looks at it first, by his setting. */
export type ReviewPolicy = 'automatic' | 'manual';

export type ReviewStatus = 'waiting' | 'enabled' | 'disabled' | 'refused';

export type SenderType = 'alpha' | 'numeric' | 'shortcode';

/** What a sender stands on: the customer's word, the domain of his e-mail, his name. */
export type SenderReferer = 'custom' | 'domain' | 'customer';

export interface Sender {
  readonly name: string;
  readonly type: SenderType;
  readonly referer: SenderReferer;
  readonly status: ReviewStatus;
  readonly description: string;
  /** The operator's word on it. */
  readonly comment: string | null;
  /** A code was sent to the number, and opens it. */
  readonly isAwaitingCode: boolean;
}

/** What a customer shows to have it enabled; the file is among the documents. */
export interface SenderDocument {
  readonly documentId: string;
  readonly name: string;
  readonly description: string | null;
  readonly createdAtMs: number;
}

export type SenderName = Pick<Sender, 'name' | 'type'>;

const lettersAndSome = /^[A-Za-z0-9_ .,&+-]{1,11}$/;

/** As it is kept and compared: names exactly, long numbers with their plus. Null when it is neither name nor number. */
export function readSenderName(raw: string): SenderName | null {
  const read = readSender(raw, { minLength: 1, punctuation: true });
  if (read === null) return null;
  switch (read.kind) {
    case 'long-number':
      return { name: `+${read.value}`, type: 'numeric' };
    case 'short-code':
      return { name: read.value, type: 'shortcode' };
    case 'alphanumeric':
      // Quirk: the signs that OVH's UI lets through (docs/dialects/ovh.md#senders-templates-and-numbers).
      return lettersAndSome.test(read.value) ? { name: read.value, type: 'alpha' } : null;
  }
}

export interface AvailableSender {
  readonly name: string;
  readonly referer: 'domain' | 'customer';
}

/** Nobody's own: whoever has an address there does not own the name. */
const mailHosts = new Set(
  (
    'gmail googlemail outlook hotmail live msn yahoo ymail icloud me mac aol gmx proton protonmail pm mail ' +
    'orange wanadoo free sfr neuf laposte bbox numericable zoho yandex'
  ).split(' '),
);

/**
 * What is known of a customer without asking: the domain of his e-mail, and the name that the operator gave his account.
 * Nothing of a sub-account: its customer writes both himself.
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
