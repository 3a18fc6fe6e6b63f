// Delayed actions by the simulator's clock: late receipts and slow responses. Used by carrier.ts.
// Actions are kept in slots of 20 ms, so that a million of them cost nothing while they wait.

const slotMs = 20;

export class Schedule {
  readonly #slots = new Map<number, (() => void)[]>();
  #doneUpTo = Number.NEGATIVE_INFINITY;

  get isEmpty(): boolean {
    return this.#slots.size === 0;
  }

  /** Not before this instant. */
  at(atMs: number, action: () => void): void {
    const slot = Math.max(Math.ceil(atMs / slotMs), this.#doneUpTo + 1);
    const actions = this.#slots.get(slot);
    if (actions === undefined) this.#slots.set(slot, [action]);
    else actions.push(action);
  }

  run(nowMs: number): void {
    const current = Math.floor(nowMs / slotMs);
    if (this.#slots.size === 0 || current <= this.#doneUpTo) {
      this.#doneUpTo = Math.max(this.#doneUpTo, current);
      return;
    }
    const due = [...this.#slots.keys()].filter((slot) => slot <= current).sort((a, b) => a - b);
    this.#doneUpTo = current;
    for (const slot of due) {
      const actions = this.#slots.get(slot)!;
      this.#slots.delete(slot);
      for (const action of actions) action();
    }
  }
}
