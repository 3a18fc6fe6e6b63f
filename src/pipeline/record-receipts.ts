// Records carriers' receipts: finds the message of the reference, its final status, and inserts the callback.
// Used by the connectors through the port CarrierReceipts.
//
// The carrier gets its answer after the commit. A receipt can arrive before its submission is recorded (it waits in
// memory), twice (the second changes nothing), for one segment of several, or in a process that does not know its
// reference (it is looked up, and stored as an unmatched receipt until the reference appears).

import type { MessageStatus } from '#domain/base/message.ts';
import type { CarrierReceipt } from '#domain/delivery/connector.ts';
import type { RecentSegments, WaitingReceipt } from '#domain/delivery/recent-segments.ts';
import { createBatcher } from '#lib/async/batcher.ts';
import { dayMs } from '#lib/time/duration.ts';
import type { Query } from '#store/database/database.ts';
import { type FinishedMessage, finishMessages, type StatusUpdate } from '#store/pipeline/messages.ts';
import {
  deleteUnmatchedReceipts,
  findSegments,
  insertUnmatchedReceipts,
  lockUnmatchedReceipts,
  type ReferencedSegment,
  type UnmatchedReceipt,
} from '#store/pipeline/receipts.ts';
import type { Context } from './context.ts';
import { type Ports, processForNewRows } from './ports.ts';

export interface ReceiptRecorder {
  /** Adds a receipt from a connector. `saved` is called once, after the commit (true) or its failure (false). */
  record(connectorId: number, receipt: CarrierReceipt, saved: (ok: boolean) => void): void;
  /** Adds receipts whose reference has become durable. */
  recordWaiting(receipts: readonly WaitingReceipt[]): void;
  /** Tries unmatched receipts received since then again. Returns the number that found their message. Old ones are dropped. */
  matchUnmatchedReceipts(sinceMs: number): Promise<number>;
  readonly pending: number;
  stop(): Promise<void>;
}

type ReceiptRecorderPorts = Pick<
  Ports,
  'carrierReceipts' | 'durableReferences' | 'finishedMessages' | 'notices'
>;

export interface ReceiptRecorderOptions {
  readonly recent: RecentSegments;
}

interface Located {
  readonly bucket: number;
  readonly messageId: number;
  /** One bit for each segment of the message that has this reference. */
  readonly parts: number;
  readonly submittedAtMs: number;
}

/** All bits for `deliveredSegments`, independent of the number of segments. */
const allSegments = -1;

interface Owed {
  readonly bucket: number;
  readonly finished: readonly FinishedMessage[];
}

interface Item {
  readonly connectorId: number;
  readonly receipt: CarrierReceipt;
  readonly segment: Located | null;
}

const maxBatch = 1000;
const concurrency = 2;
/** References are kept at least for this time (docs/operating/database.md). */
const unmatchedReceiptLifeMs = 3 * dayMs;

const statusOf: Readonly<Record<Exclude<CarrierReceipt['state'], 'underway'>, MessageStatus>> = {
  delivered: 'delivered',
  undelivered: 'undelivered',
  expired: 'expired',
  rejected: 'rejected',
  unknown: 'unknown',
};

export function createReceiptRecorder(
  context: Context,
  ports: ReceiptRecorderPorts,
  options: ReceiptRecorderOptions,
): ReceiptRecorder {
  const connections = Array.from({ length: concurrency }, () => context.database.openPipeline());
  const batcher = createBatcher<Item, void>({
    maxBatch,
    concurrency,
    linger: { burst: 30, lingerMs: 40, minBatch: 500, alwaysLinger: true },
    async handler(items, slot) {
      const owed = await connections[slot]!.run(async (query) => {
        const { located, orphans } = await locate(query, items);
        if (orphans.length > 0) await insertUnmatchedReceipts(query, orphans, context.clock.now());
        return writeNews(query, located);
      });
      tell(owed);
      return new Array<void>(items.length).fill(undefined);
    },
  });

  /** Returns the messages whose callback this process claims, after the commit. */
  async function writeNews(query: Query, located: readonly (Item & { segment: Located })[]): Promise<Owed[]> {
    const owed: Owed[] = [];
    for (const [bucket, items] of Map.groupBy(located, (item) => item.segment.bucket)) {
      const nowMs = context.clock.now();
      const processId = processForNewRows(ports);
      const finished = await finishMessages(query, bucket, gather(items, nowMs), processId, nowMs);
      if (processId !== null) owed.push({ bucket, finished });
    }
    return owed;
  }

  function tell(owed: readonly Owed[]): void {
    for (const { bucket, finished } of owed) ports.finishedMessages.consumer.add(bucket, finished);
  }

  async function adopt(sinceMs: number): Promise<number> {
    let adopted = 0;
    let afterId = 0;
    for (;;) {
      const page = await adoptPage(sinceMs, afterId);
      tell(page.owed);
      adopted += page.found;
      if (page.lastId === null) return adopted;
      afterId = page.lastId;
    }
  }

  /** Runs in one transaction. `lastId` is null on the last page. */
  function adoptPage(sinceMs: number, afterId: number) {
    return context.database.transaction(async (query) => {
      const page = await lockUnmatchedReceipts(query, sinceMs, afterId, maxBatch);
      if (page.length === 0) return { owed: [], found: 0, lastId: null };
      const items = page.map((orphan) => ({ ...orphan, segment: null }));
      const { located, orphans } = await locate(query, items);
      const owed = await writeNews(query, located);
      const left = new Set(orphans.map((orphan) => orphan.receipt));
      const nowMs = context.clock.now();
      const isOver = (orphan: UnmatchedReceipt) => nowMs - orphan.receivedAtMs >= unmatchedReceiptLifeMs;
      const over = page.filter((orphan) => left.has(orphan.receipt) && isOver(orphan));
      if (over.length > 0) context.log.warn('receipt.dropped', { receipts: over.length });
      const gone = page.filter((orphan) => !left.has(orphan.receipt) || isOver(orphan));
      if (gone.length > 0)
        await deleteUnmatchedReceipts(
          query,
          gone.map((orphan) => orphan.id),
        );
      return { owed, found: located.length, lastId: page.length < maxBatch ? null : page.at(-1)!.id };
    });
  }

  function add(
    connectorId: number,
    receipt: CarrierReceipt,
    segment: Located | null,
    saved: (ok: boolean) => void,
  ) {
    batcher.add({ connectorId, receipt, segment }, (error) => {
      if (error === null) {
        if (segment !== null) options.recent.forget(connectorId, receipt.references, segment);
      } else context.log.warn('receipt.store_failed', { err: (error as Error).message });
      saved(error === null);
    });
  }

  const recorder: ReceiptRecorder = {
    record(connectorId, receipt, saved) {
      // An intermediate receipt changes nothing.
      if (receipt.state === 'underway') return saved(true);
      const segment = options.recent.find(connectorId, receipt.references);
      if (segment === undefined || segment.durable) return add(connectorId, receipt, segment ?? null, saved);
      segment.waiting ??= [];
      segment.waiting.push({ connectorId, receipt, saved });
    },
    recordWaiting(receipts) {
      for (const { connectorId, receipt, saved } of receipts) {
        const segment = options.recent.find(connectorId, receipt.references) ?? null;
        add(connectorId, receipt, segment, saved);
      }
    },
    matchUnmatchedReceipts: adopt,
    get pending() {
      return batcher.pending;
    },
    async stop() {
      await batcher.flush();
      await Promise.all(connections.map((connection) => connection.close()));
    },
  };
  ports.carrierReceipts.connect(recorder);
  ports.durableReferences.connect(recorder);
  return recorder;
}

/** Finds the segment of each receipt: in memory if the receipt has it, otherwise in the table of references. */
async function locate(
  query: Query,
  items: readonly Item[],
): Promise<{ located: (Item & { segment: Located })[]; orphans: Item[] }> {
  const unknown = items.filter((item) => item.segment === null);
  const found = new Map<string, Located>();
  if (unknown.length > 0) {
    const references = [...new Set(unknown.flatMap((item) => item.receipt.references))];
    for (const row of await findSegments(query, references))
      keepLast(found, `${row.connectorId} ${row.reference}`, row);
  }
  const located: (Item & { segment: Located })[] = [];
  const orphans: Item[] = [];
  for (const item of items) {
    const segment = item.segment ?? lookUp(found, item);
    if (segment) located.push({ ...item, segment });
    else orphans.push(item);
  }
  return { located, orphans };
}

/** Rows come in the order of submission. Segments with one reference are adjacent. */
function keepLast(found: Map<string, Located>, key: string, row: ReferencedSegment): void {
  const before = found.get(key);
  const others = before?.messageId === row.messageId ? before.parts : 0;
  found.set(key, { ...row, parts: others | (1 << row.part) });
}

function lookUp(found: ReadonlyMap<string, Located>, { connectorId, receipt }: Item): Located | null {
  for (const reference of receipt.references) {
    const segment = found.get(`${connectorId} ${reference}`);
    if (segment) return segment;
  }
  return null;
}

/** The status update of each message: its delivered segments together. A failed segment fails the message. */
function gather(items: readonly (Item & { segment: Located })[], nowMs: number): StatusUpdate[] {
  const byMessage = new Map<number, StatusUpdate>();
  for (const { connectorId, receipt, segment } of items) {
    if (receipt.state === 'underway') continue;
    const before = byMessage.get(segment.messageId);
    const status = statusOf[receipt.state];
    const told = receipt.speaksForAll === true ? allSegments : segment.parts;
    const failedBefore = before !== undefined && before.status !== 'delivered';
    byMessage.set(segment.messageId, {
      messageId: segment.messageId,
      deliveredSegments: (before?.deliveredSegments ?? 0) | (status === 'delivered' ? told : 0),
      status: failedBefore ? before.status : status,
      error: failedBefore ? before.error : status === 'delivered' ? null : receipt.error,
      connectorId,
      submittedAtMs: Math.min(before?.submittedAtMs ?? Number.POSITIVE_INFINITY, segment.submittedAtMs),
      atMs: Math.max(before?.atMs ?? 0, plausibleTime(receipt.atMs, segment.submittedAtMs, nowMs)),
    });
  }
  // All processes use one order, so that two batches cannot wait for each other.
  return [...byMessage.values()].sort((a, b) => a.messageId - b.messageId);
}

/**
 * The time of the receipt, by the carrier's clock if possible: receipts state whole minutes, often in the carrier's time
 * zone. Never before the submission, never in the future.
 */
function plausibleTime(toldMs: number, submittedAtMs: number, nowMs: number): number {
  return toldMs >= submittedAtMs && toldMs <= nowMs ? toldMs : nowMs;
}
