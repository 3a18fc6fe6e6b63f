// A batch: a sending that its customer hands over, and whose way he follows until its last message has left.
//
// pending → inserting               a worker has begun
// inserting → inserted | failed     its messages are accepted, all or none
// inserted → completed              none of them waits any more
// pending → canceled
// inserting → to_cancel → canceled  when nothing of it is accepted yet: then it never will be
// to_cancel → canceling             when it was accepted meanwhile
// inserted → canceling → canceled   its messages are called off; back to inserted when one of them has left

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

/** Who was left out, and why; an empty receiver means all of them. */
export interface BatchError extends Refusal {
  readonly receiver: string;
}

export interface Batch {
  /** A UUID. */
  readonly id: string;
  readonly name: string;
  readonly order: BatchOrder;
  /** As they were written; null for a list. */
  readonly receivers: readonly string[] | null;
  readonly slotId: number | null;
  readonly status: BatchStatus;
  readonly totalRecords: number;
  readonly processedRecords: number;
  readonly estimatedMicros: bigint;
  readonly errors: readonly BatchError[];
  /** Of the campaign that it becomes, or of the first of them. */
  readonly campaignId: number;
  /** When the first of its messages is due; null until they are accepted. */
  readonly dueAtMs: number | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
}

/** What became of a batch that was sent: who was left out, what it costs, when it is due (null: nobody is written to). */
export interface SentBatch {
  readonly errors: readonly BatchError[];
  readonly costMicros: bigint;
  readonly dueAtMs: number | null;
}

export interface BatchStatistics {
  /** Not handed to a carrier yet. */
  readonly pending: number;
  /** Handed to one, whatever became of them. */
  readonly sent: number;
  readonly delivered: number;
  readonly failed: number;
  /** Phones that said STOP to it. */
  readonly stopped: number;
  /** Of what was, or still will be, charged. */
  readonly costMicros: bigint;
}
