// Learns habits of a carrier from its first receipts: the notation of ids, one receipt for a long message or one for each
// part, and the difference of its dates from UTC. Used by the connector.
// Learns from unambiguous matches only, keeps at most a few thousand messages, and an option overrides the result.

import type { Receipt } from '#domain/delivery/connector.ts';
import { zoneOffset } from '#lib/time/zoned-time.ts';
import type { StateWords } from '#smpp/protocol/receipt-states.ts';
import type { ReceiptReading, ReceiptRules } from '#smpp/protocol/receipt-text.ts';
import { type ReferenceForm, referenceForms, referencesIn } from '#smpp/protocol/reference-forms.ts';
import type { LinkHabits, ReceiptCount, SmppOptions } from './options.ts';

/** Matches of one notation after which only that notation is read. */
const enoughMatches = 20;
/** Long messages with exactly one receipt each after which one receipt counts for all parts. */
const enoughSingles = 5;
/** Time for further receipts of a message after its first. */
const settleMs = 600_000;
/** Consecutive receipts whose date is ahead of us by the same quarter hours. */
const enoughDates = 20;
/** More for dates that are behind: a late receipt looks like a clock of the Americas. */
const enoughDatesBehind = 100;
const quarterMs = 900_000;
/** Dates are cut to minutes, and receipts take time. */
const dateToleranceMs = 150_000;
const maxRemembered = 4_000;

interface LongMessage {
  /** Parts that the carrier has not accepted (yet). */
  missing: number;
  /** Parts that have a receipt. */
  readonly told: Set<number>;
  firstAtMs: number;
  receipt: Receipt | null;
}

interface Sent {
  readonly msisdn: number;
  readonly part: number;
  readonly message: LongMessage | null;
}

export interface HabitsEvents {
  onLearnt(habits: LinkHabits): void;
  /** The receipt counts for every part of its message. */
  onSingle(receipt: Receipt): void;
}

export class ReceiptHabits {
  readonly #events: HabitsEvents;
  readonly #isForcedToOne: boolean;
  #form: ReferenceForm | null;
  #count: ReceiptCount | null;
  #forms: readonly ReferenceForm[];
  readonly #votes = new Map<ReferenceForm, number>();
  readonly #sent = new Map<string, Sent>();
  readonly #long = new WeakMap<object, LongMessage>();
  readonly #open = new Set<LongMessage>();
  #singles: Receipt[] = [];
  #severals = 0;
  readonly #isZoneLearnt: boolean;
  #aheadMs = 0;
  #quarters = 0;
  #streak = 0;
  readonly #words: StateWords;
  readonly #zone: (localMs: number) => number;

  constructor(options: SmppOptions, learnt: LinkHabits, events: HabitsEvents) {
    this.#events = events;
    // One reference for any number of segments.
    this.#isForcedToOne = options.splitMode === 'payload';
    this.#form = options.idForm === 'auto' ? (learnt.idForm ?? null) : options.idForm;
    this.#count = options.receipts === 'auto' ? (learnt.receipts ?? null) : options.receipts;
    this.#forms = this.#form === null ? referenceForms : [this.#form];
    this.#words = new Map(
      Object.entries(options.stateWords).map(([word, state]) => [word.toUpperCase(), state]),
    );
    this.#isZoneLearnt = options.receiptZone === 'auto';
    this.#zone = this.#isZoneLearnt ? () => this.#aheadMs : clockOf(options.receiptZone);
  }

  /** The current reading of receipts. */
  get rules(): ReceiptRules {
    return { forms: this.#forms, words: this.#words, aheadMs: this.#zone };
  }

  /** Whether a receipt of this carrier counts for every part of its message. */
  get isOneForAll(): boolean {
    return this.#isForcedToOne || this.#count === 'any';
  }

  /** Input for the learning: the carrier accepted a segment. `job` stands for its message. */
  onTaken(job: object, msisdn: number, reference: string, part: number, parts: number): void {
    const isLong = this.#count === null && !this.#isForcedToOne && parts > 1;
    if (this.#form !== null && !isLong) return;
    let message = isLong ? (this.#long.get(job) ?? null) : null;
    if (isLong && message === null) {
      message = { missing: parts, told: new Set(), firstAtMs: 0, receipt: null };
      this.#long.set(job, message);
    }
    if (message !== null) message.missing--;
    if (this.#sent.size >= maxRemembered) this.#sent.delete(this.#sent.keys().next().value!);
    this.#sent.set(reference, { msisdn, part, message });
  }

  onReceipt(reading: ReceiptReading, sourceAddress: string, nowMs: number): void {
    if (this.#isZoneLearnt && reading.localMs !== null) this.#learnClock(reading.localMs - nowMs);
    if (this.#sent.size === 0) return;
    const matches = referenceForms.filter((form) => this.#find(form, reading.id, sourceAddress) !== null);
    if (matches.length !== 1) return;
    const sent = this.#find(matches[0]!, reading.id, sourceAddress)!;
    if (this.#form === null) this.#vote(matches[0]!);
    if (sent.message !== null && this.#count === null) this.#onPart(sent, sent.message, reading, nowMs);
  }

  tick(nowMs: number): void {
    // In the order of their first receipts.
    for (const message of this.#open) {
      if (nowMs - message.firstAtMs < settleMs) return;
      this.#open.delete(message);
      // A message that the carrier has in part gets fewer receipts from any carrier.
      if (message.missing > 0) continue;
      this.#singles.push(message.receipt!);
      if (this.#severals === 0 && this.#singles.length >= enoughSingles) this.#learnCount('any');
    }
  }

  /** The message with this id. Its number must agree, because small ids exist in every notation. */
  #find(form: ReferenceForm, id: string, sourceAddress: string): Sent | null {
    for (const reference of referencesIn(form, id)) {
      const sent = this.#sent.get(reference);
      if (sent !== undefined && isSameNumber(sent.msisdn, sourceAddress)) return sent;
    }
    return null;
  }

  #vote(form: ReferenceForm): void {
    const votes = (this.#votes.get(form) ?? 0) + 1;
    this.#votes.set(form, votes);
    this.#forms = [...referenceForms].sort((a, b) => (this.#votes.get(b) ?? 0) - (this.#votes.get(a) ?? 0));
    let others = 0;
    for (const [other, count] of this.#votes) if (other !== form) others += count;
    if (votes < enoughMatches || others * 10 > votes) return;
    this.#form = form;
    this.#forms = [form];
    this.#forget();
    this.#events.onLearnt({ idForm: form });
  }

  #onPart(sent: Sent, message: LongMessage, reading: ReceiptReading, nowMs: number): void {
    if (reading.receipt.state === 'underway') return;
    message.told.add(sent.part);
    if (message.told.size === 1 && message.receipt === null) {
      // A failed part ends the message; only a delivery waits for the other parts.
      if (reading.receipt.state !== 'delivered') return;
      message.receipt = reading.receipt;
      message.firstAtMs = nowMs;
      this.#open.add(message);
    } else if (message.told.size === 2) {
      this.#open.delete(message);
      this.#severals++;
      if (this.#severals >= enoughSingles) this.#learnCount('each');
    }
  }

  #learnCount(count: ReceiptCount): void {
    this.#count = count;
    const told = count === 'any' ? [...this.#singles, ...this.#openReceipts()] : [];
    this.#singles = [];
    this.#open.clear();
    this.#forget();
    this.#events.onLearnt({ receipts: count });
    for (const receipt of told) this.#events.onSingle({ ...receipt, speaksForAll: true });
  }

  #openReceipts(): Receipt[] {
    return [...this.#open].filter(({ missing }) => missing === 0).map(({ receipt }) => receipt!);
  }

  /** Nothing more can be learnt from references. */
  #forget(): void {
    if (this.#form !== null && (this.#count !== null || this.#isForcedToOne)) this.#sent.clear();
  }

  #learnClock(aheadMs: number): void {
    const quarters = Math.round(aheadMs / quarterMs);
    if (Math.abs(aheadMs - quarters * quarterMs) > dateToleranceMs || Math.abs(quarters) > 56) return;
    this.#streak = quarters === this.#quarters ? this.#streak + 1 : 1;
    this.#quarters = quarters;
    if (this.#streak >= (quarters < 0 ? enoughDatesBehind : enoughDates))
      this.#aheadMs = quarters * quarterMs;
  }
}

/** The last six digits: carriers write receipts from national numbers too, or with an extra prefix. */
function isSameNumber(msisdn: number, address: string): boolean {
  const digits = address.replace(/\D/g, '');
  return digits.length >= 6 && String(msisdn).endsWith(digits.slice(-6));
}

/** Converts local milliseconds of the zone to its difference from UTC; 0 for an unknown zone. */
function clockOf(timeZone: string): (localMs: number) => number {
  try {
    const offsetAt = zoneOffset(timeZone);
    offsetAt(0);
    return (localMs) => offsetAt(localMs - offsetAt(localMs));
  } catch {
    return () => 0;
  }
}
