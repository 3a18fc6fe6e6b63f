// A request for a campaign, in the same terms for every dialect: read, but not yet planned. Used by the dialects and the
// plan.

import type { MessageClass, Purpose, StopClausePolicy, Tier } from './campaign.ts';
import type { CampaignNote } from './campaign-notes.ts';
import type { Priority } from './priority-classes.ts';
import type { ReturnPath } from './return-path.ts';

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
  /** The number exactly as received: some answers repeat it. */
  readonly number: string;
  /** Values by placeholder, as it is written in the text, with its braces. */
  readonly merge?: ReadonlyMap<string, string>;
}

/** Labels by which a customer finds a campaign. */
export interface Label {
  readonly tag: string | null;
  /** The account's user whose quota pays and who receives the callbacks. */
  readonly userId: number | null;
  /** A UUID: the batch that the campaign is part of. */
  readonly batchId: string | null;
}

/** The origin of a campaign, for its callbacks. */
export interface CampaignOrigin {
  /** The contact list or recipient list of the campaign; null: a tag. */
  readonly listName: string | null;
  /** The contact-list campaign that the campaign is part of; null: none. */
  readonly wholeId: number | null;
}

export interface Submission {
  readonly dialect: DialectName;
  readonly text: string;
  readonly recipients: readonly SubmittedRecipient[];
  /** Alphanumeric, short code or long number; null: the default of the account or the platform. */
  readonly sender: string | null;
  readonly tier: Tier;
  readonly purpose: Purpose;
  readonly stopClause: StopClausePolicy;
  /** The requested instant; null or past: now. */
  readonly sendAtMs: number | null;
  /** Time after the due time in which a message may be sent; null: the platform's default. */
  readonly validityMs: number | null;
  readonly withReplies: boolean;
  /** A segment with replies has the price of any other (docs/dialects/ovh.md#sending). */
  readonly repliesIncluded?: boolean;
  /** The sender is a number of the account that can receive replies. */
  readonly fromOwnNumber?: boolean;
  /** False: a number needs its country code, even one of the account's country. */
  readonly readsNationalNumbers?: boolean;
  /**
   * A recipient whose merged text is empty or too long fails alone, like an unreadable number; otherwise the submission is
   * refused.
   */
  readonly failsAlone?: boolean;
  /** Planned and priced, but never sent or charged. */
  readonly dryRun: boolean;
  readonly idempotencyKey: string | null;
  /** Time for which the key is stored; null: as long as its campaign. */
  readonly idempotencyTtlMs: number | null;
  /** Confirms a draft: the campaign has this id and exists once, whatever the idempotency key. */
  readonly draftId?: number;
  /** Absent: no label. */
  readonly label?: Label;
  /** Message class: 0 shows the text immediately, 1 stores it in the phone, 2 in the SIM, 3 in other equipment. */
  readonly messageClass?: MessageClass;
  /** Absent: by purpose and size. */
  readonly priority?: Priority;
  /** Opted-out recipients are skipped, also of a transactional text, and not reported. */
  readonly skipsOptedOut?: boolean;
  readonly origin?: CampaignOrigin;
  /** Absent: no receipt is wanted, or its form needs no field of the request. */
  readonly returnPath?: ReturnPath;
  /** Changes of the request at its reading. */
  readonly notes?: readonly CampaignNote[];
  /** The text has a secret: this replaces it after the send. Only for campaigns without placeholders. */
  readonly maskedText?: string;
  readonly optimizeText: boolean;
}

/** Values of a submission whose request does not set them. A dialect begins with these and adds its own. */
export const submissionDefaults = {
  tier: 'premium',
  sendAtMs: null,
  validityMs: null,
  withReplies: false,
  dryRun: false,
  idempotencyKey: null,
  idempotencyTtlMs: null,
  optimizeText: false,
} as const satisfies Partial<Submission>;
