// The requests that wait for their response, by sequence number, each with a token of its sender.
// Used by the session. Knows no PDU and no clock; the sender observes its capacity (`free`).

interface Waiting<Token> {
  readonly token: Token;
  readonly sentAtMs: number;
}

export class Window<Token> {
  capacity: number;
  /** In the order of sending: a Map keeps it, and sending times only grow. */
  readonly #waiting = new Map<number, Waiting<Token>>();

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get size(): number {
    return this.#waiting.size;
  }

  get free(): number {
    return Math.max(0, this.capacity - this.#waiting.size);
  }

  add(sequence: number, token: Token, nowMs: number): void {
    this.#waiting.set(sequence, { token, sentAtMs: nowMs });
  }

  /** The token that waited under this number, which waits no longer. */
  take(sequence: number): Token | undefined {
    const waiting = this.#waiting.get(sequence);
    if (waiting === undefined) return undefined;
    this.#waiting.delete(sequence);
    return waiting.token;
  }

  /** Removes and returns requests sent at or before this instant, oldest first. */
  takeSentBy(atMs: number): Token[] {
    const taken: Token[] = [];
    for (const [sequence, waiting] of this.#waiting) {
      if (waiting.sentAtMs > atMs) break;
      this.#waiting.delete(sequence);
      taken.push(waiting.token);
    }
    return taken;
  }

  takeAll(): Token[] {
    return this.takeSentBy(Number.POSITIVE_INFINITY);
  }
}
