// The segments handed to carriers lately, by the carrier's reference: the short way from a receipt to its message.
// Only a memory in front of the table of carrier references: what is forgotten here is found there.
import type { CarrierReceipt } from './connector.ts';

export interface RecentSegment {
  readonly bucket: number;
  readonly messageId: number;
  /** One bit for each part of the message that has this reference. */
  readonly parts: number;
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

/** Segments of one carrier by reference: the later half of what is remembered, and the half before it. */
interface Generations {
  young: Map<string, RecentSegment>;
  old: Map<string, RecentSegment>;
}

export class RecentSegments {
  readonly #byConnector = new Map<number, Generations>();
  readonly #limit: number;

  /** Remembers the last `limit` segments of each connector, and at most as many older ones. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  add(connectorId: number, reference: string, segment: RecentSegment): void {
    let segments = this.#byConnector.get(connectorId);
    if (segments === undefined) {
      segments = { young: new Map(), old: new Map() };
      this.#byConnector.set(connectorId, segments);
    }
    if (segments.young.size >= this.#limit) grow(segments);
    // A carrier that uses a reference again means the later message: the young ones are looked at first.
    segments.young.set(reference, segment);
  }

  find(connectorId: number, references: readonly string[]): RecentSegment | undefined {
    const segments = this.#byConnector.get(connectorId);
    if (segments === undefined) return undefined;
    for (const reference of references) {
      const segment = segments.young.get(reference) ?? segments.old.get(reference);
      if (segment !== undefined) return segment;
    }
    return undefined;
  }

  /** Its end is stored: one more receipt for it would be a repetition, and the table knows it too. */
  forget(connectorId: number, references: readonly string[], segment: object): void {
    const segments = this.#byConnector.get(connectorId);
    if (segments === undefined) return;
    for (const reference of references)
      for (const half of [segments.young, segments.old])
        if (half.get(reference) === segment) half.delete(reference);
  }
}

/**
 * The young ones become the old ones, and the old ones are forgotten at once. Not one by one: each look for the oldest
 * entry of a Map walks over the places of all that were deleted before it (a tenth of the server's time at 3,000/s).
 */
function grow(segments: Generations): void {
  const young = new Map<string, RecentSegment>();
  // What is not durable cannot be found in the table: it stays.
  for (const [reference, segment] of segments.old)
    if (!segment.durable && !segments.young.has(reference)) young.set(reference, segment);
  segments.old = segments.young;
  segments.young = young;
}
