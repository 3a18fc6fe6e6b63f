// Gives the status `unknown` to submitted messages whose receipt did not arrive within the receipt window, with a callback
// like any other final status. Used by the role `maintenance`.
//
// Reads slices of ids, each when one of its messages can have waited long enough. Never changes a final status: a receipt
// that arrives at the same moment wins or corrects it, and several processes finish a message once.
import type { Query } from '#store/database/database.ts';
import { type FinishedMessage, finishMessages, type MessageNews } from '#store/pipeline/messages.ts';
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
import { type Ports, processForNewRows } from './ports.ts';

export interface WindowCloserOptions {
  /** From the end of a message's validity on. */
  readonly windowMs: number;
  readonly buckets: () => readonly number[];
}

export interface WindowCloser {
  /** One round over all buckets; answers how many messages came to their end. */
  round(): Promise<number>;
  /** The round under way ends early; resolves at once. */
  stopTaking(): void;
  close(): Promise<void>;
}

/** Slices looked at in a round, over all buckets: 2 million ids read and 100,000 messages ended at the most. */
const looksPerRound = 100;
/** Messages ended in one transaction. */
const maxBatch = 1000;
/** A slice is not read again sooner: by so much a message may be told late. */
const lookAgainMs = 600_000;

const noReceipt = 'no receipt came in time';

export function createWindowCloser(
  { database, clock }: Pick<Context, 'database' | 'clock'>,
  ports: Pick<Ports, 'finishedMessages' | 'notices'>,
  options: WindowCloserOptions,
): WindowCloser {
  const lane = database.openPipeline();
  let isStopping = false;

  async function roundOf(bucket: number, looks: number): Promise<number> {
    await openReceiptWindows(database.query, bucket, clock.now());
    let ended = 0;
    for (let look = 0; look < looks && !isStopping; look++) {
      const processId = processForNewRows(ports);
      const finished = await lane.run(async (query) => {
        await query('begin');
        const answer = await lookAt(query, bucket, processId, options.windowMs, clock.now());
        await query('commit');
        return answer;
      });
      if (finished === null) break;
      if (processId !== null) ports.finishedMessages.consumer.add(bucket, finished);
      ended += finished.length;
    }
    return ended;
  }

  return {
    async round() {
      const buckets = options.buckets();
      const looks = Math.ceil(looksPerRound / Math.max(1, buckets.length));
      let ended = 0;
      for (const bucket of buckets) ended += await roundOf(bucket, looks);
      return ended;
    },
    stopTaking() {
      isStopping = true;
    },
    close: () => lane.close(),
  };
}

/** Ends what is over in the slice that is due first, a batch at the most; null when none is due. */
async function lookAt(
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
  const news = submissions.map((submission) => newsOf(submission, nowMs));
  const finished = news.length > 0 ? await finishMessages(query, bucket, news, callbackProcessId, nowMs) : [];
  // Otherwise the slice stays due, and is the next.
  if (isLast) {
    const earliestMs = (await readEarliestExpiry(query, bucket, slice)) ?? Number.POSITIVE_INFINITY;
    const expiresFromMs = slice.isSettled ? earliestMs : Math.min(earliestMs, nowMs);
    if (expiresFromMs === Number.POSITIVE_INFINITY) await closeReceiptWindow(query, bucket, slice);
    else await putOffReceiptWindow(query, bucket, slice, Math.max(expiresFromMs, expiredByMs + lookAgainMs));
  }
  return finished;
}

/** Up to a batch of messages that a carrier took and that ran out of their validity by then; whether they are the last. */
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
    // A page on which no message has left: those are for whoever has their chunks.
    if (isLast || submissions.length > 0) return { submissions, isLast };
    afterId = ids.at(-1)!;
  }
}

function newsOf(submission: Submission, nowMs: number): MessageNews {
  return { ...submission, deliveredSegments: 0, status: 'unknown', error: noReceipt, atMs: nowMs };
}
