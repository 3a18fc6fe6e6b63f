// A submission to a recipient list and its result. Used by the dialects, the service of recipient lists and the stage that
// accepts them.

import type { Submission } from '#domain/base/submission.ts';
import type { FailedRecipient } from '#domain/plan/plan.ts';

/** A submission whose recipients are in a recipient list. */
export type ListSubmission = Omit<Submission, 'recipients' | 'dryRun'>;

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
