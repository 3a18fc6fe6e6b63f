// Deliveries (receipts and replies) for one system_id. Used by bound-sessions.ts and its owners. A delivery goes to any
// bind that receives, in its window, and again until it has a response: at once over another bind after a loss, later
// after a refusal that is temporary. It keeps everything in memory and has no limit; its owner bounds what it adds.

import { commandStatus } from '#smpp/protocol/status.ts';

/** A bind that receives. */
export interface DeliveryReceiver<Item> {
  /** Number of deliveries that it can take now. */
  readonly room: number;
  deliver(item: Item, nowMs: number): void;
}

/**
 * Responses to deliver_sm after which an SMSC repeats; every other refusal is final. ESME_RX_T_APPN is the
 * specification's word for "later" (SMPP 3.4 §5.1.3); the others are those of Vonage and Kannel.
 */
export const repeatedStatuses: ReadonlySet<number> = new Set([
  commandStatus.ESME_RSYSERR,
  commandStatus.ESME_RMSGQFUL,
  commandStatus.ESME_RSUBMITFAIL,
  commandStatus.ESME_RTHROTTLED,
  commandStatus.ESME_RX_T_APPN,
  commandStatus.ESME_RDELIVERYFAILURE,
  commandStatus.ESME_RUNKNOWNERR,
]);

/** The head of an array moves; the array is cut when half of it and 4,096 items are behind the head. */
const minCut = 4_096;

export class DeliveryQueue<Item> {
  readonly #receivers: DeliveryReceiver<Item>[] = [];
  /** Sent without a positive response: served first. */
  #repeated: Item[] = [];
  #postponed: { readonly item: Item; readonly atMs: number }[] = [];
  #items: Item[] = [];
  #head = 0;
  #turn = 0;
  /** Keeps deliveries while true. */
  isHeld = false;

  /** Deliveries that are not on their way. */
  get waiting(): number {
    return this.#ready + this.#postponed.length;
  }

  get #ready(): number {
    return this.#repeated.length + this.#items.length - this.#head;
  }

  attach(receiver: DeliveryReceiver<Item>): void {
    this.#receivers.push(receiver);
  }

  detach(receiver: DeliveryReceiver<Item>): void {
    const index = this.#receivers.indexOf(receiver);
    if (index >= 0) this.#receivers.splice(index, 1);
  }

  add(item: Item): void {
    this.#items.push(item);
  }

  /** A delivery without a response is sent again before new ones. */
  repeat(item: Item): void {
    this.#repeated.push(item);
  }

  /** A delivery that was refused for now is sent again at `atMs`. */
  postpone(item: Item, atMs: number): void {
    this.#postponed.push({ item, atMs });
  }

  /** Removes and returns the deliveries that are not on their way, oldest first. */
  takeAll(): Item[] {
    const taken = [
      ...this.#repeated,
      ...this.#postponed.map(({ item }) => item),
      ...this.#items.slice(this.#head),
    ];
    this.#repeated = [];
    this.#postponed = [];
    this.#items = [];
    this.#head = 0;
    return taken;
  }

  get hasReceivers(): boolean {
    return this.#receivers.length > 0;
  }

  /** Sends as many deliveries as the receivers have room for. */
  pump(nowMs: number): void {
    if (this.#postponed.length > 0) this.#repeatDue(nowMs);
    if (this.isHeld) return;
    while (this.#ready > 0) {
      const receiver = this.#nextReceiver();
      if (receiver === null) return;
      for (let { room } = receiver; room > 0 && this.#ready > 0; room--)
        receiver.deliver(this.#next(), nowMs);
    }
  }

  #repeatDue(nowMs: number): void {
    const due = this.#postponed.filter(({ atMs }) => atMs <= nowMs);
    if (due.length === 0) return;
    this.#postponed = this.#postponed.filter(({ atMs }) => atMs > nowMs);
    for (const { item } of due) this.#repeated.push(item);
  }

  #next(): Item {
    if (this.#repeated.length > 0) return this.#repeated.shift()!;
    const item = this.#items[this.#head++]!;
    if (this.#head === this.#items.length) {
      this.#items = [];
      this.#head = 0;
    } else if (this.#head >= minCut && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** The receivers take turns; null if none has room. */
  #nextReceiver(): DeliveryReceiver<Item> | null {
    for (let tried = 0; tried < this.#receivers.length; tried++) {
      this.#turn = (this.#turn + 1) % this.#receivers.length;
      const receiver = this.#receivers[this.#turn]!;
      if (receiver.room > 0) return receiver;
    }
    return null;
  }
}
