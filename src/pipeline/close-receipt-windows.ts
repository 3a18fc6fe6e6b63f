// Gives the status `unknown` to submitted messages whose receipt did not arrive within the receipt window, with a callback
// like any other final status. Used by the role `maintenance`.
//
// Reads slices of ids, each when one of its messages can have waited long enough. Never changes a final status: a receipt
// that arrives at the same moment wins or corrects it, and several processes finish a message once.

import type { StatusUpdate } from '#domain/delivery/status-update.ts';
import type { Query } from '#store/database/database.ts';
import { type FinishedMessage, finishMessages } from '#store/pipeline/messages.ts';
import {
  closeReceiptWindow,
  lockReceiptWindow,
  openReceiptWindows,
  putOffReceiptWindow,
  readEarliestExpiry,
  readExpiredMessages,
  readSubmissions,
  type Slice,
  type Submission,
} from '#store/pipeline/receipt-windows.ts';
import type { Context } from './context.ts';
import { announceBinds, type Ports, processForNewRows } from './ports.ts';

export interface WindowCloserOptions {
  /** Counted from the end of a message's validity. */
  readonly windowMs: number;
  readonly buckets: () => readonly number[];
}

export interface WindowCloser {
  /** Runs one round over all buckets. Returns the number of finished messages. */
  round(): Promise<number>;
  /** Ends the current round early. Does not wait for it. */
  stopTaking(): void;
  close(): Promise<void>;
}

/** Limit of slices in a round over all buckets: at most 2 million ids read and 100,000 messages finished. */
const maxSlicesPerRound = 100;
/** Messages finished in one transaction. */
const maxBatch = 1000;
/** Minimum time between two reads of a slice. A status can be late by this time. */
const minRereadMs = 600_000;

const noReceipt = 'no receipt came in time';

export function createWindowCloser(
  { database, clock }: Pick<Context, 'database' | 'clock'>,
  ports: Pick<Ports, 'finishedMessages' | 'notices'>,
  options: WindowCloserOptions,
): WindowCloser {
  const pipeline = database.openPipeline();
  let isStopping = false;

  async function closeBucket(bucket: number, maxSlices: number): Promise<number> {
    await openReceiptWindows(database.query, bucket, clock.now());
    let ended = 0;
    for (let read = 0; read < maxSlices && !isStopping; read++) {
      const processId = processForNewRows(ports);
      const finished = await pipeline.run(async (query) => {
        await query('begin');
        const result = await closeDueSlice(query, bucket, processId, options.windowMs, clock.now());
        await query('commit');
        return result;
      });
      if (finished === null) break;
      announceBinds(ports, finished);
      if (processId !== null) ports.finishedMessages.consumer.add(bucket, finished);
      ended += finished.length;
    }
    return ended;
  }

  return {
    async round() {
      const buckets = options.buckets();
      const maxSlices = Math.ceil(maxSlicesPerRound / Math.max(1, buckets.length));
      let ended = 0;
      for (const bucket of buckets) ended += await closeBucket(bucket, maxSlices);
      return ended;
    },
    stopTaking() {
      isStopping = true;
    },
    close: () => pipeline.close(),
  };
}

/** Finishes at most one batch of the slice that is due first. Null when none is due. */
async function closeDueSlice(
  query: Query,
  bucket: number,
  callbackProcessId: number | null,
  windowMs: number,
  nowMs: number,
): Promise<FinishedMessage[] | null> {
  const expiredByMs = nowMs - windowMs;
  const slice = await lockReceiptWindow(query, bucket, expiredByMs, nowMs);
  if (slice === null) return null;
  const { submissions, isLast } = await findUnreported(query, bucket, slice, expiredByMs);
  const updates = submissions.map((submission) => finalUpdate(submission, nowMs));
  const finished =
    updates.length > 0 ? await finishMessages(query, bucket, updates, callbackProcessId, nowMs) : [];
  // Without the last batch, the slice stays due and is the next one.
  if (isLast) {
    const earliestMs = (await readEarliestExpiry(query, bucket, slice)) ?? Number.POSITIVE_INFINITY;
    const expiresFromMs = slice.isSettled ? earliestMs : Math.min(earliestMs, nowMs);
    if (expiresFromMs === Number.POSITIVE_INFINITY) await closeReceiptWindow(query, bucket, slice);
    else await putOffReceiptWindow(query, bucket, slice, Math.max(expiresFromMs, expiredByMs + minRereadMs));
  }
  return finished;
}

/** Returns at most one batch of submitted messages whose window is over, and whether it is the last. */
async function findUnreported(
  query: Query,
  bucket: number,
  slice: Slice,
  expiredByMs: number,
): Promise<{ submissions: Submission[]; isLast: boolean }> {
  let afterId = slice.firstId - 1;
  for (;;) {
    const ids = await readExpiredMessages(query, bucket, slice, { afterId, expiredByMs, limit: maxBatch });
    const isLast = ids.length < maxBatch;
    const submissions = await readSubmissions(query, bucket, ids);
    // No message of this page was submitted: the processes with their chunks finish them.
    if (isLast || submissions.length > 0) return { submissions, isLast };
    afterId = ids.at(-1)!;
  }
}

function finalUpdate(submission: Submission, nowMs: number): StatusUpdate {
  return { ...submission, deliveredSegments: 0, status: 'unknown', error: noReceipt, atMs: nowMs };
}
