// Queues by destination, several lanes in each: what is in the first lane leaves first.
import { Queue } from './queue.ts';

export class PriorityQueues<Item> {
  readonly #priorityClassCount: number;
  readonly #byDestination = new Map<number, Queue<Item>[]>();

  constructor(priorityClassCount: number) {
    this.#priorityClassCount = priorityClassCount;
  }

  destinations(): IterableIterator<number> {
    return this.#byDestination.keys();
  }

  push(destination: number, lane: number, item: Item): void {
    let priorityClasses = this.#byDestination.get(destination);
    if (priorityClasses === undefined) {
      priorityClasses = Array.from({ length: this.#priorityClassCount }, () => new Queue<Item>());
      this.#byDestination.set(destination, priorityClasses);
    }
    priorityClasses[lane]!.push(item);
  }

  /** The next item of a destination, by lane and then by age. */
  shift(destination: number): Item | undefined {
    for (const lane of this.#byDestination.get(destination) ?? []) if (lane.length > 0) return lane.shift();
    return undefined;
  }

  /** Takes everything away from a destination. */
  empty(destination: number): Item[] {
    const items: Item[] = [];
    for (let item = this.shift(destination); item !== undefined; item = this.shift(destination))
      items.push(item);
    this.#byDestination.delete(destination);
    return items;
  }
}
