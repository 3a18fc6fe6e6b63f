// Group commit: items that callers add one by one are handled in batches.
// Used by the stages of the pipeline, which store each batch in one transaction.
//
// The next batch starts when the previous one has settled: at low load an item starts at once, at high load batches grow
// by themselves. (Measured with one recipient in each request: one commit for each request reaches 1,604 requests/s, group
// commit 27,857, with a lower latency.) A batch costs the database about half a millisecond, whatever its size. Therefore
// a batch after a burst, or in addition to one in flight, waits up to `lingerMs` or until it has `minBatch` items. An item
// without a burst before it waits `gatherMs` if nobody waits for its result, and otherwise never.

import { type Clock, steadyClock } from '../time/clock.ts';

export interface Batcher<Item, Result> {
  /** Resolves when the batch with this item has settled. */
  add(item: Item): Promise<Result>;
  /** The same without a promise, for thousands of items: `onSettled` is called once, with an error or with null. */
  add(item: Item, onSettled: OnSettled<Result>): void;
  /** Items that have not settled. */
  readonly pending: number;
  /** Resolves when nothing is pending. */
  flush(): Promise<void>;
}

export type OnSettled<Result> = (error: unknown, result: Result | undefined) => void;

export interface LingerOptions {
  /** If this many items start within `lingerMs`, in one batch or in several, the next batch lingers. */
  readonly burst: number;
  /** The longest wait, counted from the start of the previous batch. */
  readonly lingerMs: number;
  /** Items (or their weight) that start at once. Fewer start if nothing is in flight and recent batches were smaller. */
  readonly minBatch: number;
  /** No caller waits for the results: after a burst a batch lingers for the whole time unless it has `minBatch` items. */
  readonly alwaysLinger?: boolean;
  /** The first item of a batch waits so long for others, without a burst too. Absent: it starts at once. */
  readonly gatherMs?: number;
}

/** The results of a batch in the order of its items; nothing if items have no result. */
// biome-ignore lint/suspicious/noConfusingVoidType: the return type of a handler
type BatchResults<Result> = [Result] extends [void] ? void : readonly Result[];

export interface BatcherOptions<Item, Result> {
  /**
   * Handles one batch and returns the results in the order of the items. If it throws, every item of the batch fails with
   * that error. `slot` is a number below `concurrency` that no other batch in flight has.
   */
  readonly handler: (batch: Item[], slot: number) => Promise<BatchResults<Result>>;
  readonly maxBatch: number;
  /** Batches in flight at the same time. */
  readonly concurrency: number;
  readonly linger?: LingerOptions;
  /** Size of an item, if batches are limited by something other than their number of items. */
  readonly weigh?: (item: Item) => number;
  /** A monotonic clock; absent: that of the machine. */
  readonly clock?: Clock;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly onSettled: OnSettled<Result>;
}

/** Starts batches of waiting items while slots are free and the linger permits it. */
export function createBatcher<Item, Result>(options: BatcherOptions<Item, Result>): Batcher<Item, Result> {
  let waiting: Waiting<Item, Result>[] = [];
  const linger = new Linger(options.linger, options.clock ?? steadyClock, startBatches);
  const freeSlots = Array.from({ length: options.concurrency }, (_, i) => i);
  /** Items in flight. */
  let inFlight = 0;
  let isScheduled = false;
  let onFlushed: (() => void)[] = [];

  function enqueue(item: Item, onSettled: OnSettled<Result>): void {
    waiting.push({ item, onSettled });
    if (isScheduled || freeSlots.length === 0 || !mayStart()) return;
    // Items that arrive in the same turn of the event loop share a batch.
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      startBatches();
    });
  }

  function startBatches(): void {
    while (freeSlots.length > 0 && mayStart()) void handle(nextBatch(), freeSlots.pop()!);
  }

  function mayStart(): boolean {
    if (waiting.length === 0) return false;
    const isIdle = freeSlots.length === options.concurrency;
    return linger.permits(waiting.length, isIdle, weightOfWaiting);
  }

  function weightOfWaiting(): number {
    return weightOf(waiting, options.weigh);
  }

  function nextBatch(): Waiting<Item, Result>[] {
    const count = countOfBatch(waiting, options);
    if (count < waiting.length) return waiting.splice(0, count);
    const all = waiting;
    waiting = [];
    return all;
  }

  async function handle(batch: Waiting<Item, Result>[], slot: number): Promise<void> {
    inFlight += batch.length;
    linger.countStarted(batch.length);
    let results: BatchResults<Result> | undefined;
    let failure: unknown = null;
    try {
      results = await options.handler(
        batch.map((entry) => entry.item),
        slot,
      );
    } catch (error) {
      failure = error;
    }
    inFlight -= batch.length;
    freeSlots.push(slot);
    startBatches();
    for (let i = 0; i < batch.length; i++) batch[i]!.onSettled(failure, results?.[i]);
    if (inFlight === 0 && waiting.length === 0) reportFlushed();
  }

  function reportFlushed(): void {
    for (const resolve of onFlushed) resolve();
    onFlushed = [];
  }

  function flush(): Promise<void> {
    if (inFlight === 0 && waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => onFlushed.push(resolve));
  }

  return {
    add: addTo(enqueue),
    get pending() {
      return waiting.length + inFlight;
    },
    flush,
  };
}

/** The two forms of `Batcher.add`. */
function addTo<Item, Result>(
  enqueue: (item: Item, onSettled: OnSettled<Result>) => void,
): Batcher<Item, Result>['add'] {
  function add(item: Item): Promise<Result>;
  function add(item: Item, onSettled: OnSettled<Result>): void;
  function add(item: Item, onSettled?: OnSettled<Result>): Promise<Result> | undefined {
    if (onSettled !== undefined) {
      enqueue(item, onSettled);
      return undefined;
    }
    return new Promise<Result>((resolve, reject) => {
      enqueue(item, (error, result) => (error === null ? resolve(result as Result) : reject(error)));
    });
  }
  return add;
}

/** Number of items of the next batch: the first ones whose weight is at most `maxBatch`, and at least one. */
function countOfBatch<Item, Result>(
  waiting: readonly Waiting<Item, Result>[],
  { maxBatch, weigh }: BatcherOptions<Item, Result>,
): number {
  const count = Math.min(waiting.length, maxBatch);
  if (weigh === undefined) return count;
  let weight = 0;
  for (let i = 0; i < count; i++) {
    weight += weigh(waiting[i]!.item);
    if (weight > maxBatch && i > 0) return i;
  }
  return count;
}

function weightOf<Item, Result>(
  waiting: readonly Waiting<Item, Result>[],
  weigh: ((item: Item) => number) | undefined,
): number {
  if (weigh === undefined) return waiting.length;
  let weight = 0;
  for (const { item } of waiting) weight += weigh(item);
  return weight;
}

/**
 * Decides whether a batch may start, by the number of items that started recently. Without options it always may.
 * A timer runs only while items wait: an idle process is not woken by a window that has nothing to start.
 */
class Linger {
  readonly #options: LingerOptions | undefined;
  readonly #clock: Clock;
  readonly #onEnd: () => void;
  /** A window lasts `lingerMs` from the start of a batch; null: none is open. `#startedRecently` counts its items. */
  #windowStartMs: number | null = null;
  #startedRecently = 0;
  /** In the open window or in the one before it. */
  #wasBurst = false;
  /** Recent size of batches: no more callers than these send at the same time, so that waiting for more is useless. */
  #usualSize = 0;
  #windowTimer: NodeJS.Timeout | undefined;
  #gatherTimer: NodeJS.Timeout | undefined;
  /** The waiting items have waited for others. */
  #hasGathered = false;

  /** `onEnd` is called after each linger: waiting items may start. */
  constructor(options: LingerOptions | undefined, clock: Clock, onEnd: () => void) {
    this.#options = options;
    this.#clock = clock;
    this.#onEnd = onEnd;
  }

  /** `isIdle`: no batch is in flight. */
  permits(waiting: number, isIdle: boolean, weigh: () => number): boolean {
    if (this.#options === undefined) return true;
    this.#closeOldWindow(this.#options);
    if (this.#windowStartMs !== null && !this.#permitsInWindow(this.#options, waiting, isIdle, weigh)) {
      this.#windowTimer ??= setTimeout(() => this.#onWindowEnd(), this.#leftMs(this.#options));
      return false;
    }
    return this.#permitsGathered(this.#options, waiting);
  }

  #permitsInWindow(options: LingerOptions, waiting: number, isIdle: boolean, weigh: () => number): boolean {
    const { minBatch, alwaysLinger } = options;
    if (alwaysLinger) return !this.#wasBurst || waiting >= minBatch;
    if (isIdle) return !this.#wasBurst || waiting >= Math.min(minBatch, this.#usualSize);
    return weigh() >= minBatch;
  }

  #permitsGathered({ gatherMs, minBatch }: LingerOptions, waiting: number): boolean {
    if (gatherMs === undefined || this.#hasGathered || waiting >= minBatch) return true;
    this.#gatherTimer ??= setTimeout(() => {
      this.#gatherTimer = undefined;
      this.#hasGathered = true;
      this.#onEnd();
    }, gatherMs);
    return false;
  }

  countStarted(size: number): void {
    if (this.#options === undefined) return;
    this.#usualSize = Math.max(size, this.#usualSize * 0.9);
    this.#startedRecently += size;
    this.#wasBurst ||= this.#startedRecently >= this.#options.burst;
    this.#windowStartMs ??= this.#clock.now();
    clearTimeout(this.#gatherTimer);
    this.#gatherTimer = undefined;
    this.#hasGathered = false;
  }

  #leftMs({ lingerMs }: LingerOptions): number {
    return Math.max(0, lingerMs - (this.#clock.now() - (this.#windowStartMs ?? 0)));
  }

  #closeOldWindow(options: LingerOptions): void {
    // While a timer runs, it ends the window.
    if (this.#windowStartMs === null || this.#windowTimer !== undefined || this.#leftMs(options) > 0) return;
    const isLongAgo = this.#clock.now() - this.#windowStartMs >= 2 * options.lingerMs;
    this.#closeWindow(options);
    if (isLongAgo) this.#wasBurst = false;
  }

  #closeWindow({ burst }: LingerOptions): void {
    this.#wasBurst = this.#startedRecently >= burst;
    this.#windowStartMs = null;
    this.#startedRecently = 0;
  }

  #onWindowEnd(): void {
    this.#windowTimer = undefined;
    this.#closeWindow(this.#options!);
    // What waits has waited for longer than it would gather.
    this.#hasGathered = true;
    this.#onEnd();
  }
}
