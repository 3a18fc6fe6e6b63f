// Counts the answers of one attempt to deliver the callbacks of a row, and decides whether and when to try again. Used by
// the callback pushers. A callback is given up one day after it was created, or later over a bind.
import { dayMs } from '#lib/time/duration.ts';
import type { AttemptResult } from './callback.ts';

interface PendingRow {
  readonly id: number;
  readonly accountId: number;
  readonly attempts: number;
  readonly createdAtMs: number;
}

/** An attempt in progress. */
export interface AttemptRound<Row extends PendingRow> {
  readonly row: Row;
  readonly done: number[];
  readonly failed: number[];
  /** Callbacks without an answer so far. */
  left: number;
  httpStatus: number | null;
  error: string | null;
  /** Of the slowest delivery; null: none was measured. */
  durationMs: number | null;
  /** The begin of the body of the last failure; null: it had none. */
  answer: string | null;
}

export interface EndedAttempt {
  readonly id: number;
  readonly accountId: number;
  readonly attempt: number;
  readonly doneIds: readonly number[];
  /** Callbacks that failed; empty if all were answered. */
  readonly failedIds: readonly number[];
  readonly httpStatus: number | null;
  readonly error: string | null;
  readonly durationMs: number | null;
  readonly answer: string | null;
  /** When to try the failed callbacks again; null: never (all answered, or given up). */
  readonly dueAtMs: number | null;
}

/** Over binds: a customer can be unbound over a weekend (docs/dialects/smpp.md#receipts). */
export const giveUpOfBindsMs = 3 * dayMs;

export function beginRound<Row extends PendingRow>(row: Row, left: number): AttemptRound<Row> {
  return { row, done: [], failed: [], left, httpStatus: null, error: null, durationMs: null, answer: null };
}

/** `id` is the id of the message, or 0 for a callback without a message. */
export function countResult(round: AttemptRound<PendingRow>, id: number, result: AttemptResult): void {
  round.left--;
  if (result.durationMs !== undefined)
    round.durationMs = Math.max(round.durationMs ?? 0, Math.round(result.durationMs));
  if (result.kind === 'delivered') round.done.push(id);
  else {
    round.failed.push(id);
    round.httpStatus = result.kind === 'failed' ? result.status : null;
    round.error = result.reason;
    round.answer = (result.kind === 'failed' ? result.answer : undefined) ?? null;
  }
}

/** `pauseMs` is the delay before the next attempt; `giveUpMs` the age after which there is none. */
export function endRound(
  { row, done, failed, httpStatus, error, durationMs, answer }: AttemptRound<PendingRow>,
  nowMs: number,
  pauseMs: number,
  giveUpMs: number = dayMs,
): EndedAttempt {
  const isOver = failed.length === 0 || nowMs - row.createdAtMs > giveUpMs;
  return {
    id: row.id,
    accountId: row.accountId,
    attempt: row.attempts + 1,
    doneIds: done,
    failedIds: failed,
    httpStatus,
    error,
    durationMs,
    answer,
    dueAtMs: isOver ? null : nowMs + pauseMs,
  };
}
