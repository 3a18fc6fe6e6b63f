// Group commit: items that callers add one by one are handled in batches.
// Used by the stages of the pipeline, which store each batch in one transaction.
//
// The next batch starts when the previous one has settled: at low load an item starts at once, at high load batches grow
// by themselves. (Measured with one recipient in each request: one commit for each request reaches 1,604 requests/s, group
// commit 27,857, with a lower latency.) A batch costs the database about half a millisecond, whatever its size. Therefore
// a batch after a burst, or in addition to one in flight, waits up to `lingerMs` or until it has `minBatch` items. An item
// without a burst before it never waits.

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
}

export interface BatcherOptions<Item, Result> {
  /**
   * Handles one batch and returns the results in the order of the items. If it throws, every item of the batch fails with
   * that error. `slot` is a number below `concurrency` that no other batch in flight has.
   */
  readonly handler: (batch: Item[], slot: number) => Promise<readonly Result[]>;
  readonly maxBatch: number;
  /** Batches in flight at the same time. */
  readonly concurrency: number;
  readonly linger?: LingerOptions;
  /** Size of an item, if batches are limited by something other than their number of items. */
  readonly weigh?: (item: Item) => number;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly onSettled: OnSettled<Result>;
}

export function createBatcher<Item, Result>(options: BatcherOptions<Item, Result>): Batcher<Item, Result> {
  let waiting: Waiting<Item, Result>[] = [];
  const freeSlots = Array.from({ length: options.concurrency }, (_, i) => i);
  /** Items in flight. */
  let inFlight = 0;
  let isScheduled = false;
  /** True for `lingerMs` after the start of a batch; `startedRecently` counts the items that have started since then. */
  let isLingering = false;
  let startedRecently = 0;
  let wasBurst = false;
  /** Recent size of batches: no more callers than these send at the same time, so that waiting for more is useless. */
  let usualSize = 0;
  let onFlushed: (() => void)[] = [];

  function nextBatch(): Waiting<Item, Result>[] {
    let count = Math.min(waiting.length, options.maxBatch);
    if (options.weigh) {
      let weight = 0;
      for (let i = 0; i < count; i++) {
        weight += options.weigh(waiting[i]!.item);
        if (weight > options.maxBatch && i > 0) {
          count = i;
          break;
        }
      }
    }
    if (count === waiting.length) {
      const all = waiting;
      waiting = [];
      return all;
    }
    return waiting.splice(0, count);
  }

  async function handle(batch: Waiting<Item, Result>[], slot: number): Promise<void> {
    inFlight += batch.length;
    countStarted(batch.length);
    let results: readonly Result[] = [];
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
    for (let i = 0; i < batch.length; i++) batch[i]!.onSettled(failure, results[i]);
    if (inFlight > 0 || waiting.length > 0) return;
    for (const resolve of onFlushed) resolve();
    onFlushed = [];
  }

  function countStarted(size: number): void {
    usualSize = Math.max(size, usualSize * 0.9);
    if (options.linger === undefined) return;
    const { burst, lingerMs } = options.linger;
    startedRecently += size;
    wasBurst ||= startedRecently >= burst;
    if (isLingering) return;
    isLingering = true;
    setTimeout(() => {
      isLingering = false;
      wasBurst = startedRecently >= burst;
      startedRecently = 0;
      startBatches();
    }, lingerMs);
  }

  function mayStart(): boolean {
    if (waiting.length === 0) return false;
    if (!isLingering) return true;
    const { minBatch, alwaysLinger } = options.linger!;
    if (alwaysLinger) return !wasBurst || waiting.length >= minBatch;
    const isIdle = freeSlots.length === options.concurrency;
    if (isIdle) return !wasBurst || waiting.length >= Math.min(minBatch, usualSize);
    return weightOf(waiting) >= minBatch;
  }

  function weightOf(entries: readonly Waiting<Item, Result>[]): number {
    if (options.weigh === undefined) return entries.length;
    let weight = 0;
    for (const { item } of entries) weight += options.weigh(item);
    return weight;
  }

  function startBatches(): void {
    while (freeSlots.length > 0 && mayStart()) void handle(nextBatch(), freeSlots.pop()!);
  }

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

  return {
    add,
    get pending() {
      return waiting.length + inFlight;
    },
    flush() {
      if (waiting.length + inFlight === 0) return Promise.resolve();
      return new Promise((resolve) => onFlushed.push(resolve));
    },
  };
}
