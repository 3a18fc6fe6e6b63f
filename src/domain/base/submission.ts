// What every dialect asks for, in our words: a request as received, read but not yet judged.

import type { MessageClass, Purpose, StopClausePolicy, Tier } from './campaign.ts';
import type { CampaignNote } from './campaign-notes.ts';
import type { Priority } from './priority-classes.ts';

/** The dialect of a campaign decides the form of its callbacks. `platform`: notifications that the platform sends itself. */
export type DialectName =
  | 'octopush-legacy'
  | 'octopush-rest'
  | 'ovh'
  | 'http2sms'
  | 'smtp'
  | 'smpp'
  | 'console'
  | 'cli'
  | 'platform';

export interface SubmittedRecipient {
  /** The number exactly as received; the answer may have to echo it. */
  readonly number: string;
  /** Values for the placeholders, keyed by the placeholder as it stands in the text, braces included. */
  readonly merge?: ReadonlyMap<string, string>;
}

/** Under what a customer files a campaign, to find it again. */
export interface Label {
  readonly tag: string | null;
  /** One of the account's users: whose quota pays, and who is called back. */
  readonly userId: number | null;
  /** A UUID: the batch it is a part of. */
  readonly batchId: string | null;
}

/** Where a campaign came from, as far as its pushes tell. */
export interface CampaignOrigin {
  /** The list it went to, or that its recipients were kept in; null: a tag. */
  readonly listName: string | null;
  /** The campaign on a list that it is a part of; null: it is none. */
  readonly wholeId: number | null;
}

export interface Submission {
  readonly dialect: DialectName;
  readonly text: string;
  readonly recipients: readonly SubmittedRecipient[];
  /** Alphanumeric, short code or long number; null lets the account's or platform's default stand. */
  readonly sender: string | null;
  readonly tier: Tier;
  readonly purpose: Purpose;
  readonly stopClause: StopClausePolicy;
  /** The instant asked for; null or past means now. */
  readonly sendAtMs: number | null;
  /** How long after its due time a message may still leave; null: the platform's default. */
  readonly validityMs: number | null;
  readonly withReplies: boolean;
  /** A segment that can be answered costs no more than another (docs/dialects/ovh.md#sending). */
  readonly repliesIncluded?: boolean;
  /** Its sender is a number of the account's own, which can be answered. */
  readonly fromOwnNumber?: boolean;
  /** False: a number needs its country code, whatever the country of the account. */
  readonly readsNationalNumbers?: boolean;
  /** Whose own text is empty or too long fails alone, like a number that cannot be read; otherwise the whole is refused. */
  readonly failsAlone?: boolean;
  /** Judged and priced, never sent, never charged. */
  readonly dryRun: boolean;
  readonly idempotencyKey: string | null;
  /** How long the key is remembered; null for as long as its campaign is. */
  readonly idempotencyTtlMs: number | null;
  /** A draft that is confirmed: the campaign takes this id, and exists once whatever the idempotency key says. */
  readonly draftId?: number;
  /** None when absent. */
  readonly label?: Label;
  /** Of the data coding: 0 shows it at once, 1 keeps it in the phone, 2 in its SIM, 3 hands it on. */
  readonly messageClass?: MessageClass;
  /** What leaves first when not everything can: by purpose and size when absent. */
  readonly priority?: Priority;
  /** Who said STOP is left out, even of what is transactional, and nobody is told. */
  readonly skipsOptedOut?: boolean;
  readonly origin?: CampaignOrigin;
  /** What was changed of the request before it became this. */
  readonly notes?: readonly CampaignNote[];
  /** The text holds a secret: this takes its place once it has left. Of campaigns without placeholders. */
  readonly maskedText?: string;
  readonly optimizeText: boolean;
}
