// What a link learns of its carrier from the first receipts: the notation of ids, whether a long message gets one
// receipt or one for each part, and how far the dates are ahead of UTC. Used by the connector.
// It learns from matches that leave no doubt only, keeps at most a few thousand messages, and an option wins over it.

import type { CarrierReceipt } from '#domain/delivery/connector.ts';
import { zoneOffset } from '#domain/plan/schedule.ts';
import type { StateWords } from '#smpp/protocol/receipt-states.ts';
import type { ReceiptReading, ReceiptRules } from '#smpp/protocol/receipt-text.ts';
import { type ReferenceForm, referenceForms, referencesIn } from '#smpp/protocol/reference-forms.ts';
import type { LinkHabits, ReceiptCount, SmppOptions } from './options.ts';

/** Matches of one notation after which only that one is read. */
const enoughMatches = 20;
/** Long messages that got one receipt each, and none more, after which one speaks for all parts. */
const enoughSingles = 5;
/** How long other receipts of a message may take after its first. */
const settleMs = 600_000;
/** Receipts in a row whose date is ahead of us by the same quarter hours. */
const enoughDates = 20;
/** A date that lies behind may be a late receipt as well as a clock of the Americas. */
const enoughDatesBehind = 100;
const quarterMs = 900_000;
/** Minutes are cut off, and receipts take a while. */
const dateToleranceMs = 150_000;
const maxRemembered = 4_000;

interface LongMessage {
  /** Parts that the carrier has not taken (yet). */
  missing: number;
  /** Parts that a receipt has told of. */
  readonly told: Set<number>;
  firstAtMs: number;
  receipt: CarrierReceipt | null;
}

interface Sent {
  readonly msisdn: number;
  readonly part: number;
  readonly message: LongMessage | null;
}

export interface HabitsEvents {
  onLearnt(habits: LinkHabits): void;
  /** A receipt that turned out to speak for every part of its message. */
  onSingle(receipt: CarrierReceipt): void;
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
  #singles: CarrierReceipt[] = [];
  #severals = 0;
  readonly #isZoneLearnt: boolean;
  #aheadMs = 0;
  #quarters = 0;
  #streak = 0;
  readonly #words: StateWords;
  readonly #zone: (wallClockMs: number) => number;

  constructor(options: SmppOptions, learnt: LinkHabits, events: HabitsEvents) {
    this.#events = events;
    // One reference, however many segments.
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

  /** How receipts are to be read now. */
  get rules(): ReceiptRules {
    return { forms: this.#forms, words: this.#words, aheadMs: this.#zone };
  }

  /** Whether a receipt of this carrier speaks for every part of its message. */
  get isOneForAll(): boolean {
    return this.#isForcedToOne || this.#count === 'any';
  }

  /** What it may be learnt from: the carrier took a segment. `job` stands for its message. */
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
    if (this.#isZoneLearnt && reading.wallClockMs !== null) this.#learnClock(reading.wallClockMs - nowMs);
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
      // One that the carrier has in part only gets fewer receipts from any carrier.
      if (message.missing > 0) continue;
      this.#singles.push(message.receipt!);
      if (this.#severals === 0 && this.#singles.length >= enoughSingles) this.#learnCount('any');
    }
  }

  /** The message sent under this id; its number must agree, for small ids exist in every notation. */
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
      // A failure of one part is the end of all; only a delivery waits for the others.
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

  #openReceipts(): CarrierReceipt[] {
    return [...this.#open].filter(({ missing }) => missing === 0).map(({ receipt }) => receipt!);
  }

  /** Nothing is left to be learnt of references. */
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

/** The last six digits: carriers write receipts from national numbers too, or with a prefix of their own. */
function isSameNumber(msisdn: number, address: string): boolean {
  const digits = address.replace(/\D/g, '');
  return digits.length >= 6 && String(msisdn).endsWith(digits.slice(-6));
}

/** From what a clock of the zone shows to how far it is ahead of UTC; UTC when there is no such zone. */
function clockOf(timeZone: string): (wallClockMs: number) => number {
  try {
    const offsetAt = zoneOffset(timeZone);
    offsetAt(0);
    return (wallClockMs) => offsetAt(wallClockMs - offsetAt(wallClockMs));
  } catch {
    return () => 0;
  }
}
