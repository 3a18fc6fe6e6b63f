// First in, first out. Used by the other structures of this folder and by the pipeline.
// A shift costs constant time: the remaining items are copied only when more than half of the array is empty.

export class Queue<Item> {
  #items: (Item | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  push(item: Item): void {
    this.#items.push(item);
  }

  /** Returns the oldest item and leaves it in the queue; undefined if the queue is empty. */
  peek(): Item | undefined {
    return this.#items[this.#head];
  }

  /** Removes and returns the oldest item; undefined if the queue is empty. */
  shift(): Item | undefined {
    if (this.#head === this.#items.length) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head++] = undefined;
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}
