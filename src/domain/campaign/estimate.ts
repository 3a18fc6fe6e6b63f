// The sums of a campaign before it is sent, and the differences between two estimates of it. Used by the service of
// compositions: the sending adds up the same plans and must reach the same sums. Pure.

import type { Encoding } from '#domain/base/campaign.ts';
import { noteText } from '#domain/base/campaign-notes.ts';
import type { Refusal, RefusalReason } from '#domain/base/refusals.ts';
import type { Plan } from '#domain/plan/plan.ts';

interface CountrySums {
  readonly messages: number;
  readonly segments: number;
  /** Micros of a euro, as text: sums are stored as JSON. */
  readonly costMicros: string;
  /** Of one segment. */
  readonly priceMicros: string;
  /** The instant at which they leave; null: at once. */
  readonly dueAtMs: number | null;
}

export interface EstimateSums {
  readonly messages: number;
  readonly segments: number;
  readonly costMicros: string;
  readonly byCountry: Readonly<Record<string, CountrySums>>;
  /** Number of segments of a message to the number of such messages. */
  readonly bySegments: Readonly<Record<string, number>>;
  readonly byEncoding: Readonly<Record<Encoding, number>>;
  /** Recipients without a message. */
  readonly failures: Readonly<Partial<Record<RefusalReason, number>>>;
  readonly sender: string | null;
  /** The text with the stop clause; merge fields are not replaced. */
  readonly text: string;
  /** `held`: the operator decides before it leaves. */
  readonly review: 'noted' | 'held' | null;
  readonly cues: readonly string[];
  readonly notes: readonly string[];
}

/** A value that moved between an estimate and the sending. */
export type Difference =
  | {
      readonly kind: 'messages' | 'segments' | 'opted-out' | 'refused';
      readonly before: number;
      readonly after: number;
    }
  | { readonly kind: 'cost'; readonly before: string; readonly after: string }
  | {
      readonly kind: 'price';
      readonly country: string;
      readonly before: string | null;
      readonly after: string | null;
    }
  | {
      readonly kind: 'leaves';
      readonly country: string;
      readonly before: number | null;
      readonly after: number | null;
    }
  | { readonly kind: 'sender'; readonly before: string | null; readonly after: string | null };

interface MutableCountry {
  messages: number;
  segments: number;
  costMicros: bigint;
  dueAtMs: number | null;
}

/** Adds up plans of one campaign, part by part. */
export class EstimateSum {
  readonly #countries = new Map<string, MutableCountry>();
  readonly #segments = new Map<number, number>();
  readonly #encodings: Record<Encoding, number> = { gsm7: 0, ucs2: 0 };
  readonly #failures = new Map<RefusalReason, number>();
  #first: Plan | null = null;
  #cues = new Set<string>();
  #notes = new Set<string>();
  #review: EstimateSums['review'] = null;

  add(plan: Plan, nowMs: number): void {
    this.#first ??= plan;
    for (const { country, segments, costMicros, dueAtMs, encoding } of plan.messages) {
      let sums = this.#countries.get(country);
      if (sums === undefined) {
        sums = { messages: 0, segments: 0, costMicros: 0n, dueAtMs: dueAtMs > nowMs ? dueAtMs : null };
        this.#countries.set(country, sums);
      }
      sums.messages++;
      sums.segments += segments;
      sums.costMicros += costMicros;
      this.#segments.set(segments, (this.#segments.get(segments) ?? 0) + 1);
      this.#encodings[encoding]++;
    }
    for (const { refusal } of plan.failures) this.addFailure(refusal, 1);
    for (const note of plan.notes) this.#notes.add(noteText(note));
    if (plan.review === null) return;
    this.#review = this.#review === 'held' ? 'held' : plan.review.state;
    for (const cue of plan.review.cues) this.#cues.add(cue);
  }

  addFailure({ reason }: Refusal, count: number): void {
    this.#failures.set(reason, (this.#failures.get(reason) ?? 0) + count);
  }

  sums(): EstimateSums {
    const countries = [...this.#countries].sort(([, a], [, b]) => b.messages - a.messages);
    const total = { messages: 0, segments: 0, costMicros: 0n };
    for (const [, sums] of countries) {
      total.messages += sums.messages;
      total.segments += sums.segments;
      total.costMicros += sums.costMicros;
    }
    return {
      ...total,
      costMicros: String(total.costMicros),
      byCountry: Object.fromEntries(countries.map(([country, sums]) => [country, renderCountry(sums)])),
      bySegments: Object.fromEntries([...this.#segments].sort(([a], [b]) => a - b)),
      byEncoding: { ...this.#encodings },
      failures: Object.fromEntries(this.#failures),
      sender: this.#first?.sender ?? null,
      text: this.#first?.text ?? '',
      review: this.#review,
      cues: [...this.#cues],
      notes: [...this.#notes],
    };
  }
}

function renderCountry({ messages, segments, costMicros, dueAtMs }: MutableCountry): CountrySums {
  // One price for a country and tier: the division is exact.
  const priceMicros = segments === 0 ? 0n : costMicros / BigInt(segments);
  return { messages, segments, costMicros: String(costMicros), priceMicros: String(priceMicros), dueAtMs };
}

/** Empty if the sending may go on. A campaign that leaves at once has no instant, so that time alone is no difference. */
export function differencesOf(before: EstimateSums, after: EstimateSums): Difference[] {
  const differences: Difference[] = [];
  const compare = (kind: 'messages' | 'segments' | 'opted-out' | 'refused', a: number, b: number) => {
    if (a !== b) differences.push({ kind, before: a, after: b });
  };
  if (before.costMicros !== after.costMicros)
    differences.push({ kind: 'cost', before: before.costMicros, after: after.costMicros });
  compare('messages', before.messages, after.messages);
  compare('segments', before.segments, after.segments);
  compare('opted-out', optedOutOf(before), optedOutOf(after));
  compare('refused', refusedOf(before), refusedOf(after));
  for (const country of new Set([...Object.keys(before.byCountry), ...Object.keys(after.byCountry)])) {
    const a = before.byCountry[country];
    const b = after.byCountry[country];
    if (a?.priceMicros !== b?.priceMicros)
      differences.push({
        kind: 'price',
        country,
        before: a?.priceMicros ?? null,
        after: b?.priceMicros ?? null,
      });
    if (a !== undefined && b !== undefined && a.dueAtMs !== b.dueAtMs)
      differences.push({ kind: 'leaves', country, before: a.dueAtMs, after: b.dueAtMs });
  }
  if (before.sender !== after.sender)
    differences.push({ kind: 'sender', before: before.sender, after: after.sender });
  return differences;
}

const optedOutOf = ({ failures }: EstimateSums): number => failures['recipient-opted-out'] ?? 0;

function refusedOf(sums: EstimateSums): number {
  const all = Object.values(sums.failures).reduce((sum, count) => sum + (count ?? 0), 0);
  return all - optedOutOf(sums);
}
