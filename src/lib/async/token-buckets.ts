// One token bucket for each key, such as an address or an account: a rate limit in calls a minute. Used by mail to SMS.
// The time is an argument. Never holds more than 10,000 buckets.

const minuteMs = 60_000;
const maxBuckets = 10_000;

interface Bucket {
  tokens: number;
  atMs: number;
}

export class TokenBuckets<Key> {
  readonly #perMinute: number;
  readonly #buckets = new Map<Key, Bucket>();

  /** A bucket holds the tokens of one minute. 0: no limit. */
  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  /** Takes one token of the key. False if its bucket is empty. */
  acquireToken(key: Key, nowMs: number): boolean {
    if (this.#perMinute === 0) return true;
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      if (this.#buckets.size >= maxBuckets) this.#discardFull(nowMs);
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

  /** A bucket that was not used for a minute is full, like a new one. If too few are, the oldest half is discarded. */
  #discardFull(nowMs: number): void {
    for (const [key, { atMs }] of this.#buckets) if (nowMs - atMs >= minuteMs) this.#buckets.delete(key);
    let surplus = this.#buckets.size - maxBuckets / 2;
    for (const key of this.#buckets.keys()) if (surplus-- > 0) this.#buckets.delete(key);
  }
}
