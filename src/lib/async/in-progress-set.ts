// What a process has in its hands, beside what a table says is its own: a row that is its own and not in its hands was left
// behind by a statement whose answer was lost, and may be taken again. Held before the statement that takes it.

export class InProgressSet<Id> {
  /** How often: two requests may have the same thing in hand. */
  readonly #held = new Map<Id, number>();

  get held(): readonly Id[] {
    return [...this.#held.keys()];
  }

  async hold<T>(id: Id, work: () => Promise<T>): Promise<T> {
    this.#held.set(id, (this.#held.get(id) ?? 0) + 1);
    try {
      return await work();
    } finally {
      const left = this.#held.get(id)! - 1;
      if (left === 0) this.#held.delete(id);
      else this.#held.set(id, left);
    }
  }
}
