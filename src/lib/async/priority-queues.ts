// Queues by destination, several lanes in each: what is in the first lane leaves first.
import { Fifo } from './queue.ts';

export class LaneQueues<Item> {
  readonly #laneCount: number;
  readonly #byDestination = new Map<number, Fifo<Item>[]>();

  constructor(laneCount: number) {
    this.#laneCount = laneCount;
  }

  destinations(): IterableIterator<number> {
    return this.#byDestination.keys();
  }

  push(destination: number, lane: number, item: Item): void {
    let lanes = this.#byDestination.get(destination);
    if (lanes === undefined) {
      lanes = Array.from({ length: this.#laneCount }, () => new Fifo<Item>());
      this.#byDestination.set(destination, lanes);
    }
    lanes[lane]!.push(item);
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
