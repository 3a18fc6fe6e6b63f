// What a carrier took and never told the end of comes to its end: unknown, told to its customer like any other.
//
// Looks through slices of ids, each when one of its messages may have waited long enough, and never touches what has its
// end: a receipt that comes at the same moment wins or corrects it, and several processes end a message once.
import type { Query } from '#store/database.ts';
import { type FinishedMessage, finishMessages, type MessageNews } from '#store/messages.ts';
import {
  closeReceiptWindow,
  lockReceiptWindow,
  openReceiptWindows,
  putOffReceiptWindow,
  readOpenMessages,
  readSubmissions,
} from '#store/receipt-windows.ts';
import type { Context } from './context.ts';

export interface WindowCloserOptions {
  /** From the end of a message's validity on. */
  readonly windowMs: number;
  readonly buckets: () => readonly number[];
  /** The owner of new callback rows: this process, or null when it has no room for them. */
  readonly callbackOwner: () => number | null;
  /** Messages whose callback this process owns from now on. */
  readonly onFinished: (bucket: number, finished: readonly FinishedMessage[]) => void;
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
  options: WindowCloserOptions,
): WindowCloser {
  const lane = database.openLane();
  let isStopping = false;

  async function roundOf(bucket: number, looks: number): Promise<number> {
    await openReceiptWindows(database.query, bucket, clock.now());
    let ended = 0;
    for (let look = 0; look < looks && !isStopping; look++) {
      const owner = options.callbackOwner();
      const finished = await lane.run(async (query) => {
        await query('begin');
        const answer = await lookAt(query, bucket, owner, options.windowMs, clock.now());
        await query('commit');
        return answer;
      });
      if (finished === null) break;
      if (owner !== null) options.onFinished(bucket, finished);
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
  callbackOwner: number | null,
  windowMs: number,
  nowMs: number,
): Promise<FinishedMessage[] | null> {
  const expiredByMs = nowMs - windowMs;
  const slice = await lockReceiptWindow(query, bucket, expiredByMs, nowMs);
  if (slice === null) return null;
  const open = await readOpenMessages(query, bucket, slice);
  const over = open.filter((message) => message.expiresAtMs <= expiredByMs).map(({ id }) => id);
  const unreported = await unreportedOf(query, bucket, over, nowMs);
  const batch = unreported.slice(0, maxBatch);
  const finished = batch.length > 0 ? await finishMessages(query, bucket, batch, callbackOwner, nowMs) : [];
  // With more to end the slice stays due, and is the next.
  if (batch.length < unreported.length) return finished;
  const ended = new Set(batch.map(({ messageId }) => messageId));
  const waiting = open.filter(({ id }) => !ended.has(id)).map(({ expiresAtMs }) => expiresAtMs);
  const earliestMs = Math.min(slice.isSettled ? Number.POSITIVE_INFINITY : nowMs, ...waiting);
  if (earliestMs === Number.POSITIVE_INFINITY) await closeReceiptWindow(query, bucket, slice);
  else await putOffReceiptWindow(query, bucket, slice, Math.max(earliestMs, expiredByMs + lookAgainMs));
  return finished;
}

/** Of these messages, those that a carrier took: the others are for whoever has their chunk. In the order of their ids. */
async function unreportedOf(
  query: Query,
  bucket: number,
  ids: readonly number[],
  nowMs: number,
): Promise<MessageNews[]> {
  if (ids.length === 0) return [];
  const isOver = new Set(ids);
  const submissions = await readSubmissions(query, bucket, ids[0]!, ids.at(-1)!);
  return submissions
    .filter(({ messageId }) => isOver.has(messageId))
    .map((submission) => ({
      ...submission,
      deliveredSegments: 0,
      status: 'unknown',
      error: noReceipt,
      atMs: nowMs,
    }));
}
