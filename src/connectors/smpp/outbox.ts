// Segments that found no room, in the order in which they leave. Mostly empty: the dispatcher hands over what
// capacity() allows. Serves the connector; the time is an argument. It never lets wait what cannot leave any more.

import type { Outcome } from '#domain/delivery/connector.ts';
import { halfTaken, type Segment, tryLater } from './job.ts';

export class Outbox {
  readonly #segments: Segment[] = [];
  readonly #fail: (segment: Segment, outcome: Outcome) => void;

  /** `fail` ends a segment in a later turn. */
  constructor(fail: (segment: Segment, outcome: Outcome) => void) {
    this.#fail = fail;
  }

  get length(): number {
    return this.#segments.length;
  }

  push(segment: Segment): void {
    this.#segments.push(segment);
  }

  /** Not taken, and worth asking again: before whatever else waits, behind what waits with it. */
  postpone(segment: Segment, nowMs: number): void {
    segment.job.postpone(nowMs);
    let at = 0;
    while (at < this.#segments.length && this.#segments[at]!.job.waitingSinceMs > 0) at++;
    this.#segments.splice(at, 0, segment);
  }

  /** Offers them in order until one is not taken. */
  offer(take: (segment: Segment) => boolean): void {
    let taken = 0;
    while (taken < this.#segments.length && take(this.#segments[taken]!)) taken++;
    if (taken > 0) this.#segments.splice(0, taken);
  }

  /** Ends what expired, failed elsewhere, or has waited longer than we are patient. */
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

  /** What the carrier has nothing of goes back to the dispatcher; the rest of a message waits for another bind. */
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

  /** Nothing leaves any more. */
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
