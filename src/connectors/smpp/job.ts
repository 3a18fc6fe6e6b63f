// A message in the connector: its segments, the result of each, and the one outcome of all.
// Used by the connector; no socket, no clock. `done` is called once, when no segment is pending.

import type { OutboundMessage, Outcome } from '#domain/delivery/connector.ts';
import type { SegmentBody, SourceAddress } from './encode.ts';

export interface Segment {
  readonly job: Job;
  readonly index: number;
  readonly body: SegmentBody;
  /** Of the last submit_sm; 0 before it. */
  sentAtMs: number;
}

/** Decides between different results of the segments: the stronger one is the outcome. */
const strength = {
  'try-later': 0,
  expired: 1,
  elsewhere: 2,
  'in-doubt': 3,
  refused: 4,
  submitted: 5,
} as const;

export class Job {
  readonly message: OutboundMessage;
  readonly source: SourceAddress;
  readonly dataCoding: number;
  readonly segments: readonly Segment[];
  /** First time of a throttled response, or of a lost connection with segments left; 0: never. */
  waitingSinceMs = 0;
  /** The failure so far, while other segments are pending. */
  failure: Outcome | null = null;
  readonly done: (outcome: Outcome) => void;
  readonly #references: string[];
  /** Segments that the carrier accepted or may have accepted: sent and without a response. */
  #begun = 0;
  #taken = 0;
  #open: number;

  constructor(
    message: OutboundMessage,
    source: SourceAddress,
    dataCoding: number,
    bodies: readonly SegmentBody[],
    done: (outcome: Outcome) => void,
  ) {
    this.message = message;
    this.source = source;
    this.dataCoding = dataCoding;
    this.done = done;
    this.#open = bodies.length;
    const segments: Segment[] = [];
    const references: string[] = [];
    for (let index = 0; index < bodies.length; index++) {
      segments.push({ job: this, index, body: bodies[index]!, sentAtMs: 0 });
      references.push('');
    }
    this.segments = segments;
    this.#references = references;
  }

  /** The carrier accepted, or may have accepted, a part: the message cannot be returned to the dispatcher. */
  get isBegun(): boolean {
    return this.#begun > 0;
  }

  /** A segment was sent. One call of take, postpone or fail follows. */
  send(): void {
    this.#begun++;
  }

  /** The carrier accepted a sent segment. */
  take(index: number, reference: string): void {
    this.#references[index] = reference;
    this.#taken++;
    this.#close();
  }

  /** The carrier did not accept a sent segment; it can be sent again. */
  postpone(nowMs: number): void {
    this.#begun--;
    this.waitingSinceMs ||= nowMs;
  }

  /** Any other end of a segment, sent or not. */
  fail(outcome: Outcome): void {
    if (this.failure === null || strength[outcome.kind] > strength[this.failure.kind]) this.failure = outcome;
    this.#close();
  }

  #close(): void {
    this.#open--;
    if (this.#open > 0) return;
    let failure = this.failure;
    if (failure?.kind === 'try-later' && this.#taken > 0) failure = halfTaken;
    // The carrier accepted a part: over another carrier the text would arrive twice.
    else if (failure?.kind === 'elsewhere' && this.#taken > 0) failure = { ...failure, kind: 'refused' };
    this.done(failure ?? { kind: 'submitted', references: this.#references });
  }
}

/** The rest alone would be a second message. */
export const halfTaken: Outcome = { kind: 'in-doubt', reason: 'the carrier took only some of its segments' };

/** One second: the dispatcher has other carriers, and onChange wakes it. */
export function tryLater(reason: string): Outcome {
  return { kind: 'try-later', afterMs: 1_000, reason };
}
