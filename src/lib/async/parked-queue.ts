// Items that wait, by key, until there is capacity for their key. They are processed one by one in the order of arrival.
// Used by the callback pusher for endpoints whose queue is full. Never holds more than `limit` items of all keys together
// if its caller checks `isFull`.
import { Queue } from './queue.ts';

export interface ParkedQueueOptions<Item> {
  /** Items of all keys together. */
  readonly limit: number;
  readonly hasCapacity: (key: string) => boolean;
  /** Processes one item; the next one of its key follows when it resolves. Never rejects. */
  readonly process: (item: Item) => Promise<void>;
}

export class ParkedQueue<Item> {
  readonly #options: ParkedQueueOptions<Item>;
  readonly #byKey = new Map<string, Queue<Item>>();
  readonly #draining = new Map<string, Promise<void>>();
  #count = 0;
  #isStopping = false;

  constructor(options: ParkedQueueOptions<Item>) {
    this.#options = options;
  }

  get isFull(): boolean {
    return this.#count >= this.#options.limit;
  }

  park(key: string, item: Item): void {
    let queue = this.#byKey.get(key);
    if (queue === undefined) {
      queue = new Queue();
      this.#byKey.set(key, queue);
    }
    queue.push(item);
    this.#count++;
  }

  /** Processes items of this key while there is capacity. Call it whenever there can be capacity again. */
  drain(key: string): void {
    if (this.#isStopping || !this.#byKey.has(key) || this.#draining.has(key)) return;
    if (!this.#options.hasCapacity(key)) return;
    this.#draining.set(
      key,
      this.#drain(key).finally(() => this.#draining.delete(key)),
    );
  }

  drainAll(): void {
    for (const key of this.#byKey.keys()) this.drain(key);
  }

  async #drain(key: string): Promise<void> {
    while (!this.#isStopping && this.#options.hasCapacity(key)) {
      const item = this.#shift(key);
      if (item === undefined) return;
      await this.#options.process(item);
    }
  }

  #shift(key: string): Item | undefined {
    const queue = this.#byKey.get(key);
    const item = queue?.shift();
    if (item !== undefined) this.#count--;
    if (queue?.length === 0) this.#byKey.delete(key);
    return item;
  }

  /** Removes and returns the items of this key without processing them. */
  removeAll(key: string): Item[] {
    const items: Item[] = [];
    for (let item = this.#shift(key); item !== undefined; item = this.#shift(key)) items.push(item);
    return items;
  }

  /** Starts nothing more, waits for the items in progress and returns the rest. */
  async stop(): Promise<Item[]> {
    this.#isStopping = true;
    await Promise.all(this.#draining.values());
    return [...this.#byKey.keys()].flatMap((key) => this.removeAll(key));
  }
}
