// How long things are kept, and by which instants a round that forgets them goes. Serves the operations that forget
// campaigns, messages and the rest (docs/decisions/0023-retention.md).

import { stopWindowMs } from '#domain/recipients/conversation.ts';
import { dayMs } from '#lib/time/duration.ts';

/** For so long a STOP may answer a message, which must be there then. */
export const leastDaysKept = stopWindowMs / dayMs;

const settledAfterMs = dayMs;

/** Before a message is deleted by itself, it is given so long to go with its whole partition, which costs next to nothing. */
const patienceMs = 3 * dayMs;

export interface Terms {
  /** From when a message was due; null: for ever. */
  readonly keepDays: number | null;
  /** After the end of its validity a receipt may still come. */
  readonly receiptWindowMs: number;
}

/** What a round goes by. */
export interface Round extends Horizon {
  readonly buckets: readonly number[];
  /** Partitions (by their tables' names) that hold something until then: looking at them sooner is in vain. */
  readonly holdsUntil: Map<string, number>;
  /** It ends early, between two steps. */
  readonly isStopping: () => boolean;
}

export interface Horizon {
  readonly nowMs: number;
  readonly keepMs: number;
  /** What was accepted or due since then is kept. */
  readonly keptFromMs: number;
  /** What was before that goes row by row if it must. */
  readonly rowsFromMs: number;
  /** Ids that were taken before then, and not promised, are in their table or never will be. */
  readonly settledFromMs: number;
  /** Of what ran out of its validity since then, a receipt may still come. */
  readonly receiptsFromMs: number;
  readonly receiptWindowMs: number;
  /** What was due since then may still be answered. */
  readonly answersFromMs: number;
  /** What may be answered no more and is still there goes row by row. */
  readonly answerRowsFromMs: number;
}

/** Nothing is old when everything is kept for ever. */
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
