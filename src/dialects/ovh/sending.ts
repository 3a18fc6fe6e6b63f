// Rules of sending for all dialects of OVH: API, http2sms and mail. Used by their readers of requests. The sender decides whether
// a message accepts replies and whether it is advertising (docs/dialects/ovh.md#sending).

import { readParisTime } from '#dialects/shared/paris-time.ts';
import type { Account } from '#domain/account/account.ts';
import type { MessageClass } from '#domain/base/campaign.ts';
import type { CampaignNote } from '#domain/base/campaign-notes.ts';
import { type Submission, submissionDefaults } from '#domain/base/submission.ts';
import { holdsWebAddress } from '#domain/plan/contact-details.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import type { AuthenticatedUser } from '#operations/account/credentials/service.ts';
import type { Senders } from '#operations/account/senders.ts';
import type { Users } from '#operations/account/users.ts';

/** Reads the senders that an account may use. */
export type SenderFacts = Pick<Senders, 'statusOf' | 'hasReplyNumbers' | 'listEnabledNames'>;

/** The credit of a user after a send that left `availableMicros` to the account. */
export async function readCreditLeft(
  users: Pick<Users, 'read'>,
  { access, user }: AuthenticatedUser,
  availableMicros: bigint,
): Promise<bigint> {
  // The user as before the send: a user without a quota needs no query.
  const current = user.quotaMicros === null ? null : await users.read(access, user.login);
  return current?.user.quotaMicros ?? availableMicros;
}

/** The sender of an SMS, with a note if it differs from the requested one. */
export type Origin =
  | { readonly kind: 'name' | 'own-number'; readonly sender: string; readonly note?: CampaignNote }
  | { readonly kind: 'short-code' };

export interface WantedOrigin {
  readonly sender: string;
  readonly senderForResponse: boolean;
  readonly text: string;
}

/** The reason for a missing origin. */
export type OriginProblem = 'web-address' | 'not-enabled' | 'unknown' | 'unnamed';

/**
 * The short code takes precedence over a sender and is the default, as in OVH's pages. Without a reply number in the pool, the
 * given sender is used, otherwise the only enabled sender of the account (docs/dialects/ovh.md#sending).
 */
export async function readOrigin(
  senders: SenderFacts,
  access: AccountAccess,
  { sender, senderForResponse, text }: WantedOrigin,
): Promise<Origin | OriginProblem> {
  const isNamed = sender.trim() !== '';
  if (isNamed && !senderForResponse) return namedOrigin(senders, access, sender);
  if (senders.hasReplyNumbers()) return holdsWebAddress(text) ? 'web-address' : { kind: 'short-code' };
  const [only, another] = isNamed ? [sender] : await senders.listEnabledNames(access);
  if (only === undefined || another !== undefined) return 'unnamed';
  const origin = await namedOrigin(senders, access, only);
  if (typeof origin === 'string') return origin;
  return { ...origin, note: isNamed ? 'no-short-code' : 'only-sender' };
}

type NamedOrigin = Exclude<Origin, { readonly kind: 'short-code' }>;

async function namedOrigin(
  senders: SenderFacts,
  access: AccountAccess,
  sender: string,
): Promise<NamedOrigin | 'unknown' | 'not-enabled'> {
  const senderStatus = await senders.statusOf(access, sender);
  if (senderStatus === 'unknown' || senderStatus === 'not-enabled') return senderStatus;
  return { kind: senderStatus, sender: sender.trim() };
}

/**
 * An SMS with an alphanumeric sender is advertising and waits for the sending hours, unless the request declares otherwise.
 * Without that declaration, opted-out receivers are excluded.
 */
export function sendingFrom(
  origin: Origin,
  isNoAdvertising: boolean,
  otherNotes: readonly CampaignNote[] = [],
) {
  const isAdvertising = origin.kind === 'name' && !isNoAdvertising;
  const isOther = origin.kind !== 'short-code' && origin.note !== undefined;
  const notes = isOther ? [origin.note!, ...otherNotes] : otherNotes;
  return {
    ...(notes.length > 0 && { notes }),
    sender: origin.kind === 'short-code' ? null : origin.sender,
    withReplies: origin.kind === 'short-code',
    fromOwnNumber: origin.kind === 'own-number',
    purpose: isAdvertising ? 'marketing' : 'transactional',
    stopClause: isAdvertising ? 'appended' : 'none',
    skipsOptedOut: !isNoAdvertising,
  } as const;
}

/** Values of a submission of OVH whose request does not set them. Each request begins with these. */
export const ovhDefaults = {
  ...submissionDefaults,
  repliesIncluded: true,
} as const satisfies Partial<Submission>;

// Quirk: nearly all clients send phoneDisplay without need of class 1, which would change the default data coding;
// phones store messages without a class too (docs/dialects/ovh.md#sending).
export function classOf(wanted: 0 | 1 | 2 | 3): { readonly messageClass?: MessageClass } {
  return wanted === 1 ? {} : { messageClass: wanted };
}

/**
 * Quirk: Symfony's bridge requests `flash` with every message, like examples in OVH's guides; OVH calls the field deprecated, and
 * its pages no longer offer it. It counts only with the account setting.
 */
export function flashOf({ settings }: Account, wanted: 0 | 1 | 2 | 3) {
  const isIgnored = wanted === 0 && !settings.honoursFlash;
  return {
    messageClass: classOf(isIgnored ? 1 : wanted),
    notes: isIgnored ? (['class-flash-ignored'] as const) : [],
  };
}

/** `hhmmddMMYYYY` in Paris time (docs/dialects/ovh.md#http2sms); NaN for anything else. */
export function readDeferredTime(written: string): number {
  const parts = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d{4})$/.exec(written);
  if (parts === null) return Number.NaN;
  const [hour, minute, day, month, year] = parts.slice(1).map(Number);
  return readParisTime(year!, month!, day!, hour!, minute!);
}
