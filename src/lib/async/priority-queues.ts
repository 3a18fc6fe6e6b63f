// Queues by destination, each with several priority classes; class 0 leaves first. Used by the dispatcher.
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

  push(destination: number, priorityClass: number, item: Item): void {
    let classes = this.#byDestination.get(destination);
    if (classes === undefined) {
      classes = Array.from({ length: this.#priorityClassCount }, () => new Queue<Item>());
      this.#byDestination.set(destination, classes);
    }
    classes[priorityClass]!.push(item);
  }

  /** Removes and returns the next item of a destination, by priority class and then by age. */
  shift(destination: number): Item | undefined {
    for (const queue of this.#byDestination.get(destination) ?? [])
      if (queue.length > 0) return queue.shift();
    return undefined;
  }

  /** Removes a destination and returns its items in the order in which they would have left. */
  removeAll(destination: number): Item[] {
    const items: Item[] = [];
    for (let item = this.shift(destination); item !== undefined; item = this.shift(destination))
      items.push(item);
    this.#byDestination.delete(destination);
    return items;
  }
}
