// Requests of a link that wait until it has fewer than `concurrency` others. Used by the connector: a batch that goes apart, or
// batches that end their wait early, are more requests than the carrier permits at the same time. Never drops an entry.
import { Queue } from '#lib/async/queue.ts';
import type { Entry } from './batches.ts';

export interface RequestQueueOptions {
  readonly concurrency: number;
  /** Never rejects. */
  readonly send: (entries: readonly Entry[]) => Promise<void>;
}

export class RequestQueue {
  readonly #send: RequestQueueOptions['send'];
  readonly #waiting = new Queue<readonly Entry[]>();
  #concurrency: number;
  #running = 0;

  constructor({ concurrency, send }: RequestQueueOptions) {
    this.#concurrency = concurrency;
    this.#send = send;
  }

  get concurrency(): number {
    return this.#concurrency;
  }

  /** A smaller one takes effect as requests end. */
  set concurrency(value: number) {
    this.#concurrency = value;
    this.#startNext();
  }

  /** Whether requests wait for others. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  add(entries: readonly Entry[]): void {
    this.#waiting.push(entries);
    this.#startNext();
  }

  /** Entries whose request has not begun. */
  takeAll(): Entry[] {
    const entries: Entry[] = [];
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift())
      entries.push(...next);
    return entries;
  }

  #startNext(): void {
    while (this.#running < this.#concurrency) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#running++;
      void this.#send(next).finally(() => {
        this.#running--;
        this.#startNext();
      });
    }
  }
}
