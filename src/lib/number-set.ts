// A compact set of numbers: 16 to 32 bytes for each, outside the garbage-collected heap. Used by lists of recipients, which
// can have a million. Numbers are positive and exact in a double.

/** Maximum share of used slots before the set grows. */
const load = 0.5;

export class NumberSet {
  #slots = new Float64Array(1024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** False if the set has it already. */
  add(value: number): boolean {
    const at = placeOf(this.#slots, value);
    if (this.#slots[at] === value) return false;
    this.#slots[at] = value;
    if (++this.#size > this.#slots.length * load) this.#grow();
    return true;
  }

  #grow(): void {
    const slots = new Float64Array(this.#slots.length * 2);
    for (const value of this.#slots) if (value !== 0) slots[placeOf(slots, value)] = value;
    this.#slots = slots;
  }
}

/** The slot of a number, or the free slot for it. */
function placeOf(slots: Float64Array, value: number): number {
  const mask = slots.length - 1;
  // Numbers of one country differ in their last digits; the multiplication spreads these over all bits.
  let at = Math.imul((value % 4_294_967_296) ^ (value / 4_294_967_296), 0x9e3779b1) >>> 8;
  for (at &= mask; slots[at] !== 0 && slots[at] !== value; at = (at + 1) & mask);
  return at;
}
