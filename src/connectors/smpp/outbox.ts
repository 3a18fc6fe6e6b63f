// Segments that wait for capacity, in their order. Mostly empty: the dispatcher hands over at most capacity().
// Used by the connector; the time is an argument. Ends segments that can no longer be sent.

import type { Outcome } from '#domain/delivery/connector.ts';
import { halfTaken, type Segment, tryLater } from './job.ts';

export class Outbox {
  readonly #segments: Segment[] = [];
  readonly #fail: (segment: Segment, outcome: Outcome) => void;

  /** `fail` ends a segment in a later turn of the event loop. */
  constructor(fail: (segment: Segment, outcome: Outcome) => void) {
    this.#fail = fail;
  }

  get length(): number {
    return this.#segments.length;
  }

  push(segment: Segment): void {
    this.#segments.push(segment);
  }

  /** Adds a refused segment that can be tried again: before new messages, behind other refused segments. */
  postpone(segment: Segment, nowMs: number): void {
    segment.job.postpone(nowMs);
    let at = 0;
    while (at < this.#segments.length && this.#segments[at]!.job.waitingSinceMs > 0) at++;
    this.#segments.splice(at, 0, segment);
  }

  /** Offers segments in order until one is not accepted. */
  offer(take: (segment: Segment) => boolean): void {
    let taken = 0;
    while (taken < this.#segments.length && take(this.#segments[taken]!)) taken++;
    if (taken > 0) this.#segments.splice(0, taken);
  }

  /** Ends segments that expired, failed with another segment, or have waited too long. */
  giveUp(nowMs: number, patienceMs: number): void {
    this.#keep((segment) => {
      const { job } = segment;
      if (job.failure !== null) this.#fail(segment, job.failure);
      else if (job.message.expiresAtMs <= nowMs) this.#fail(segment, { kind: 'expired' });
      else if (job.waitingSinceMs > 0 && nowMs - job.waitingSinceMs >= patienceMs) {
        this.#fail(segment, job.isBegun ? halfTaken : tryLater('the carrier asks for patience'));
      } else return true;
      return false;
    });
  }

  /** Returns messages without a sent segment to the dispatcher. The rest of a begun message waits for another bind. */
  giveBack(reason: string, nowMs: number): void {
    this.#keep((segment) => {
      const { job } = segment;
      if (job.failure === null && job.isBegun) {
        job.waitingSinceMs ||= nowMs;
        return true;
      }
      this.#fail(segment, job.failure ?? tryLater(reason));
      return false;
    });
  }

  /** Nothing is sent any more. */
  close(): void {
    for (const segment of this.#segments.splice(0)) this.#fail(segment, segment.job.failure ?? halfTaken);
  }

  #keep(isKept: (segment: Segment) => boolean): void {
    const segments = this.#segments;
    let kept = 0;
    for (const segment of segments) if (isKept(segment)) segments[kept++] = segment;
    segments.length = kept;
  }
}
