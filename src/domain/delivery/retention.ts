// Retention periods and the instants that one run of the deletion uses (docs/decisions/0023-retention.md). Used by the
// operations that delete expired campaigns, messages and other rows.

import { stopWindowMs } from '#domain/recipients/conversation.ts';
import { dayMs } from '#lib/time/duration.ts';

/** A STOP can answer a message for this period, so the message must exist. */
export const leastDaysKept = stopWindowMs / dayMs;

const settledAfterMs = dayMs;

/** Period after which a message is deleted as a row. Until then its whole partition may be dropped, at almost no cost. */
const patienceMs = 3 * dayMs;

export interface Terms {
  /** Counted from the due time of a message; null: for ever. */
  readonly keepDays: number | null;
  /** Counted from the end of the validity of a message. */
  readonly receiptWindowMs: number;
}

/** State of one run. */
export interface Round extends Horizon {
  readonly buckets: readonly number[];
  /** By name of a partition: the instant until which it has unexpired rows. Checking it earlier is useless. */
  readonly holdsUntil: Map<string, number>;
  /** True: the run ends after the present step. */
  readonly isStopping: () => boolean;
}

export interface Horizon {
  readonly nowMs: number;
  readonly keepMs: number;
  /** Rows that were accepted or due since then stay. */
  readonly keptFromMs: number;
  /** Rows before then are deleted one by one. */
  readonly rowsFromMs: number;
  /** Ids that were taken before then and are not reserved are stored, or never will be. */
  readonly settledFromMs: number;
  /** A receipt can still arrive for a message whose validity ended since then. */
  readonly receiptsFromMs: number;
  readonly receiptWindowMs: number;
  /** A reply can still answer a message that was due since then. */
  readonly answersFromMs: number;
  /** References of unanswerable messages before then are deleted one by one. */
  readonly answerRowsFromMs: number;
}

/** With unlimited retention nothing expires. */
export function horizonAt({ keepDays, receiptWindowMs }: Terms, nowMs: number): Horizon {
  const keepMs = keepDays === null ? Number.POSITIVE_INFINITY : keepDays * dayMs;
  return {
    nowMs,
    keepMs,
    keptFromMs: nowMs - keepMs,
    rowsFromMs: nowMs - keepMs - patienceMs,
    settledFromMs: nowMs - settledAfterMs,
    receiptsFromMs: nowMs - receiptWindowMs,
    receiptWindowMs,
    answersFromMs: nowMs - stopWindowMs,
    answerRowsFromMs: nowMs - stopWindowMs - patienceMs,
  };
}
