// Rate limits as values; the time is an argument. Used by the binds of connectors, by the limits of received mails for each
// address and account, and by the simulated carrier.
import { ExpiringCache } from './expiring-cache.ts';

export interface Rate {
  /** 0: no limit. */
  readonly perSecond: number;
  /** Tokens that an unused bucket saves up, at least 1. */
  readonly burst: number;
}

export class TokenBucket {
  readonly perSecond: number;
  readonly #perMs: number;
  readonly #burst: number;
  #tokens: number;
  #atMs: number;

  /** The bucket is full at the beginning. */
  constructor({ perSecond, burst }: Rate, nowMs: number) {
    this.perSecond = perSecond;
    this.#perMs = perSecond / 1000;
    this.#burst = Math.max(1, burst);
    this.#tokens = this.#burst;
    this.#atMs = nowMs;
  }

  /** Whole tokens that can be consumed now; Infinity without a limit. */
  available(nowMs: number): number {
    if (this.#perMs === 0) return Number.POSITIVE_INFINITY;
    // A clock that is set back adds no token and removes none.
    const elapsedMs = Math.max(0, nowMs - this.#atMs);
    this.#tokens = Math.min(this.#burst, this.#tokens + elapsedMs * this.#perMs);
    this.#atMs = nowMs;
    return Math.floor(this.#tokens);
  }

  /** True if no token is added as time passes. */
  isFull(nowMs: number): boolean {
    return this.#perMs === 0 || this.available(nowMs) >= Math.floor(this.#burst);
  }

  /** Consumes one token of those that `available` has just returned. */
  consumeToken(): void {
    if (this.#perMs !== 0) this.#tokens--;
  }

  /** Consumes one token if there is one; false if there is none. */
  acquireToken(nowMs: number): boolean {
    if (this.available(nowMs) < 1) return false;
    this.consumeToken();
    return true;
  }
}

/** Keys whose buckets are kept. Beyond it, the bucket that was used least recently is deleted. */
const maxKeys = 10_000;

/** One bucket for each key, with the tokens of one minute. */
export class TokenBuckets<Key extends string | number> {
  readonly #rate: Rate;
  readonly #buckets = new ExpiringCache<Key, TokenBucket>({ maxEntries: maxKeys });

  /** 0: no limit. */
  constructor(perMinute: number) {
    this.#rate = { perSecond: perMinute / 60, burst: perMinute };
  }

  /** Consumes one token of this key if there is one; false if there is none. */
  acquireToken(key: Key, nowMs: number): boolean {
    if (this.#rate.perSecond === 0) return true;
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      bucket = new TokenBucket(this.#rate, nowMs);
      this.#buckets.set(key, bucket);
    }
    return bucket.acquireToken(nowMs);
  }
}
