// Recently submitted segments by carrier reference, to match a receipt without a query. Used by the receipt recorder. A
// cache of the table of carrier references: the table has every durable segment that is not here.
import type { Receipt } from './connector.ts';

export interface RecentSegment {
  readonly bucket: number;
  readonly messageId: number;
  /** One bit for each part of the message that has this reference. */
  readonly parts: number;
  /** The routing rule by which it was sent; null: none. */
  readonly routeId: number | null;
  readonly submittedAtMs: number;
  /** False until its reference is committed. Its receipts wait for the commit. */
  durable: boolean;
  /** Receipts that arrived before the commit. */
  waiting: WaitingReceipt[] | null;
}

export interface WaitingReceipt {
  readonly connectorId: number;
  readonly receipt: Receipt;
  readonly saved: (ok: boolean) => void;
}

/** Segments of one carrier by reference, in two generations. */
interface Generations {
  young: Map<string, RecentSegment>;
  old: Map<string, RecentSegment>;
}

export class RecentSegments {
  readonly #byConnector = new Map<number, Generations>();
  readonly #limit: number;

  /** Keeps the last `limit` segments of each connector, and at most as many older ones. */
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
    // A carrier that reuses a reference means the later message: `young` is searched first.
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

  /** Call when the final status is stored. A further receipt would be a repetition, and the table recognizes it. */
  forget(connectorId: number, references: readonly string[], segment: object): void {
    const segments = this.#byConnector.get(connectorId);
    if (segments === undefined) return;
    for (const reference of references)
      for (const half of [segments.young, segments.old])
        if (half.get(reference) === segment) half.delete(reference);
  }
}

/**
 * Makes the young generation the old one and drops the old one. Deleting single entries is slower: the search for the
 * oldest entry of a Map visits the deleted positions before it (10 % of the server's time at 3,000/s).
 */
function grow(segments: Generations): void {
  const young = new Map<string, RecentSegment>();
  // Segments that are not durable stay: the table does not have them.
  for (const [reference, segment] of segments.old)
    if (!segment.durable && !segments.young.has(reference)) young.set(reference, segment);
  segments.old = segments.young;
  segments.young = young;
}
