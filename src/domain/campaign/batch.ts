// A batch: a sending that its customer submits and follows until its last message is sent.
//
// pending → inserting               a worker began
// inserting → inserted | failed     all messages are accepted, or none
// inserted → completed              no message waits
// pending → canceled
// inserting → to_cancel → canceled  none is accepted yet, and none will be
// to_cancel → canceling             the messages were accepted before the cancellation
// inserted → canceling → canceled   the messages are cancelled; back to inserted if one was already sent

import type { Refusal } from '#domain/base/refusals.ts';
import type { Submission } from '#domain/base/submission.ts';

export type BatchStatus =
  | 'pending'
  | 'inserting'
  | 'inserted'
  | 'completed'
  | 'failed'
  | 'to_cancel'
  | 'canceling'
  | 'canceled';

export type BatchOrder = Omit<Submission, 'recipients' | 'dryRun'>;

/** A skipped receiver and the reason. An empty receiver means all of them. */
export interface BatchError extends Refusal {
  readonly receiver: string;
}

export interface Batch {
  /** A UUID. */
  readonly id: string;
  readonly name: string;
  readonly order: BatchOrder;
  /** As written; null for a list. */
  readonly receivers: readonly string[] | null;
  readonly slotId: number | null;
  readonly status: BatchStatus;
  readonly totalRecords: number;
  readonly processedRecords: number;
  readonly estimatedMicros: bigint;
  readonly errors: readonly BatchError[];
  /** Id of its campaign, or of its first campaign. */
  readonly campaignId: number;
  /** Due time of the first message; null until the messages are accepted. */
  readonly dueAtMs: number | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
}

/** Result of a sent batch: skipped receivers, cost and due time (null: no message). */
export interface SentBatch {
  readonly errors: readonly BatchError[];
  readonly costMicros: bigint;
  readonly dueAtMs: number | null;
}

export interface BatchStatistics {
  /** Not submitted to a carrier yet. */
  readonly pending: number;
  /** Submitted to a carrier, with any later status. */
  readonly sent: number;
  readonly delivered: number;
  readonly failed: number;
  /** Phones that answered STOP. */
  readonly stopped: number;
  /** Cost of the messages that were charged or can still be charged. */
  readonly costMicros: bigint;
}
