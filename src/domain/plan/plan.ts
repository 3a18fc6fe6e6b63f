// Turns a submission and the facts about its account into a plan (messages with text, price and due time) or a refusal.
// Used by the acceptance, estimates and dry runs. Pure: it never reads or writes anything.

import type { AccountSettings } from '#domain/account/account.ts';
import type { Encoding, Tier } from '#domain/base/campaign.ts';
import type { CampaignNote } from '#domain/base/campaign-notes.ts';
import type { DialectCapabilities } from '#domain/base/dialect-capabilities.ts';
import type { Refusal } from '#domain/base/refusals.ts';
import type { Submission } from '#domain/base/submission.ts';
import { costOf } from '#domain/money/rate-card.ts';
import { isBlankText } from '#gsm/invisible.ts';
import { readSender } from '#gsm/sender-id.ts';
import { dayMs } from '#lib/time/duration.ts';
import { type CampaignText, readCampaignText, type WrittenText } from './campaign-text.ts';
import { advertisingCues } from './purpose-guard.ts';
import type { ReadRecipient } from './read-recipient.ts';
import {
  asksOptOuts,
  emptyText,
  isReportedByCallback,
  optedOut,
  purposeMismatch,
  repliesUncovered,
  textTooLong,
  uncovered,
} from './recipient-refusals.ts';
import { type ReplyNumber, servesCountry } from './reply-numbers.ts';
import type { NextOpening } from './schedule.ts';
import { demandedStopClause, hasStopClause, needsStopClause } from './stop-clause.ts';

export interface PlannedMessage {
  /** The number as the customer wrote it. */
  readonly number: string;
  readonly msisdn: number;
  readonly country: string;
  /** The text to send, after merging; null: the text of the campaign. */
  readonly text: string | null;
  readonly encoding: Encoding;
  readonly segments: number;
  readonly costMicros: bigint;
  readonly dueAtMs: number;
  readonly expiresAtMs: number;
}

/** A recipient without a message, and the reason. Repetitions of a number are not included. */
export interface FailedRecipient {
  /** As written in the request. */
  readonly number: string;
  /** Absent when the number cannot be read. */
  readonly msisdn?: number;
  readonly refusal: Refusal;
}

export interface Plan {
  /** Optimized and with the stop clause; placeholders are not replaced. */
  readonly text: string;
  readonly sender: string | null;
  /** In the order of the request. Empty only if a callback reports the failures (isReportedByCallback). */
  readonly messages: readonly PlannedMessage[];
  readonly failures: readonly FailedRecipient[];
  /** Callbacks report the failures. */
  readonly reportsFailures: boolean;
  /** Recipients whose number occurs earlier in the request, whatever their merge values. */
  readonly duplicates: number;
  readonly costMicros: bigint;
  /** Sum of all messages. */
  readonly segments: number;
  /** The earliest due time of the messages. */
  readonly dueAtMs: number;
  /** Characters saved by optimisation. */
  readonly optimizedChars: number;
  /** Changes that the request did not ask for, for the customer and the operator. */
  readonly notes: readonly CampaignNote[];
  /** Null: the text needs no review. */
  readonly review: Review | null;
}

/** A transactional text that looks like advertising: noted, or held until the operator decides. */
export interface Review {
  readonly state: 'noted' | 'held';
  /** The cues of advertising that were found. */
  readonly cues: readonly string[];
}

/** The treatment of such a text, a setting of the operator. */
export type PurposeGuard = 'note' | 'hold' | 'refuse';

export interface PlanFacts {
  /** Those of the dialect of the submission. */
  readonly capabilities: DialectCapabilities;
  readonly settings: AccountSettings;
  /** Price of one segment in micros of a euro; `no-country` and `no-tier` give the reason for none. */
  readonly priceOf: (country: string, tier: Tier) => bigint | 'no-country' | 'no-tier';
  /** The first instant at or after `atMs` at which marketing may leave to this country. */
  readonly nextOpening: NextOpening;
  readonly isOptedOut: (msisdn: number) => boolean;
  /** The number that replaces XXXXX in a French stop clause, e.g. 36180. */
  readonly stopShortCode: string;
  readonly defaultSender: string | null;
  readonly defaultValidityMs: number;
  readonly purposeGuard: PurposeGuard;
  /** The number of the pool from which a campaign with replies to these countries is sent. */
  readonly replyNumber: (countries: ReadonlySet<string>) => ReplyNumber | null;
  /** Added to the price of each segment of such a campaign. */
  readonly replySurchargeMicros: bigint;
  readonly nowMs: number;
}

/** The result of an accepted or dry-run submission, before a dialect renders it. */
export interface SubmissionReport {
  /** Null for a dry run. Each dialect derives its public ticket from it. */
  readonly campaignId: number | null;
  /** Null for a dry run. `messageIdsOf` in domain/acceptance/chunking.ts gives the others. */
  readonly firstMessageId: number | null;
  readonly plan: Plan;
  /** Available credit after the hold. */
  readonly availableMicros: bigint;
  readonly acceptedAtMs: number;
}

const maxAheadMs = 366 * dayMs;

/**
 * Refuses with text-missing, recipients-empty, sender-invalid, send-at-invalid, merge-value-too-long, recipients-malformed,
 * text-too-long, stop-clause-missing, checked in this order of precedence. If no recipient is left, refuses with the reason
 * of the first recipient, or purpose-mismatch. The caller checks the credit.
 */
export function planCampaign(
  submission: Submission,
  recipients: readonly ReadRecipient[],
  facts: PlanFacts,
): { readonly plan: Plan } | { readonly refusal: Refusal } {
  const senderName = submission.sender ?? facts.defaultSender;
  // The widest form that any dialect allows; each dialect checks its limits earlier.
  const { defaultCountry, concatenatedCharsPerPart } = facts.settings;
  const limits = { minLength: 1, punctuation: true, defaultCountry };
  const sender = senderName === null ? null : readSender(senderName, limits);
  const refusal =
    refuseForm(submission, recipients, sender === null && senderName !== null, facts) ??
    refuseUnreadable(recipients);
  if (refusal) return { refusal };

  const replyNumber = submission.withReplies ? facts.replyNumber(countriesOf(recipients)) : null;
  // Quirk: a campaign with replies is sent from the pool, whatever the requested sender
  // (docs/dialects/octopush.md#two-way).
  const from = replyNumber?.number ?? sender?.value ?? null;
  const clause = { platform: facts.stopShortCode, sender: from, form: facts.capabilities.addedStopClause };
  const text = readCampaignText(submission, recipients, clause, concatenatedCharsPerPart);
  const written = planMessages(submission, recipients, facts, text, replyNumber);
  if ('refusal' in written) return written;
  const { messages, failures, duplicates } = written;
  const missingClause = refuseMissingClause(submission, recipients, facts, text);
  if (missingClause) return { refusal: missingClause };
  if (messages.length === 0 && !isReportedByCallback(submission, facts.capabilities, failures))
    return { refusal: failures[0]!.refusal };
  const cues = submission.purpose === 'transactional' ? advertisingCues(messages[0]?.text ?? text.text) : [];
  if (cues.length > 0 && facts.purposeGuard === 'refuse') return { refusal: purposeMismatch };

  let costMicros = 0n;
  let segments = 0;
  let dueAtMs = messages.length === 0 ? facts.nowMs : Number.POSITIVE_INFINITY;
  for (const message of messages) {
    costMicros += message.costMicros;
    segments += message.segments;
    if (message.dueAtMs < dueAtMs) dueAtMs = message.dueAtMs;
  }
  return {
    plan: {
      text: text.text,
      sender: from,
      messages,
      failures,
      reportsFailures: facts.capabilities.reportsSkippedRecipients,
      duplicates,
      costMicros,
      segments,
      dueAtMs,
      optimizedChars: text.optimizedChars,
      notes: text.notes,
      review: cues.length === 0 ? null : { state: facts.purposeGuard === 'hold' ? 'held' : 'noted', cues },
    },
  };
}

function refuseForm(
  submission: Submission,
  recipients: readonly ReadRecipient[],
  isSenderUnreadable: boolean,
  { nowMs, capabilities: { maxMergeValueLength: limit } }: PlanFacts,
): Refusal | null {
  if (isBlankText(submission.text)) return { reason: 'text-missing', detail: 'The text is empty.' };
  if (recipients.length === 0)
    return { reason: 'recipients-empty', detail: 'The recipients are missing. Give at least one.' };
  if (isSenderUnreadable) {
    return {
      reason: 'sender-invalid',
      detail:
        'A sender has at most 11 characters of the GSM alphabet, or is a short code, or a telephone number with its country code.',
    };
  }
  // This form of the condition also refuses an unreadable instant (NaN).
  if (submission.sendAtMs !== null && !(submission.sendAtMs - nowMs <= maxAheadMs)) {
    return { reason: 'send-at-invalid', detail: 'The sending time must be at most a year ahead.' };
  }
  for (const [recipientAt, { submitted }] of recipients.entries()) {
    if (submitted.merge === undefined) continue;
    for (const [placeholder, value] of submitted.merge) {
      if (value.length <= limit) continue;
      return {
        reason: 'merge-value-too-long',
        recipientAt,
        detail: `A value for ${placeholder} has ${value.length} characters; at most ${limit} are allowed.`,
      };
    }
  }
  return null;
}

function refuseUnreadable(recipients: readonly ReadRecipient[]): Refusal | null {
  const isReadable = (recipient: ReadRecipient) =>
    recipient.ok || recipient.refusal.reason !== 'number-invalid';
  if (recipients.some(isReadable)) return null;
  return {
    reason: 'recipients-malformed',
    detail: 'None of the numbers can be read. Write them with their country code, as in +33612345678.',
  };
}

function refuseMissingClause(
  submission: Submission,
  recipients: readonly ReadRecipient[],
  facts: PlanFacts,
  { inputText }: CampaignText,
): Refusal | null {
  const { tier } = submission;
  const { stopClauseForms } = facts.capabilities;
  if (submission.purpose !== 'marketing' || submission.stopClause !== 'demanded') return null;
  if (!facts.settings.demandStopClause || hasStopClause(inputText, tier, stopClauseForms)) return null;
  if (!recipients.some((recipient) => recipient.ok && needsStopClause(recipient.country, tier))) return null;
  return {
    reason: 'stop-clause-missing',
    detail: `A marketing text must tell how to opt out: add "${demandedStopClause(tier)}".`,
  };
}

/** Values that are equal for every recipient of one country. */
interface CountryTerms {
  readonly country: string;
  readonly price: bigint | Refusal;
  readonly dueAtMs: number;
}

function planMessages(
  submission: Submission,
  recipients: readonly ReadRecipient[],
  facts: PlanFacts,
  text: CampaignText,
  replyNumber: ReplyNumber | null,
): { messages: PlannedMessage[]; failures: FailedRecipient[]; duplicates: number } | { refusal: Refusal } {
  let duplicates = 0;
  const messages: PlannedMessage[] = [];
  const failures: FailedRecipient[] = [];
  const seen = recipients.length > 1 ? new Set<number>() : null;
  const termsOf = countryTerms(submission, facts, replyNumber);
  const respectsOptOuts = asksOptOuts(submission, facts.settings);
  const validityMs = submission.validityMs ?? facts.defaultValidityMs;
  for (const [recipientAt, recipient] of recipients.entries()) {
    const { number } = recipient.submitted;
    if (!recipient.ok) {
      failures.push({ number, refusal: recipient.refusal });
      continue;
    }
    const { msisdn, country } = recipient;
    if (seen?.has(msisdn)) {
      duplicates++;
      continue;
    }
    seen?.add(msisdn);
    const written = text.write(recipient);
    const { text: ownText, encoding, segments } = written;
    const unsendable = refuseText(written, facts.capabilities.maxSegments);
    // A merged text fails because of this recipient's values; a shared text fails for every recipient.
    if (unsendable !== null && !written.isOwn) return { refusal: unsendable };
    if (unsendable !== null && !submission.failsAlone) return { refusal: { ...unsendable, recipientAt } };
    const { price, dueAtMs } = termsOf(country);
    if (unsendable !== null) failures.push({ number, msisdn, refusal: unsendable });
    else if (respectsOptOuts && facts.isOptedOut(msisdn))
      failures.push({ number, msisdn, refusal: optedOut });
    else if (typeof price !== 'bigint') failures.push({ number, msisdn, refusal: price });
    else {
      const costMicros = costOf(segments, price);
      const expiresAtMs = dueAtMs + validityMs;
      messages.push({
        number,
        msisdn,
        country,
        text: ownText,
        encoding,
        segments,
        costMicros,
        dueAtMs,
        expiresAtMs,
      });
    }
  }
  return { messages, failures, duplicates };
}

function refuseText({ segments, isEmpty }: WrittenText, maxSegments: number): Refusal | null {
  if (isEmpty) return emptyText;
  return segments > maxSegments ? textTooLong(segments, maxSegments) : null;
}

function countriesOf(recipients: readonly ReadRecipient[]): Set<string> {
  return new Set(recipients.flatMap((recipient) => (recipient.ok ? [recipient.country] : [])));
}

/** Price of a segment to a country, or the reason why none can be sent there. */
function priceTo(
  country: string,
  { tier, withReplies, repliesIncluded }: Submission,
  facts: PlanFacts,
  replyNumber: ReplyNumber | null,
): bigint | Refusal {
  const price = facts.priceOf(country, tier);
  if (typeof price !== 'bigint') return uncovered(price, country, tier);
  if (!withReplies) return price;
  if (replyNumber === null || !servesCountry(replyNumber, country)) return repliesUncovered(country);
  return repliesIncluded ? price : price + facts.replySurchargeMicros;
}

function countryTerms(
  submission: Submission,
  facts: PlanFacts,
  replyNumber: ReplyNumber | null,
): (country: string) => CountryTerms {
  const askedMs = Math.max(submission.sendAtMs ?? facts.nowMs, facts.nowMs);
  const known = new Map<string, CountryTerms>();
  let last: CountryTerms | undefined;
  return (country) => {
    if (last?.country === country) return last;
    last = known.get(country);
    if (last !== undefined) return last;
    last = {
      country,
      price: priceTo(country, submission, facts, replyNumber),
      dueAtMs:
        submission.purpose === 'marketing'
          ? facts.nextOpening(country, askedMs, facts.settings.defaultCountry)
          : askedMs,
    };
    known.set(country, last);
    return last;
  };
}
