// What one customer of the simulated carrier (a system_id) is still to be told: receipts and replies. Serves the
// carrier. It gives each to any bind that listens, a window at a time, and again until it is acknowledged: on a new
// bind after a loss, and a while after a "not now". That is what real carriers do, and what crash tests rely on.

import type { Fields, Tlvs } from '#smpp/protocol/commands.ts';

export interface Delivery {
  readonly kind: 'receipt' | 'reply';
  readonly tlvs: Tlvs | undefined;
  /** Its last TLV is longer than the PDU. */
  readonly isBroken: boolean;
  /** Asked again for each try; good until the next one asks. */
  fields(): Partial<Fields<'deliver_sm'>>;
}

/** A bind that listens. */
export interface Listener {
  /** How many more deliver_sm it takes now. */
  readonly room: number;
  deliver(delivery: Delivery, nowMs: number): void;
}

export class Mailbox {
  readonly #listeners: Listener[] = [];
  /** Served first: what was sent and not acknowledged. */
  #again: Delivery[] = [];
  #queue: Delivery[] = [];
  #head = 0;
  #turn = 0;
  isHeld = false;

  /** Not counting what is on its way. */
  get waiting(): number {
    return this.#again.length + this.#queue.length - this.#head;
  }

  attach(listener: Listener): void {
    this.#listeners.push(listener);
  }

  detach(listener: Listener): void {
    const index = this.#listeners.indexOf(listener);
    if (index >= 0) this.#listeners.splice(index, 1);
  }

  push(delivery: Delivery): void {
    this.#queue.push(delivery);
  }

  /** It left and was not acknowledged. */
  giveBack(delivery: Delivery): void {
    this.#again.push(delivery);
  }

  /** Sends what the binds have room for. */
  pump(nowMs: number): void {
    if (this.isHeld) return;
    while (this.waiting > 0) {
      const listener = this.#listenerWithRoom();
      if (listener === null) return;
      let room = listener.room;
      for (; room > 0 && this.waiting > 0; room--) listener.deliver(this.#next(), nowMs);
    }
  }

  #next(): Delivery {
    if (this.#again.length > 0) return this.#again.shift()!;
    const delivery = this.#queue[this.#head++]!;
    if (this.#head === this.#queue.length) {
      this.#queue = [];
      this.#head = 0;
    } else if (this.#head >= 4096 && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    return delivery;
  }

  /** The binds take turns. */
  #listenerWithRoom(): Listener | null {
    for (let tried = 0; tried < this.#listeners.length; tried++) {
      this.#turn = (this.#turn + 1) % this.#listeners.length;
      const listener = this.#listeners[this.#turn]!;
      if (listener.room > 0) return listener;
    }
    return null;
  }
}
