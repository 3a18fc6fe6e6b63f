// So many a minute for each of many: addresses, accounts. Serves the session; the time is an argument.
// It must not grow with the number of those who ever came.

const minuteMs = 60_000;
const maxRemembered = 10_000;

interface Bucket {
  tokens: number;
  atMs: number;
}

export class RateLimit<Key> {
  readonly #perMinute: number;
  readonly #buckets = new Map<Key, Bucket>();

  /** What a minute allows may come at once. 0 is no limit. */
  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  /** Whether one more may come now; it counts when it may. */
  take(key: Key, nowMs: number): boolean {
    if (this.#perMinute === 0) return true;
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      if (this.#buckets.size >= maxRemembered) this.#forget(nowMs);
      bucket = { tokens: this.#perMinute, atMs: nowMs };
      this.#buckets.set(key, bucket);
    }
    const refilled = bucket.tokens + (Math.max(0, nowMs - bucket.atMs) * this.#perMinute) / minuteMs;
    bucket.tokens = Math.min(this.#perMinute, refilled);
    bucket.atMs = nowMs;
    if (bucket.tokens < 1) return false;
    bucket.tokens--;
    return true;
  }

  /** A bucket that nobody took from for a minute is full, as if it were not there; failing those, the oldest half. */
  #forget(nowMs: number): void {
    for (const [key, { atMs }] of this.#buckets) if (nowMs - atMs >= minuteMs) this.#buckets.delete(key);
    let surplus = this.#buckets.size - maxRemembered / 2;
    for (const key of this.#buckets.keys()) if (surplus-- > 0) this.#buckets.delete(key);
  }
}
