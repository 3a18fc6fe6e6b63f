// Rows that are ours by the table and that we know nothing of: a commit whose answer was lost with its connection.
// A row is a stray when two looks in a row find it so; what is being committed right now is known by the second.

export class LostClaims {
  #suspects: ReadonlySet<string> = new Set();

  /** Those of `owned` that were unknown at the last look as well. `scope` tells apart the same id in two buckets. */
  look(owned: readonly { scope: number; id: number }[], isKnown: (scope: number, id: number) => boolean) {
    const unknown = owned.filter(({ scope, id }) => !isKnown(scope, id));
    const strays = unknown.filter(({ scope, id }) => this.#suspects.has(`${scope} ${id}`));
    this.#suspects = new Set(unknown.map(({ scope, id }) => `${scope} ${id}`));
    return strays;
  }
}
