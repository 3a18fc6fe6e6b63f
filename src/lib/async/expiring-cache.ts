// A map with a limited number of entries, each with an optional age limit. A full cache deletes the entry that was used
// least recently, so a flood of new keys does not remove all entries at once. Used by the caches of accounts, credentials,
// keys and users, and by the HTTP client. The only file that imports lru-cache.

import { LRUCache } from 'lru-cache';
import type { Clock } from '#lib/time/clock.ts';

export interface ExpiringCacheOptions {
  readonly maxEntries: number;
  /** Entries older than `maxAgeMs` by this clock are not returned. Without it, entries have no age limit. */
  readonly expiry?: { readonly maxAgeMs: number; readonly clock: Clock };
}

export class ExpiringCache<Key extends string | number, Value extends {}> {
  readonly #cache: LRUCache<Key, Value>;

  constructor({ maxEntries, expiry }: ExpiringCacheOptions) {
    // With `max` the library allocates every entry in advance: 32 ms and 4 MB for 100,000. A size of 1 per entry limits
    // the number as well, and is as fast.
    const limit = { maxSize: maxEntries, sizeCalculation: () => 1 };
    this.#cache = new LRUCache<Key, Value>(
      expiry === undefined
        ? limit
        : {
            ...limit,
            ttl: expiry.maxAgeMs,
            // Otherwise the library reads the clock once in a millisecond of real time.
            ttlResolution: 0,
            // The library takes an entry that was set at 0 for one without an age limit.
            perf: { now: () => expiry.clock.now() + 1 },
          },
    );
  }

  get(key: Key): Value | undefined {
    return this.#cache.get(key);
  }

  /** The age of the entry starts anew. */
  set(key: Key, value: Value): void {
    this.#cache.set(key, value);
  }

  delete(key: Key): void {
    this.#cache.delete(key);
  }

  clear(): void {
    this.#cache.clear();
  }
}
