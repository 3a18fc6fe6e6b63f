// Whether a message is sent again over another carrier after a receipt of failure, by the rule of the route over which it went.
// Used by the receipt recorder, and read from what operators write by the carriers service. Pure.
//
// A message is sent again only while nobody was told an end of it, within its validity, and never over a carrier that reported
// its failure. It is charged once, and its customer learns the end of the last attempt.
import type { MessageStatus } from '#domain/base/message.ts';
import { chooseRoute, type Routable, type Route } from './choose.ts';
import type { CostTable } from './costs.ts';

/** Statuses of receipts after which another carrier may deliver the message. */
export const resendStatuses = ['undelivered', 'rejected', 'expired', 'unknown'] as const;
type ResendStatus = (typeof resendStatuses)[number];

export interface ResendRule {
  /** A status, or a status and the code of the carrier: `undelivered:004`. Empty: never. */
  readonly resendOn: readonly string[];
  /** Carriers after the first one. */
  readonly resendLimit: number;
  /** The longest time between hand-over and receipt, and from the receipt until another carrier takes the message. */
  readonly resendWithinS: number;
}

/** The failed attempt of a message that is sent again. */
export interface FailedAttempts {
  /** Carriers that reported a failure of it. */
  readonly failedIds: readonly number[];
  /** Of the last failure: the end of the message if no other carrier takes it. */
  readonly status: MessageStatus;
  readonly error: string | null;
  /** Until when another carrier may take it. */
  readonly untilMs: number;
}

/** Chunks are looked for at most a chunk's size below the id of a message, which is positive. */
const chunkOffset = 1_000;

/**
 * The id of the chunk of a resend: negative, so that it never meets the chunk of the first attempt, which can still have other
 * messages to send.
 */
export function resendChunkId(messageId: number): number {
  return -messageId - chunkOffset;
}

/** The message of such a chunk; null: an ordinary chunk. */
export function messageOfResend(chunkId: number): number | null {
  return chunkId < 0 ? -chunkId - chunkOffset : null;
}

export const mostResends = 3;
/** A phone that was off for a day gets the message of the day before by its first carrier. */
export const longestResendWithinS = 86_400;
export const usualResend: Pick<ResendRule, 'resendLimit' | 'resendWithinS'> = {
  resendLimit: 1,
  resendWithinS: 300,
};

const form = /^([a-z]+)(?::([\w.+/-]{1,40}))?$/;

/** Returns the first entry that is neither a status nor a status with a code; null: all are. */
export function wrongResendEntry(entries: readonly string[]): string | null {
  return entries.find((entry) => !isResendStatus(form.exec(entry)?.[1])) ?? null;
}

function isResendStatus(word: string | undefined): word is ResendStatus {
  return (resendStatuses as readonly (string | undefined)[]).includes(word);
}

/** Whether the rule names the status or the code of this receipt. */
export function namesFailure(
  { resendOn }: Pick<ResendRule, 'resendOn'>,
  status: MessageStatus,
  error: string | null,
): boolean {
  return resendOn.some((entry) => {
    const [, word, code] = form.exec(entry) ?? [];
    return word === status && (code === undefined || isSameCode(code, error ?? ''));
  });
}

/** Quirk: carriers write one code as 4, 04 and 004. */
function isSameCode(a: string, b: string): boolean {
  const plain = (code: string) => code.toLowerCase().replace(/^0+(?=\d)/, '');
  return plain(a) === plain(b);
}

/** A message whose carrier reported a failure. */
export interface FailedMessage extends Routable {
  readonly expiresAtMs: number;
  /** Its carrier got it. */
  readonly submittedAtMs: number;
  /** Carriers that reported a failure, this one included. */
  readonly failedIds: ReadonlySet<number>;
  /** Its campaign is paused, or its text is masked. */
  readonly isWithheld: boolean;
}

export interface ResendState {
  readonly routes: readonly Route[];
  readonly costs: CostTable;
  readonly nowMs: number;
}

/** Until when another carrier may take the message; null: the failure is its end. */
export function resendUntil(rule: ResendRule, message: FailedMessage, state: ResendState): number | null {
  const { failedIds, expiresAtMs, submittedAtMs, isWithheld } = message;
  const { nowMs, routes, costs } = state;
  const withinMs = rule.resendWithinS * 1000;
  if (isWithheld || nowMs >= expiresAtMs || nowMs - submittedAtMs > withinMs) return null;
  if (failedIds.size > rule.resendLimit) return null;
  // A link that is down now may come back in time.
  const isUp = (id: number) => !failedIds.has(id);
  if (chooseRoute(routes, message, { costs, nowMs, isUp, random: 0 }) === null) return null;
  return Math.min(expiresAtMs, nowMs + withinMs);
}
