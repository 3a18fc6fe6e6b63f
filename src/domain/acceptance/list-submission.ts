// A submission to a recipient list and its result. Used by the dialects, the service of recipient lists and the stage that
// accepts them.

import type { Refusal } from '#domain/base/refusals.ts';
import type { Submission } from '#domain/base/submission.ts';
import type { FailedRecipient, Plan } from '#domain/plan/plan.ts';

/** A submission whose recipients are in a recipient list. */
export interface ListSubmission extends Omit<Submission, 'recipients' | 'dryRun'> {
  /**
   * Merge fields in the text: `hashes` is `#name#` for the column `name` (the default), `braces` is `{name}` for the column
   * `{name}`.
   */
  readonly mergeForm?: 'hashes' | 'braces';
  /** The campaigns of the parts name the first one as the campaign that they are part of. */
  readonly isOneCampaign?: boolean;
}

/** Observes the acceptance of a list. An exception of either method accepts nothing. */
export interface ListWatch {
  /** The price of the whole list, if the caller has computed it: the list is then read once. */
  readonly costMicros: bigint;
  /**
   * The plan of each part, in their order; a refusal for a part without an accepted recipient. `nowMs` is after the plan: what
   * is due by then leaves at once.
   */
  onPart(plan: Plan | Refusal, recipients: number, nowMs: number): void;
  /** After the last part and before the payment. */
  beforePayment(): void;
}

export interface ListReport {
  readonly campaignIds: readonly number[];
  /** One for each accepted recipient, in the order of the list. */
  readonly messageIds: readonly number[];
  readonly msisdns: readonly number[];
  readonly failures: readonly FailedRecipient[];
  readonly segments: number;
  readonly costMicros: bigint;
  /** Null if the list has no accepted recipient. */
  readonly dueAtMs: number | null;
}
