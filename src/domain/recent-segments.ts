// The segments handed to carriers lately, by the carrier's reference: the short way from a receipt to its message.
// Only a memory in front of the table of carrier references: what is forgotten here is found there.
import type { CarrierReceipt } from './connector.ts';

export interface RecentSegment {
  readonly bucket: number;
  readonly messageId: number;
  readonly part: number;
  readonly submittedAtMs: number;
  /** False until its reference is committed: its receipts wait for that. */
  durable: boolean;
  /** Receipts that came before it was durable. */
  waiting: WaitingReceipt[] | null;
}

export interface WaitingReceipt {
  readonly connectorId: number;
  readonly receipt: CarrierReceipt;
  readonly saved: (ok: boolean) => void;
}

export class RecentSegments {
  readonly #byConnector = new Map<number, Map<string, RecentSegment>>();
  readonly #limit: number;

  /** Remembers up to `limit` segments for each connector; the oldest are forgotten first. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  add(connectorId: number, reference: string, segment: RecentSegment): void {
    let segments = this.#byConnector.get(connectorId);
    if (segments === undefined) {
      segments = new Map();
      this.#byConnector.set(connectorId, segments);
    }
    // A carrier that uses a reference again means the later message.
    segments.delete(reference);
    segments.set(reference, segment);
    if (segments.size > this.#limit) this.#forgetOldest(segments);
  }

  #forgetOldest(segments: Map<string, RecentSegment>): void {
    for (const [reference, segment] of segments) {
      // What is not durable cannot be found in the table: it stays.
      if (!segment.durable) return;
      segments.delete(reference);
      if (segments.size <= this.#limit) return;
    }
  }

  find(connectorId: number, references: readonly string[]): RecentSegment | undefined {
    const segments = this.#byConnector.get(connectorId);
    if (segments === undefined) return undefined;
    for (const reference of references) {
      const segment = segments.get(reference);
      if (segment !== undefined) return segment;
    }
    return undefined;
  }
}
