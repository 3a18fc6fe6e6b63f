// One round of pushing what is owed: counted off answer by answer, and what comes of it. Serves the pusher.
import { dayMs } from '#lib/time/duration.ts';

interface Owed {
  readonly id: number;
  readonly accountId: number;
  readonly attempts: number;
  readonly createdAtMs: number;
}

/** A row under way. */
export interface AttemptRound<Row extends Owed> {
  readonly owed: Row;
  readonly done: number[];
  readonly failed: number[];
  /** Callbacks without an answer. */
  left: number;
  httpStatus: number | null;
  error: string | null;
}

/** `status` null: no answer at all. */
export interface PushFailure {
  readonly status: number | null;
  readonly error: string;
}

export interface EndedAttempt {
  readonly id: number;
  readonly accountId: number;
  readonly attempt: number;
  readonly doneIds: readonly number[];
  /** What is still owed; empty when the row is done or given up. */
  readonly failedIds: readonly number[];
  readonly httpStatus: number | null;
  readonly error: string | null;
  /** When to try again what failed; null: never (done, or given up). */
  readonly dueAtMs: number | null;
}

const giveUpMs = dayMs;

export function beginRound<Row extends Owed>(owed: Row, left: number): AttemptRound<Row> {
  return { owed, done: [], failed: [], left, httpStatus: null, error: null };
}

/** `id`: of the message it tells of, 0 when it tells of none. */
export function countAnswer(round: AttemptRound<Owed>, id: number, failure: PushFailure | null): void {
  round.left--;
  if (failure === null) round.done.push(id);
  else {
    round.failed.push(id);
    round.httpStatus = failure.status;
    round.error = failure.error;
  }
}

/** `pauseMs`: before what failed is tried again. */
export function endRound(
  { owed, done, failed, httpStatus, error }: AttemptRound<Owed>,
  nowMs: number,
  pauseMs: number,
): EndedAttempt {
  const isOver = failed.length === 0 || nowMs - owed.createdAtMs > giveUpMs;
  return {
    id: owed.id,
    accountId: owed.accountId,
    attempt: owed.attempts + 1,
    doneIds: done,
    failedIds: failed,
    httpStatus,
    error,
    dueAtMs: isOver ? null : nowMs + pauseMs,
  };
}
