// Bounds the memory that unfinished and waiting request bodies take, in all and for each client address, and the time that
// a slow body may take. Used by the HTTP dialects (dialects/shared/bodies.ts) through the server (main/http-server.ts).
// A new body is refused last: the oldest unfinished one gives way first, for an honest client ends its body within seconds.

export interface HeldBytesOptions {
  readonly mostBytes: number;
  readonly mostBytesPerAddress: number;
  /** Time that a body has before its rate counts; and that it may bring nothing. */
  readonly graceMs: number;
  /** Bytes a second, from the grace on; a body that is slower is given up. */
  readonly leastRate: number;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}

export type GiveUpReason = 'crowded' | 'slow';

export interface HeldBody {
  /** More bytes came. False: they may not be kept, and `giveUp` was not called for it. */
  add(bytes: number): boolean;
  /** More bytes came and are not kept. */
  pass(bytes: number): void;
  /** Nothing of it is kept any more, but it may still come: it stays under the rule of the least rate. */
  drop(): void;
  /** All of it is there: it no longer gives way, and counts until `close`. */
  finish(): void;
  /** It is read, or gone. */
  close(): void;
}

interface Entry {
  readonly address: string;
  readonly startedAtMs: number;
  readonly giveUp: (reason: GiveUpReason) => void;
  /** Of which memory is held. */
  held: number;
  /** Of all that came. */
  received: number;
  lastAtMs: number;
}

export class HeldBytes {
  readonly #options: HeldBytesOptions;
  /** Oldest first: a set keeps the order of insertion. */
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

  /** `giveUp` is called once at most, after which nothing of the body counts. */
  open(address: string, giveUp: (reason: GiveUpReason) => void): HeldBody {
    const nowMs = this.#options.now();
    const entry: Entry = { address, startedAtMs: nowMs, giveUp, held: 0, received: 0, lastAtMs: nowMs };
    this.#unfinished.add(entry);
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

  /** Gives up the bodies that come too slowly; to be called every second or so. */
  sweep(): void {
    const { graceMs, leastRate, now } = this.#options;
    const nowMs = now();
    for (const entry of this.#unfinished) {
      const countedMs = nowMs - entry.startedAtMs - graceMs;
      // Younger ones follow.
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

  /** The oldest of those that `mayGo` give way, until it is no longer over; false when it is this one's turn. */
  #makeRoom(entry: Entry, isOver: () => boolean, mayGo: (entry: Entry) => boolean): boolean {
    if (!isOver()) return true;
    for (const other of this.#unfinished) {
      if (other === entry || other.held === 0 || !mayGo(other)) continue;
      // Of two that came together, the larger one.
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
