// Ids this process works on. A row that names this process and is not in the set is a lost claim: the answer to the
// statement that claimed it did not arrive, and the row may be claimed again.
// Used by services with jobs. An id enters the set before the statement that claims its row.

export class InProgressSet<Id> {
  /** Number of pieces of work for each id: two requests can work on the same one. */
  readonly #counts = new Map<Id, number>();

  get ids(): readonly Id[] {
    return [...this.#counts.keys()];
  }

  /** Keeps the id in the set until `work` has settled. */
  async run<T>(id: Id, work: () => Promise<T>): Promise<T> {
    this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1);
    try {
      return await work();
    } finally {
      const left = this.#counts.get(id)! - 1;
      if (left === 0) this.#counts.delete(id);
      else this.#counts.set(id, left);
    }
  }
}
