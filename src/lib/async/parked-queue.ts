// What waits, by key, until there is room for it: taken out again one by one in the order it came, and only so much of it
// altogether.
import { Queue } from './queue.ts';

export interface ParkedQueueOptions<Item> {
  /** Items of all keys together. */
  readonly limit: number;
  readonly hasRoom: (key: string) => boolean;
  /** Takes what there is room for; the next one is looked at when it is done. Never rejects. */
  readonly use: (item: Item) => Promise<void>;
}

export class ParkedQueue<Item> {
  readonly #options: ParkedQueueOptions<Item>;
  readonly #byKey = new Map<string, Queue<Item>>();
  readonly #emptying = new Map<string, Promise<void>>();
  #count = 0;
  #isStopping = false;

  constructor(options: ParkedQueueOptions<Item>) {
    this.#options = options;
  }

  get isFull(): boolean {
    return this.#count >= this.#options.limit;
  }

  put(key: string, item: Item): void {
    let shelf = this.#byKey.get(key);
    if (shelf === undefined) {
      shelf = new Queue();
      this.#byKey.set(key, shelf);
    }
    shelf.push(item);
    this.#count++;
  }

  /** To be called whenever there may be room. */
  lookAt(key: string): void {
    if (this.#isStopping || !this.#byKey.has(key) || this.#emptying.has(key)) return;
    if (!this.#options.hasRoom(key)) return;
    this.#emptying.set(
      key,
      this.#empty(key).finally(() => this.#emptying.delete(key)),
    );
  }

  lookAtAll(): void {
    for (const key of this.#byKey.keys()) this.lookAt(key);
  }

  async #empty(key: string): Promise<void> {
    while (!this.#isStopping && this.#options.hasRoom(key)) {
      const item = this.#take(key);
      if (item === undefined) return;
      await this.#options.use(item);
    }
  }

  #take(key: string): Item | undefined {
    const shelf = this.#byKey.get(key);
    const item = shelf?.shift();
    if (item !== undefined) this.#count--;
    if (shelf?.length === 0) this.#byKey.delete(key);
    return item;
  }

  /** Everything of this key, not to be used. */
  takeAll(key: string): Item[] {
    const items: Item[] = [];
    for (let item = this.#take(key); item !== undefined; item = this.#take(key)) items.push(item);
    return items;
  }

  /** Nothing is used any more; answers what is left, after what was under way. */
  async stop(): Promise<Item[]> {
    this.#isStopping = true;
    await Promise.all(this.#emptying.values());
    return [...this.#byKey.keys()].flatMap((key) => this.takeAll(key));
  }
}
