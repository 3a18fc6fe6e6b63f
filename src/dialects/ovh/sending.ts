// What a sending means in the language of OVH, whichever of its doors it came by: API, http2sms or mail. Whom it is from
// decides whether it can be answered and whether it is advertising (docs/dialects/ovh.md#sending).

import { readParisTime } from '#dialects/shared/paris-time.ts';
import type { Account } from '#domain/account/account.ts';
import type { User } from '#domain/account/user.ts';
import type { MessageClass } from '#domain/base/campaign.ts';
import type { CampaignNote } from '#domain/base/campaign-notes.ts';
import type { Submission } from '#domain/base/submission.ts';
import { holdsWebAddress } from '#domain/plan/contact-details.ts';
import type { SignedInUser } from '#operations/account/credentials/user-passwords.ts';

/** What a sender is to an account: a name, or a number of its own, that it may send from. */
export type SenderStatus = 'name' | 'own-number' | 'not-enabled' | 'unknown';

export type SenderStatusOf = (account: Account, sender: string) => Promise<SenderStatus>;

/** What can be known of whom an account may send as. */
export interface SenderFacts {
  readonly senderStatusOf: SenderStatusOf;
  /** Whether the operator's pool has a number that can be answered: a short code, in OVH's words. */
  hasReplyNumbers(): boolean;
  /** The enabled senders of an account, two at most. */
  enabledSenders(account: Account): Promise<readonly string[]>;
}

/** What is left of a user's quota; null when he has none. */
export type QuotaOf = (account: Account, user: User) => Promise<bigint | null>;

/** What a user can still spend after a sending that left `availableMicros` to his account. */
export async function leftTo(
  quotaOf: QuotaOf,
  { account, user }: SignedInUser,
  availableMicros: bigint,
): Promise<bigint> {
  // As he was before the sending: a user without a quota costs no further look.
  const quotaMicros = user.quotaMicros === null ? null : await quotaOf(account, user);
  return quotaMicros ?? availableMicros;
}

/** Whom an SMS is from, and whether that is another than it was asked for. */
export type Origin =
  | { readonly kind: 'name' | 'own-number'; readonly sender: string; readonly note?: CampaignNote }
  | { readonly kind: 'short-code' };

export interface WantedOrigin {
  readonly sender: string;
  readonly senderForResponse: boolean;
  readonly text: string;
}

/** Why there is no such origin. */
export type OriginProblem = 'web-address' | 'not-enabled' | 'unknown' | 'unnamed';

/**
 * The short code wins over a sender, and stands in where none is named, as OVH's own pages do it. Where the operator has
 * no number that can be answered, it is the sender that is named, or else the only one that the account has
 * (docs/dialects/ovh.md#sending).
 */
export async function readOrigin(
  senders: SenderFacts,
  account: Account,
  { sender, senderForResponse, text }: WantedOrigin,
): Promise<Origin | OriginProblem> {
  const isNamed = sender.trim() !== '';
  if (isNamed && !senderForResponse) return namedOrigin(senders, account, sender);
  if (senders.hasReplyNumbers()) return holdsWebAddress(text) ? 'web-address' : { kind: 'short-code' };
  const [only, another] = isNamed ? [sender] : await senders.enabledSenders(account);
  if (only === undefined || another !== undefined) return 'unnamed';
  const origin = await namedOrigin(senders, account, only);
  if (typeof origin === 'string') return origin;
  return { ...origin, note: isNamed ? 'no-short-code' : 'only-sender' };
}

type NamedOrigin = Exclude<Origin, { readonly kind: 'short-code' }>;

async function namedOrigin(
  { senderStatusOf }: SenderFacts,
  account: Account,
  sender: string,
): Promise<NamedOrigin | 'unknown' | 'not-enabled'> {
  const senderStatus = await senderStatusOf(account, sender);
  if (senderStatus === 'unknown' || senderStatus === 'not-enabled') return senderStatus;
  return { kind: senderStatus, sender: sender.trim() };
}

/**
 * Only what comes from a name is advertising, and waits for its hours, unless it says that it is none. Who said STOP is
 * left out of whatever does not say so.
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

/** What no caller can ask for otherwise. */
export const usualTerms = {
  tier: 'premium',
  repliesIncluded: true,
  dryRun: false,
  idempotencyKey: null,
  idempotencyTtlMs: null,
  optimizeText: false,
} as const satisfies Partial<Submission>;

// Quirk: nearly everybody sends phoneDisplay without meaning class 1, which would put the text beyond the default data
// coding; phones keep what has no class as well (docs/dialects/ovh.md#sending).
export function classOf(wanted: 0 | 1 | 2 | 3): { readonly messageClass?: MessageClass } {
  return wanted === 1 ? {} : { messageClass: wanted };
}

/**
 * Quirk: Symfony's bridge asks for `flash` with every message, as the examples of OVH's guides did; OVH calls the field
 * deprecated and its own pages do not offer it any more. Honoured where the operator says so.
 */
export function flashOf({ settings }: Account, wanted: 0 | 1 | 2 | 3) {
  const isIgnored = wanted === 0 && !settings.honoursFlash;
  return {
    messageClass: classOf(isIgnored ? 1 : wanted),
    notes: isIgnored ? (['class-flash-ignored'] as const) : [],
  };
}

/** `hhmmddMMYYYY`, the wall clock of Paris (docs/dialects/ovh.md#http2sms); NaN for anything else. */
export function readDeferredTime(written: string): number {
  const parts = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d{4})$/.exec(written);
  if (parts === null) return Number.NaN;
  const [hour, minute, day, month, year] = parts.slice(1).map(Number);
  return readParisTime(year!, month!, day!, hour!, minute!);
}
