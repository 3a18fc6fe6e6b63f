// The health of a link to a carrier: its binds, its answers and receipts of the last minute. Filled by connectors, stored by the
// process that has them, shown to the operator. Pure; counts in memory, with a fixed size.

/** down: not connected, another attempt follows. stopped: this process does not use it. */
type BindState = 'bound' | 'binding' | 'down' | 'stopped';

export interface BindHealth {
  /** From 0. An HTTP link has one. */
  readonly index: number;
  readonly state: BindState;
  readonly sinceMs: number;
  /** The carrier's or the system's own word for the last failure, such as ESME_RINVPASWD; null: none since the last bind. */
  readonly reason: string | null;
  /** Of the next attempt; null: none is planned. */
  readonly retryAtMs: number | null;
}

interface LastMinute {
  readonly accepted: number;
  readonly refused: number;
  readonly throttled: number;
  /** Not accepted for now, or for another carrier. */
  readonly postponed: number;
  readonly inDoubt: number;
  readonly receipts: number;
  readonly replies: number;
  /** Of answers, in ms; null: none. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  /** The most frequent codes of refusals, at most five. */
  readonly refusals: readonly { readonly code: string; readonly times: number }[];
}

export interface ConnectorHealth {
  readonly binds: readonly BindHealth[];
  /** The carrier asked for a pause, which has not ended. */
  readonly isThrottled: boolean;
  /** Requests without an answer. */
  readonly inFlight: number;
  /** Most requests without an answer, in this process. */
  readonly window: number;
  /** Requests a second; 0: no limit. */
  readonly perSecond: number;
  readonly lastMinute: LastMinute;
  readonly lastAnswerAtMs: number | null;
  readonly lastReceiptAtMs: number | null;
  /** Countries whose messages the carrier lately failed to take (domain/routing/country-health.ts). Absent: not counted. */
  readonly troubledCountries?: readonly string[];
}

/** Of a link that nothing was sent over. */
export const idleHealth: ConnectorHealth = {
  binds: [],
  isThrottled: false,
  inFlight: 0,
  window: 0,
  perSecond: 0,
  lastMinute: {
    ...{ accepted: 0, refused: 0, throttled: 0, postponed: 0, inDoubt: 0, receipts: 0, replies: 0 },
    ...{ p50Ms: null, p95Ms: null, refusals: [] },
  },
  lastAnswerAtMs: null,
  lastReceiptAtMs: null,
};

export type AnswerKind = 'accepted' | 'refused' | 'throttled' | 'postponed' | 'inDoubt';

const slotMs = 5_000;
const slotCount = 12;
/** Upper bounds of the classes of durations, in ms. The last class has no bound. */
const bounds = [
  1, 2, 3, 5, 8, 12, 20, 30, 50, 80, 120, 200, 300, 500, 800, 1_200, 2_000, 3_000, 5_000, 8_000, 15_000,
  30_000, 60_000,
];
const maxCodes = 50;

interface Slot {
  /** Number of its 5 seconds since the epoch; -1: unused. */
  number: number;
  readonly counts: Record<AnswerKind | 'receipts' | 'replies', number>;
  readonly durations: Uint32Array;
  readonly codes: Map<string, number>;
}

const newSlot = (): Slot => ({
  number: -1,
  counts: { accepted: 0, refused: 0, throttled: 0, postponed: 0, inDoubt: 0, receipts: 0, replies: 0 },
  durations: new Uint32Array(bounds.length + 1),
  codes: new Map(),
});

/** Counts the events of one link over the last minute, in twelve slots of five seconds. */
export class ConnectorMeter {
  readonly #slots = Array.from({ length: slotCount }, newSlot);
  #lastAnswerAtMs: number | null = null;
  #lastReceiptAtMs: number | null = null;

  /** `durationMs` null: there was no answer. `code` names a refusal. */
  countAnswer(kind: AnswerKind, durationMs: number | null, nowMs: number, code: string | null = null): void {
    const slot = this.#slotAt(nowMs);
    slot.counts[kind]++;
    if (durationMs !== null) {
      this.#lastAnswerAtMs = nowMs;
      slot.durations[classOf(durationMs)]!++;
    }
    if (code !== null && (slot.codes.has(code) || slot.codes.size < maxCodes))
      slot.codes.set(code, (slot.codes.get(code) ?? 0) + 1);
  }

  countReceipt(nowMs: number): void {
    this.#slotAt(nowMs).counts.receipts++;
    this.#lastReceiptAtMs = nowMs;
  }

  countReply(nowMs: number): void {
    this.#slotAt(nowMs).counts.replies++;
  }

  read(nowMs: number): Pick<ConnectorHealth, 'lastMinute' | 'lastAnswerAtMs' | 'lastReceiptAtMs'> {
    const first = Math.floor(nowMs / slotMs) - slotCount + 1;
    const slots = this.#slots.filter(({ number }) => number >= first);
    const sum = (kind: keyof Slot['counts']) => slots.reduce((total, { counts }) => total + counts[kind], 0);
    const durations = bounds.map((_, at) => slots.reduce((total, slot) => total + slot.durations[at]!, 0));
    const codes = new Map<string, number>();
    for (const slot of slots)
      for (const [code, times] of slot.codes) codes.set(code, (codes.get(code) ?? 0) + times);
    return {
      lastMinute: {
        accepted: sum('accepted'),
        refused: sum('refused'),
        throttled: sum('throttled'),
        postponed: sum('postponed'),
        inDoubt: sum('inDoubt'),
        receipts: sum('receipts'),
        replies: sum('replies'),
        p50Ms: quantileOf(durations, 0.5),
        p95Ms: quantileOf(durations, 0.95),
        refusals: [...codes]
          .map(([code, times]) => ({ code, times }))
          .sort((a, b) => b.times - a.times)
          .slice(0, 5),
      },
      lastAnswerAtMs: this.#lastAnswerAtMs,
      lastReceiptAtMs: this.#lastReceiptAtMs,
    };
  }

  #slotAt(nowMs: number): Slot {
    const number = Math.floor(nowMs / slotMs);
    const slot = this.#slots[number % slotCount]!;
    if (slot.number !== number) {
      slot.number = number;
      for (const kind of Object.keys(slot.counts) as (keyof Slot['counts'])[]) slot.counts[kind] = 0;
      slot.durations.fill(0);
      slot.codes.clear();
    }
    return slot;
  }
}

function classOf(durationMs: number): number {
  const found = bounds.findIndex((bound) => durationMs <= bound);
  return found === -1 ? bounds.length : found;
}

/** The upper bound of the class in which the quantile lies. */
function quantileOf(durations: readonly number[], share: number): number | null {
  const total = durations.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let seen = 0;
  for (const [at, count] of durations.entries()) {
    seen += count;
    if (seen >= total * share) return bounds[at]!;
  }
  return bounds.at(-1)!;
}
