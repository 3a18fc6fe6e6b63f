// A set of many numbers in little memory: 16 bytes for each at most times two, outside the garbage collector's heap.
// Serves lists of recipients, of which a million must fit. Numbers are positive and exact in a double.

/** How full it may be before it grows. */
const load = 0.5;

export class NumberSet {
  #slots = new Float64Array(1024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** False when it was there. */
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

/** Where it stands, or would stand: the first free place after its own. */
function placeOf(slots: Float64Array, value: number): number {
  const mask = slots.length - 1;
  // Numbers of one country differ in their last digits, which the multiplication spreads over all bits.
  let at = Math.imul((value % 4_294_967_296) ^ (value / 4_294_967_296), 0x9e3779b1) >>> 8;
  for (at &= mask; slots[at] !== 0 && slots[at] !== value; at = (at + 1) & mask);
  return at;
}
