// Records carriers' receipts: finds the message of the reference, its final status, and inserts the callback.
// Used by the connectors through the port CarrierReceipts.
//
// The carrier gets its answer after the commit. A receipt can arrive before its submission is recorded (it waits in
// memory), twice (the second changes nothing), for one segment of several, or in a process that does not know its
// reference (it is looked up, and stored as an unmatched receipt until the reference appears).

import type { Receipt } from '#domain/delivery/connector.ts';
import type { RecentSegments, WaitingReceipt } from '#domain/delivery/recent-segments.ts';
import { isIntermediate, type StatusUpdate, statusUpdatesOf } from '#domain/delivery/status-update.ts';
import { createBatcher } from '#lib/async/batcher.ts';
import { dayMs } from '#lib/time/duration.ts';
import type { PipelinedConnection, Query } from '#store/database/database.ts';
import { type FinishedMessage, finishMessages } from '#store/pipeline/messages.ts';
import {
  deleteUnmatchedReceipts,
  findSegments,
  insertUnmatchedReceipts,
  lockUnmatchedReceipts,
  type ReferencedSegment,
  type UnmatchedReceipt,
} from '#store/pipeline/receipts.ts';
import type { Context } from './context.ts';
import { announceBinds, type Ports, processForNewRows } from './ports.ts';
import { type ResendRouting, reviewFailures } from './resend-failed.ts';
import { countReceipts } from './stage-metrics.ts';
import { traceReceipts } from './stage-traces.ts';

export interface ReceiptRecorder {
  /** Adds a receipt from a connector. `saved` is called once, after the commit (true) or its failure (false). */
  record(connectorId: number, receipt: Receipt, saved: (ok: boolean) => void): void;
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
  /** The routes now; null: none sends messages again after a receipt of failure. Absent: the same. */
  readonly routing?: () => Promise<ResendRouting | null>;
}

/** The segment of a receipt. */
interface Segment {
  readonly bucket: number;
  readonly messageId: number;
  /** One bit for each segment of the message that has this reference. */
  readonly parts: number;
  /** The routing rule by which it was sent; null: none. */
  readonly routeId: number | null;
  readonly submittedAtMs: number;
}

/** A receipt of a connector; `segment` is null until its reference is found. */
interface Item {
  readonly connectorId: number;
  readonly receipt: Receipt;
  readonly segment: Segment | null;
}

type MatchedItem = Item & { readonly segment: Segment };

/** Messages of one bucket whose callbacks this process claimed as it inserted them. */
interface FinishedOfBucket {
  readonly bucket: number;
  readonly finished: readonly FinishedMessage[];
}

interface Stage {
  readonly context: Context;
  readonly ports: ReceiptRecorderPorts;
  readonly routing: () => Promise<ResendRouting | null>;
}

const maxBatch = 1000;
const concurrency = 2;
/** References are kept at least for this time (docs/operating/database.md). */
const unmatchedReceiptLifeMs = 3 * dayMs;

export function createReceiptRecorder(
  context: Context,
  ports: ReceiptRecorderPorts,
  { recent, routing = async () => null }: ReceiptRecorderOptions,
): ReceiptRecorder {
  const stage: Stage = { context, ports, routing };
  const connections = Array.from({ length: concurrency }, () => context.database.openPipeline());
  const batcher = createBatcher<Item, void>({
    maxBatch,
    concurrency,
    linger: { burst: 30, lingerMs: 40, minBatch: 500, alwaysLinger: true },
    handler: (items, slot) => recordReceipts(stage, connections[slot]!, items),
  });

  function add({ connectorId, receipt, saved }: WaitingReceipt, segment: Segment | null): void {
    batcher.add({ connectorId, receipt, segment }, (error) => {
      if (error !== null) context.log.warn('receipt.store_failed', { err: (error as Error).message });
      else if (segment !== null) recent.forget(connectorId, receipt.references, segment);
      saved(error === null);
    });
  }

  const recorder: ReceiptRecorder = {
    record(connectorId, receipt, saved) {
      if (isIntermediate(receipt)) return saved(true);
      const segment = recent.find(connectorId, receipt.references);
      if (segment === undefined || segment.durable)
        return add({ connectorId, receipt, saved }, segment ?? null);
      segment.waiting ??= [];
      segment.waiting.push({ connectorId, receipt, saved });
    },
    recordWaiting(receipts) {
      for (const waiting of receipts)
        add(waiting, recent.find(waiting.connectorId, waiting.receipt.references) ?? null);
    },
    matchUnmatchedReceipts: (sinceMs) => matchUnmatchedReceipts(stage, sinceMs),
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

/** Records one batch of the batcher. Each statement is a transaction of its own: a repetition changes nothing. */
async function recordReceipts(
  stage: Stage,
  connection: PipelinedConnection,
  items: readonly Item[],
): Promise<void> {
  const { clock, connectors } = stage.context;
  const startMs = clock.now();
  const { matched, finished } = await connection.run(async (query) => {
    const { matched, unmatched } = await matchSegments(query, items);
    await storeUnmatched(stage, query, unmatched);
    return { matched, finished: await finishByBucket(stage, query, matched) };
  });
  handOverCallbacks(stage, finished);
  const nowMs = clock.now();
  countReceipts(connectors, items, nowMs);
  traceReceipts(matched, startMs, nowMs);
}

/** Tries stored receipts again, page by page. */
async function matchUnmatchedReceipts(stage: Stage, sinceMs: number): Promise<number> {
  let matched = 0;
  for (let afterId: number | null = 0; afterId !== null; ) {
    const page = await matchPage(stage, sinceMs, afterId);
    handOverCallbacks(stage, page.finished);
    matched += page.matched;
    afterId = page.lastId;
  }
  return matched;
}

interface MatchedPage {
  readonly finished: readonly FinishedOfBucket[];
  readonly matched: number;
  /** Null on the last page. */
  readonly lastId: number | null;
}

/** Runs in one transaction. */
function matchPage(stage: Stage, sinceMs: number, afterId: number): Promise<MatchedPage> {
  return stage.context.database.transaction(async (query) => {
    const page = await lockUnmatchedReceipts(query, sinceMs, afterId, maxBatch);
    const { matched, unmatched } = await matchSegments(query, page.map(withoutSegment));
    const finished = await finishByBucket(stage, query, matched);
    await deleteUsed(stage, query, page, unmatched);
    const lastId = page.length < maxBatch ? null : page.at(-1)!.id;
    return { finished, matched: matched.length, lastId };
  });
}

function withoutSegment({ connectorId, receipt }: UnmatchedReceipt): Item {
  return { connectorId, receipt, segment: null };
}

/** Finds the segment of each receipt: in memory if the receipt has it, otherwise in the table of references. */
async function matchSegments(
  query: Query,
  items: readonly Item[],
): Promise<{ matched: MatchedItem[]; unmatched: Item[] }> {
  const unknown = items.filter((item) => item.segment === null);
  const stored = await readSegments(query, unknown);
  const matched: MatchedItem[] = [];
  const unmatched: Item[] = [];
  for (const item of items) {
    const segment = item.segment ?? segmentOf(stored, item);
    if (segment === null) unmatched.push(item);
    else matched.push({ ...item, segment });
  }
  return { matched, unmatched };
}

/** The stored segments of these receipts, by connector and reference. */
async function readSegments(query: Query, items: readonly Item[]): Promise<ReadonlyMap<string, Segment>> {
  const segments = new Map<string, Segment>();
  if (items.length === 0) return segments;
  const references = [...new Set(items.flatMap((item) => item.receipt.references))];
  for (const row of await findSegments(query, references)) keepLast(segments, row);
  return segments;
}

/** Rows come in the order of submission. Segments with one reference are adjacent. */
function keepLast(segments: Map<string, Segment>, row: ReferencedSegment): void {
  const key = keyOf(row.connectorId, row.reference);
  const before = segments.get(key);
  const others = before?.messageId === row.messageId ? before.parts : 0;
  segments.set(key, { ...row, parts: others | (1 << row.part) });
}

function segmentOf(segments: ReadonlyMap<string, Segment>, { connectorId, receipt }: Item): Segment | null {
  for (const reference of receipt.references) {
    const segment = segments.get(keyOf(connectorId, reference));
    if (segment !== undefined) return segment;
  }
  return null;
}

function keyOf(connectorId: number, reference: string): string {
  return `${connectorId} ${reference}`;
}

async function storeUnmatched({ context }: Stage, query: Query, unmatched: readonly Item[]): Promise<void> {
  if (unmatched.length > 0) await insertUnmatchedReceipts(query, unmatched, context.clock.now());
}

/** Stores the final statuses, bucket by bucket. Returns the messages whose callbacks this process claims after the commit. */
async function finishByBucket(
  stage: Stage,
  query: Query,
  matched: readonly MatchedItem[],
): Promise<FinishedOfBucket[]> {
  const { context, ports } = stage;
  const claimed: FinishedOfBucket[] = [];
  const routing = matched.length === 0 ? null : await stage.routing();
  for (const [bucket, items] of Map.groupBy(matched, (item) => item.segment.bucket)) {
    const nowMs = context.clock.now();
    const updates = await updatesOf(stage, { bucket, routing, nowMs }, items);
    const processId = processForNewRows(ports);
    const finished = await finishMessages(query, bucket, updates, processId, nowMs);
    announceBinds(ports, finished);
    if (processId !== null) claimed.push({ bucket, finished });
  }
  return claimed;
}

/** What receipts of one bucket say about their messages, without the failures after which messages are sent again. */
async function updatesOf(
  { context, ports }: Stage,
  { bucket, routing, nowMs }: { bucket: number; routing: ResendRouting | null; nowMs: number },
  items: readonly MatchedItem[],
): Promise<readonly StatusUpdate[]> {
  if (routing === null) return statusUpdatesOf(items, nowMs);
  const { updates, resent } = await reviewFailures({ context, bucket, routing, nowMs }, items);
  if (resent > 0) ports.notices.chunksAdded();
  return updates;
}

function handOverCallbacks({ ports }: Stage, finishedByBucket: readonly FinishedOfBucket[]): void {
  for (const { bucket, finished } of finishedByBucket) ports.finishedMessages.consumer.add(bucket, finished);
}

/** Deletes the receipts of the page that have found their message, and those that are too old to find it. */
async function deleteUsed(
  { context }: Stage,
  query: Query,
  page: readonly UnmatchedReceipt[],
  unmatched: readonly Item[],
): Promise<void> {
  const isUnmatched = new Set(unmatched.map((item) => item.receipt));
  const nowMs = context.clock.now();
  const isTooOld = ({ receivedAtMs }: UnmatchedReceipt) => nowMs - receivedAtMs >= unmatchedReceiptLifeMs;
  const used = page.filter((row) => !isUnmatched.has(row.receipt) || isTooOld(row));
  const dropped = used.filter((row) => isUnmatched.has(row.receipt)).length;
  if (dropped > 0) context.log.warn('receipt.dropped', { receipts: dropped });
  const ids = used.map((row) => row.id);
  if (ids.length > 0) await deleteUnmatchedReceipts(query, ids);
}
