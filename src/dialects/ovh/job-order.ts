// Reads what a job asks for (protocols/ovh.md 5): its text, whom it is from, when and how it leaves. Serves the jobs of
// accounts, users and virtual numbers, whoever their receivers are.
import type { Account } from '#domain/account.ts';
import type { MessageClass } from '#domain/campaign.ts';
import { holdsWebAddress } from '#domain/contact-details.ts';
import type { Priority } from '#domain/lanes.ts';
import type { Submission } from '#domain/submission.ts';
import { cleanText } from '../text-bytes.ts';
import type { Call, OvhHouse } from './call.ts';
import { badParameter, OvhError } from './errors.ts';
import type { ReceiversInput } from './job-receivers.ts';
import type { Scope } from './scope.ts';

export interface JobInput extends ReceiversInput {
  readonly message: string;
  readonly sender?: string;
  readonly senderForResponse?: boolean;
  readonly noStopClause?: boolean;
  readonly differedPeriod?: number;
  readonly validityPeriod?: number;
  readonly priority?: Priority;
  readonly class?: 'flash' | 'phoneDisplay' | 'sim' | 'toolkit';
  readonly tag?: string;
}

/** Everything but the receivers. */
export type JobOrder = Omit<Submission, 'recipients'>;

/** For the account, one of its users, or from one of its numbers. `coding` is no order: the text decides (protocols/ovh.md 12.17). */
export async function readJob(call: Call<JobInput>, { userId, sender }: Scope): Promise<JobOrder> {
  const { house, account, input } = call;
  const text = readMessage(input.message);
  const origin =
    sender === undefined
      ? await readOrigin(house, account, input, text)
      : ({ kind: 'own-number', sender } as const);
  const tag = readTag(input.tag);
  return {
    dialect: 'ovh',
    text,
    ...sendingFrom(origin, input.noStopClause === true),
    tier: 'premium',
    sendAtMs: readDelay('differedPeriod', input.differedPeriod, house.clock.now()),
    validityMs: readValidity(input.validityPeriod),
    ...(input.priority !== undefined && { priority: input.priority }),
    ...classOf(input.class),
    label: { tag: tag === '' ? null : tag, userId: userId ?? null, batchId: null },
    ...usualTerms,
  };
}

/** What no caller can ask for otherwise. */
export const usualTerms = {
  repliesIncluded: true,
  dryRun: false,
  idempotencyKey: null,
  idempotencyTtlMs: null,
  optimizeText: false,
  // OVH's documents say 6 and 255 (protocols/ovh.md 12.4); the state of more parts than these has no room in a row.
  maxSegments: 30,
  maxMergeValueLength: 1600,
} as const;

export function readMessage(message: string): string {
  const text = cleanText(message);
  if (text.trim() === '') throw badParameter('message', 'The text is empty');
  return text;
}

const maxTagLength = 255;

/** Empty for none. */
export function readTag(tag = ''): string {
  const text = cleanText(tag);
  if (text.length > maxTagLength) throw badParameter('tag', `A tag has at most ${maxTagLength} characters`);
  return text;
}

/** Whom an SMS is from, and with that: whether it can be answered, and whether it tells how to opt out. */
export type Origin =
  | { readonly kind: 'name' | 'own-number'; readonly sender: string }
  | { readonly kind: 'short-code' };

interface OriginInput {
  readonly sender?: string;
  readonly senderForResponse?: boolean;
}

/** The short code wins over a sender, and stands in where none is named (protocols/ovh.md 5). */
export async function readOrigin(
  { desks }: Pick<OvhHouse, 'desks'>,
  account: Account,
  { sender = '', senderForResponse }: OriginInput,
  text: string,
): Promise<Origin> {
  if (senderForResponse || sender.trim() === '') {
    if (holdsWebAddress(text))
      throw badParameter('message', 'Contact information (such as a URL) cannot be sent with a shortcode');
    return { kind: 'short-code' };
  }
  const standing = await desks.sending.standingOf(account, sender);
  if (standing === 'unknown')
    throw new OvhError(403, `Sms sender ${sender} does not exists. Please create it first`);
  if (standing === 'not-enabled') throw new OvhError(403, `Sms sender ${sender} is not enabled`);
  return { kind: standing, sender: sender.trim() };
}

/**
 * Only what comes from a name is advertising, and waits for its hours, unless it says that it is none. Who said STOP is
 * left out of whatever does not say so.
 */
export function sendingFrom(origin: Origin, isNoAdvertising: boolean) {
  const isAdvertising = origin.kind === 'name' && !isNoAdvertising;
  return {
    sender: origin.kind === 'short-code' ? null : origin.sender,
    withReplies: origin.kind === 'short-code',
    fromOwnNumber: origin.kind === 'own-number',
    purpose: isAdvertising ? 'marketing' : 'transactional',
    stopClause: isAdvertising ? 'appended' : 'none',
    skipsOptedOut: !isNoAdvertising,
  } as const;
}

const minuteMs = 60_000;
/** What SMPP can say (3.4 §7.1.1), and longer than any carrier tries. */
const maxValidityMinutes = 360 * 24 * 60;

function readDelay(field: string, minutes: number | undefined, nowMs: number): number | null {
  if (minutes === undefined || minutes === 0) return null;
  if (minutes < 0) throw badParameter(field, 'Minutes from now are needed');
  return nowMs + minutes * minuteMs;
}

function readValidity(minutes: number | undefined): number | null {
  if (minutes === undefined || minutes === 0) return null;
  if (minutes < 0) throw badParameter('validityPeriod', 'Minutes are needed');
  return Math.min(minutes, maxValidityMinutes) * minuteMs;
}

const classes = { flash: 0, phoneDisplay: null, sim: 2, toolkit: 3 } as const;

// Quirk: nearly everybody sends phoneDisplay without meaning class 1, which would put the text beyond the default data
// coding; phones keep what has no class as well (protocols/ovh.md 12.17).
function classOf(name: keyof typeof classes | undefined): { readonly messageClass?: MessageClass } {
  const messageClass = name === undefined ? null : classes[name];
  return messageClass === null ? {} : { messageClass };
}
