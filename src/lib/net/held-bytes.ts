// Limits the memory of unfinished and waiting request bodies, in total and for each client address, and the duration of
// slow bodies. Used by the HTTP dialects (dialects/shared/bodies.ts) through the server (main/http-server.ts). The oldest
// unfinished body is given up before a new one is refused, since a normal client finishes its body within seconds.

export interface HeldBytesOptions {
  readonly mostBytes: number;
  readonly mostBytesPerAddress: number;
  /** Time before the rate of a body is checked, and the longest pause without bytes. */
  readonly graceMs: number;
  /** Minimum bytes a second after the grace; a slower body is given up. */
  readonly leastRate: number;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  /** A body began. */
  readonly onOpen?: () => void;
}

export type GiveUpReason = 'crowded' | 'slow';

export interface HeldBody {
  /** Reports received bytes. False: they must not be kept, and `giveUp` is not called for them. */
  add(bytes: number): boolean;
  /** Reports received bytes that are not kept. */
  pass(bytes: number): void;
  /** Reports that its memory is free. The body can still arrive, and the minimum rate still holds. */
  drop(): void;
  /** Reports the end of the body: it is no longer given up, and counts until `close`. */
  finish(): void;
  /** Reports that the body was read or its connection closed. */
  close(): void;
}

interface Entry {
  readonly address: string;
  readonly startedAtMs: number;
  readonly giveUp: (reason: GiveUpReason) => void;
  /** Bytes in memory. */
  held: number;
  /** All received bytes. */
  received: number;
  lastAtMs: number;
}

export class HeldBytes {
  readonly #options: HeldBytesOptions;
  /** Oldest first: a set has the order of insertion. */
  readonly #unfinished = new Set<Entry>();
  readonly #perAddress = new Map<string, number>();
  #total = 0;

  constructor(options: HeldBytesOptions) {
    this.#options = options;
  }

  get bytes(): number {
    return this.#total;
  }

  get unfinished(): number {
    return this.#unfinished.size;
  }

  /** `giveUp` is called at most once; afterwards the body does not count. */
  open(address: string, giveUp: (reason: GiveUpReason) => void): HeldBody {
    const nowMs = this.#options.now();
    const entry: Entry = { address, startedAtMs: nowMs, giveUp, held: 0, received: 0, lastAtMs: nowMs };
    this.#unfinished.add(entry);
    this.#options.onOpen?.();
    return {
      add: (bytes) => this.#add(entry, bytes),
      pass: (bytes) => {
        entry.received += bytes;
        entry.lastAtMs = this.#options.now();
      },
      drop: () => this.#release(entry),
      finish: () => void this.#unfinished.delete(entry),
      close: () => this.#end(entry),
    };
  }

  /** Gives up the bodies below the minimum rate. Call it about once a second while there are unfinished bodies. */
  sweep(): void {
    const { graceMs, leastRate, now } = this.#options;
    const nowMs = now();
    for (const entry of this.#unfinished) {
      const countedMs = nowMs - entry.startedAtMs - graceMs;
      // The following ones are younger.
      if (countedMs <= 0) return;
      const isIdle = nowMs - entry.lastAtMs > graceMs;
      if (isIdle || entry.received < (countedMs * leastRate) / 1000) this.#giveUp(entry, 'slow');
    }
  }

  #add(entry: Entry, bytes: number): boolean {
    const { mostBytes, mostBytesPerAddress } = this.#options;
    entry.received += bytes;
    entry.lastAtMs = this.#options.now();
    entry.held += bytes;
    this.#count(entry.address, bytes);
    const isOver = () => (this.#perAddress.get(entry.address) ?? 0) > mostBytesPerAddress;
    return (
      this.#makeRoom(entry, isOver, (other) => other.address === entry.address) &&
      this.#makeRoom(
        entry,
        () => this.#total > mostBytes,
        () => true,
      )
    );
  }

  /**
   * Gives up the oldest bodies for which `mayGo` is true until `isOver` is false. Returns false when `entry` itself is
   * next.
   */
  #makeRoom(entry: Entry, isOver: () => boolean, mayGo: (entry: Entry) => boolean): boolean {
    if (!isOver()) return true;
    for (const other of this.#unfinished) {
      if (other === entry || other.held === 0 || !mayGo(other)) continue;
      // Of two that began together, the larger one.
      if (other.startedAtMs > entry.startedAtMs && other.held <= entry.held) continue;
      this.#giveUp(other, 'crowded');
      if (!isOver()) return true;
    }
    this.#release(entry);
    return false;
  }

  #giveUp(entry: Entry, reason: GiveUpReason): void {
    this.#end(entry);
    entry.giveUp(reason);
  }

  #end(entry: Entry): void {
    this.#unfinished.delete(entry);
    this.#release(entry);
  }

  #release(entry: Entry): void {
    if (entry.held === 0) return;
    this.#count(entry.address, -entry.held);
    entry.held = 0;
  }

  #count(address: string, bytes: number): void {
    this.#total += bytes;
    const left = (this.#perAddress.get(address) ?? 0) + bytes;
    if (left === 0) this.#perAddress.delete(address);
    else this.#perAddress.set(address, left);
  }
}
