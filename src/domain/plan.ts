// A submission and the facts about its account become a plan: which messages, at which price, due when;
// or a refusal. Pure: the same input gives the same plan, and nothing is touched.

import type { AccountSettings } from './account.ts';
import type { Encoding, Tier } from './campaign.ts';
import type { Refusal } from './refusals.ts';
import type { SubmittedRecipient } from './submission.ts';

/** A recipient whose number was read, or the reason why it cannot be written to. */
export type ReadRecipient =
  | {
      readonly ok: true;
      readonly submitted: SubmittedRecipient;
      /** E.164 digits as a number. */
      readonly msisdn: number;
      /** ISO 3166 alpha-2; overseas departments apart (RE, GP, MQ, GF, YT …). */
      readonly country: string;
    }
  | { readonly ok: false; readonly submitted: SubmittedRecipient; readonly refusal: Refusal };

export interface PlannedMessage {
  /** The number as the customer wrote it. */
  readonly number: string;
  readonly msisdn: number;
  readonly country: string;
  /** The text as it will leave, merged; null when it is the campaign's own text. */
  readonly text: string | null;
  readonly encoding: Encoding;
  readonly segments: number;
  readonly costMicros: bigint;
  readonly dueAtMs: number;
  readonly expiresAtMs: number;
}

/** One recipient that got no message, and why. Duplicates are dropped silently and do not appear. */
export interface FailedRecipient {
  readonly number: string;
  readonly refusal: Refusal;
}

export interface Plan {
  /** After optimisation and with the stop clause; still with its placeholders when it has any. */
  readonly text: string;
  readonly sender: string | null;
  /** In the order of the request. Never empty. */
  readonly messages: readonly PlannedMessage[];
  readonly failures: readonly FailedRecipient[];
  readonly costMicros: bigint;
  /** Sum over all messages. */
  readonly segments: number;
  /** The earliest due time of its messages: the effective sending date. */
  readonly dueAtMs: number;
  /** Characters saved by optimisation. */
  readonly optimizedChars: number;
}

export interface PlanFacts {
  readonly settings: AccountSettings;
  /** Price of one segment in micros of a euro; `no-country` and `no-tier` tell why there is none. */
  readonly priceOf: (country: string, tier: Tier) => bigint | 'no-country' | 'no-tier';
  /** The first instant at or after `atMs` at which marketing may leave to this country. */
  readonly nextOpening: (country: string, atMs: number) => number;
  readonly isOptedOut: (msisdn: number) => boolean;
  /** The number that replaces XXXXX in a French stop clause, e.g. 36180. */
  readonly stopShortCode: string;
  readonly defaultSender: string | null;
  readonly defaultValidityMs: number;
  readonly nowMs: number;
}

/** What an accepted (or dry-run) submission answers, before a dialect dresses it. */
export interface SubmissionReport {
  /** Null for a dry run. The public ticket is derived from it by each dialect. */
  readonly campaignId: number | null;
  readonly plan: Plan;
  /** Available credit after the hold. */
  readonly availableMicros: bigint;
  readonly acceptedAtMs: number;
}
