// Gathers messages for requests with several of them. Used by the connector. A message waits at most `waitMs` for others. Messages
// of a batch that the carrier refused as a whole go alone the next time: one of them can be to blame.
import type { OutboundMessage, Outcome } from '#domain/delivery/connector.ts';

export interface Entry {
  readonly message: OutboundMessage;
  readonly done: (outcome: Outcome) => void;
}

export interface BatchesOptions {
  /** 1: every message goes at once. */
  readonly size: number;
  readonly waitMs: number;
  readonly send: (entries: readonly Entry[]) => void;
}

/** Of messages that go alone; beyond it the oldest ones are forgotten, and can be refused in a batch again. */
const maxAlone = 10_000;

export class Batches {
  readonly #options: BatchesOptions;
  #waiting: Entry[] = [];
  #timer: NodeJS.Timeout | undefined;
  readonly #alone = new Set<number>();

  constructor(options: BatchesOptions) {
    this.#options = options;
  }

  add(entry: Entry): void {
    const { size, waitMs, send } = this.#options;
    if (size === 1 || this.#alone.delete(entry.message.id)) {
      send([entry]);
      return;
    }
    this.#waiting.push(entry);
    if (this.#waiting.length >= size) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), waitMs);
  }

  sendAlone(messages: readonly OutboundMessage[]): void {
    for (const { id } of messages) this.#alone.add(id);
    for (const id of this.#alone) {
      if (this.#alone.size <= maxAlone) break;
      this.#alone.delete(id);
    }
  }

  #flush(): void {
    const entries = this.takeAll();
    if (entries.length > 0) this.#options.send(entries);
  }

  /** Messages that no request contains yet. */
  takeAll(): readonly Entry[] {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const entries = this.#waiting;
    this.#waiting = [];
    return entries;
  }
}
