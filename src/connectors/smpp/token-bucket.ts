// A rate limit as a plain value: so many a second, with a tenth of a second saved up at most.
// Serves a bind; the time is an argument.

export class TokenBucket {
  readonly #perMs: number;
  readonly #burst: number;
  #tokens: number;
  #atMs: number;

  /** A rate of 0 is no limit. */
  constructor(perSecond: number, nowMs: number) {
    this.#perMs = perSecond / 1000;
    this.#burst = Math.max(1, perSecond / 10);
    this.#tokens = this.#burst;
    this.#atMs = nowMs;
  }

  /** Whole tokens that can be taken now; Infinity without a limit. */
  available(nowMs: number): number {
    if (this.#perMs === 0) return Number.POSITIVE_INFINITY;
    if (nowMs > this.#atMs) {
      this.#tokens = Math.min(this.#burst, this.#tokens + (nowMs - this.#atMs) * this.#perMs);
      this.#atMs = nowMs;
    }
    return Math.floor(this.#tokens);
  }

  /** Nothing becomes available by the clock alone. */
  isFull(nowMs: number): boolean {
    return this.#perMs === 0 || this.available(nowMs) >= Math.floor(this.#burst);
  }

  /** Only what is available. */
  take(): void {
    if (this.#perMs !== 0) this.#tokens--;
  }
}
