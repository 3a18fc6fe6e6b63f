// A message on its way through the connector: its segments, what became of each, and the one outcome of them all.
// Serves the connector; no socket, no clock. `done` is called once, when nothing of the message is under way.

import type { OutboundMessage, Outcome } from '#domain/delivery/connector.ts';
import type { SegmentBody, SourceAddress } from './encode.ts';

export interface Segment {
  readonly job: Job;
  readonly index: number;
  readonly body: SegmentBody;
}

/** The stronger one stands when segments of a message meet different ends. */
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
  /** When the carrier first asked for patience with it, or what is left of it lost its link; 0: never. */
  waitingSinceMs = 0;
  /** How it has failed so far, while other segments are still under way. */
  failure: Outcome | null = null;
  readonly done: (outcome: Outcome) => void;
  readonly #references: string[];
  /** Segments the carrier took, or may have: sent and without an answer. */
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
      segments.push({ job: this, index, body: bodies[index]! });
      references.push('');
    }
    this.segments = segments;
    this.#references = references;
  }

  /** The carrier has part of it, or may have: it cannot be given back as if nothing had happened. */
  get isBegun(): boolean {
    return this.#begun > 0;
  }

  /** A segment left. take, postpone or fail follow, once. */
  send(): void {
    this.#begun++;
  }

  /** The carrier took a segment that had left. */
  take(index: number, reference: string): void {
    this.#references[index] = reference;
    this.#taken++;
    this.#close();
  }

  /** The carrier did not take a segment that had left; it may leave again. */
  postpone(nowMs: number): void {
    this.#begun--;
    this.waitingSinceMs ||= nowMs;
  }

  /** A segment met its end otherwise, whether it had left or not. */
  fail(outcome: Outcome): void {
    if (this.failure === null || strength[outcome.kind] > strength[this.failure.kind]) this.failure = outcome;
    this.#close();
  }

  #close(): void {
    this.#open--;
    if (this.#open > 0) return;
    let failure = this.failure;
    if (failure?.kind === 'try-later' && this.#taken > 0) failure = halfTaken;
    // The carrier has some of it: whole over another one, it would come twice.
    else if (failure?.kind === 'elsewhere' && this.#taken > 0) failure = { ...failure, kind: 'refused' };
    this.done(failure ?? { kind: 'submitted', references: this.#references });
  }
}

/** Sending the rest again as a message of its own would be a second message. */
export const halfTaken: Outcome = { kind: 'in-doubt', reason: 'the carrier took only some of its segments' };

/** One second: whoever is told so has other carriers, and onChange to wake it. */
export function tryLater(reason: string): Outcome {
  return { kind: 'try-later', afterMs: 1_000, reason };
}
