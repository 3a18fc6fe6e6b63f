// Finds lost claims: rows of this process that the process does not know, because the answer to a commit was lost with its
// connection. Used by the job loops. A claim is lost if two checks in a row find it unknown: a claim that is being
// committed is known at the second check.

export class LostClaims {
  #suspects: ReadonlySet<string> = new Set();

  /**
   * Returns the rows of `claims` that were also unknown at the previous check. `scope` separates equal ids of two buckets.
   */
  find(claims: readonly { scope: number; id: number }[], isKnown: (scope: number, id: number) => boolean) {
    const unknown = claims.filter(({ scope, id }) => !isKnown(scope, id));
    const lost = unknown.filter(({ scope, id }) => this.#suspects.has(`${scope} ${id}`));
    this.#suspects = new Set(unknown.map(({ scope, id }) => `${scope} ${id}`));
    return lost;
  }
}
