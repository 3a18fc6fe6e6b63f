// Records the outcomes of messages: carrier references, charges and releases, final statuses, finished chunks.
// Used by the dispatcher through the port SettledOutcomes.
//
// An outcome waits some milliseconds for others. The receipts that arrive meanwhile are recorded in its transaction: with
// a fast carrier a message is two transactions, its acceptance and this one.
//
// One batch is in flight at a time, so a chunk is never deleted before the outcomes of all its messages are committed.
// No outcome is lost: a batch that fails is repeated until it is stored or this process is fenced (then another process
// reclaims its work).

import type { RecordedOutcome } from '#domain/delivery/dispatch-state.ts';
import type { RecentSegment, RecentSegments, WaitingReceipt } from '#domain/delivery/recent-segments.ts';
import { statusUpdatesOf } from '#domain/delivery/status-update.ts';
import { createBatcher } from '#lib/async/batcher.ts';
import { Queue } from '#lib/async/queue.ts';
import { type Clock, steadyClock } from '#lib/time/clock.ts';
import type { PipelinedConnection, Query } from '#store/database/database.ts';
import { returnReleased } from '#store/money/quotas.ts';
import { type FinishedMessage, finishMessages } from '#store/pipeline/messages.ts';
import { assertProcessLives, type NewCarrierRef, storeOutcomes } from '#store/pipeline/outcomes.ts';
import { takeResends } from '#store/pipeline/resends.ts';
import type { Context } from './context.ts';
import { countDown, type OutcomeBatch, type OutcomeItem, splitByBucket } from './outcome-batch.ts';
import { announceBinds, type Ports, processForNewRows, type SettledOutcomes } from './ports.ts';
import { countOutcomes, countReceipts } from './stage-metrics.ts';
import { traceOutcomes, traceReceipts } from './stage-traces.ts';

export interface OutcomeRecorder extends SettledOutcomes {
  stop(): Promise<void>;
}

type OutcomeRecorderPorts = Pick<
  Ports,
  'settledOutcomes' | 'finishedChunks' | 'durableReferences' | 'finishedMessages' | 'notices'
>;

export interface OutcomeRecorderOptions {
  readonly processId: number;
  /** A monotonic clock, unlike the clock of the context. Measures the age of pending outcomes. */
  readonly steadyClock?: Clock;
  readonly recent: RecentSegments;
  /** Whether a route sends messages again after a receipt of failure. Absent: none does. */
  readonly isResending?: () => boolean;
  /** This process was fenced, or its database does not answer: it must stop. */
  readonly onFenced: (error: unknown) => void;
}

const maxBatch = 1000;
const retryMs = 250;
/**
 * Only the pushed receipt waits for it, and end to end stays below 12 ms: a fast carrier sends the receipt within it, and at
 * 300 messages a second it makes one transaction of two or three.
 */
const gatherMs = 5;

interface Stage {
  readonly context: Context;
  readonly ports: OutcomeRecorderPorts;
  readonly options: OutcomeRecorderOptions;
  readonly connection: PipelinedConnection;
  /** Number of the last batch of this process. */
  lastBatch: number;
  /** Arrival time of each pending item. One batch is in flight at a time, so items become durable in this order. */
  readonly arrivals: Queue<number>;
  isStopped: boolean;
}

/** A receipt that waited for its reference, recorded with it. */
type EarlyReceipt = WaitingReceipt & { readonly segment: RecentSegment };

/** The database refuses a number that it has already recorded. */
type NumberedBatch = OutcomeBatch & { readonly number: number; readonly receipts: readonly EarlyReceipt[] };

export function createOutcomeRecorder(
  context: Context,
  ports: OutcomeRecorderPorts,
  options: OutcomeRecorderOptions,
): OutcomeRecorder {
  const connection = context.database.openPipeline();
  const arrivals = new Queue<number>();
  const stage: Stage = { context, ports, options, connection, arrivals, lastBatch: 0, isStopped: false };
  const steady = options.steadyClock ?? steadyClock;
  const batcher = createBatcher<OutcomeItem, void>({
    maxBatch,
    concurrency: 1,
    linger: { burst: 30, lingerMs: 40, minBatch: 500, alwaysLinger: true, gatherMs },
    handler: (items) => recordOutcomes(stage, items),
  });

  function onSettled(error: unknown): void {
    if (error !== null) context.log.error('outcome.abandoned', { err: describe(error) });
  }

  function add(item: OutcomeItem): void {
    arrivals.push(steady.now());
    batcher.add(item, onSettled);
  }

  const recorder: OutcomeRecorder = {
    record(outcome) {
      rememberSegments(options.recent, outcome);
      outcome.message.chunk.undurable++;
      add(outcome);
    },
    finishEmpty: (chunk) => add({ emptyChunk: chunk }),
    get pending() {
      return batcher.pending;
    },
    oldestPendingMs() {
      const oldest = arrivals.peek();
      return oldest === undefined ? 0 : steady.now() - oldest;
    },
    async stop() {
      await batcher.flush();
      stage.isStopped = true;
      await connection.close();
    },
  };
  ports.settledOutcomes.connect(recorder);
  return recorder;
}

/** Records one batch of the batcher, bucket by bucket, and reports the chunks that are complete. */
async function recordOutcomes(stage: Stage, items: readonly OutcomeItem[]): Promise<void> {
  const completeChunks = countDown(items);
  for (const batch of splitByBucket(items, completeChunks))
    await recordUntilDurable(stage, withReceipts(stage, { ...batch, number: ++stage.lastBatch }));
  for (const item of items) if (isOutcome(item)) item.message.chunk.undurable--;
  removeArrivals(stage, items.length);
  const outcomes = items.filter(isOutcome);
  countOutcomes(stage.context.connectors, outcomes);
  traceOutcomes(outcomes, stage.context.clock.now());
  stage.ports.finishedChunks.consumer.finish(completeChunks);
}

/** Records the batch, and repeats its transaction until it is stored. Throws if this process is fenced or has stopped. */
async function recordUntilDurable(stage: Stage, batch: NumberedBatch): Promise<void> {
  for (;;) {
    try {
      return await recordBatch(stage, batch);
    } catch (error) {
      // The response to its commit was lost. Its callbacks are found as lost claims.
      if (isRecorded(error)) return onDurable(stage, batch);
      if (isFenced(error) || stage.isStopped) {
        stage.options.onFenced(error);
        throw error;
      }
      const outcomes = batch.settlements.length;
      stage.context.log.warn('outcome.store_failed', { outcomes, err: describe(error) });
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }
}

async function recordBatch(stage: Stage, batch: NumberedBatch): Promise<void> {
  const callbackProcessId = processForNewRows(stage.ports);
  const finished = await stage.connection.run((query) => storeBatch(stage, query, batch, callbackProcessId));
  onDurable(stage, batch);
  announceBinds(stage.ports, finished);
  if (callbackProcessId !== null) handOverCallbacks(stage.ports, batch.bucket, finished);
}

/** Takes the receipts that wait for the references of this batch: their final statuses are stored with it. */
function withReceipts({ context, options }: Stage, batch: Omit<NumberedBatch, 'receipts'>): NumberedBatch {
  const receipts: EarlyReceipt[] = [];
  const isResending = options.isResending?.() === true;
  for (const { messageId, connectorId, reference } of batch.references) {
    const segment = options.recent.find(connectorId, [reference]);
    // Another message has the reference if the carrier used it again.
    if (segment?.messageId !== messageId || segment.waiting === null) continue;
    // The receipt recorder decides whether the message is sent again.
    if (isResending && segment.waiting.some(({ receipt }) => receipt.state !== 'delivered')) continue;
    for (const waiting of segment.waiting) receipts.push({ ...waiting, segment });
    segment.waiting = null;
  }
  if (receipts.length === 0) return { ...batch, receipts };
  const updates = [...batch.updates, ...statusUpdatesOf(receipts, context.clock.now())];
  // Messages are locked in ascending order.
  return { ...batch, receipts, updates: updates.sort((a, b) => a.messageId - b.messageId) };
}

/** Sends all statements of the transaction together. After the first failure the server refuses the rest. */
async function storeBatch(
  { context, options }: Stage,
  query: Query,
  batch: NumberedBatch,
  callbackProcessId: number | null,
): Promise<readonly FinishedMessage[]> {
  const { processId } = options;
  const nowMs = context.clock.now();
  const begun = [query('begin'), assertProcessLives(query, processId)];
  const stored = [
    storeOutcomes(query, batch.bucket, { ...batch, processId }, nowMs),
    returnToQuotas(query, batch, nowMs),
    takeResends(query, batch.bucket, batch.resent),
  ];
  const finishing = storeFinalStatuses(query, batch, callbackProcessId, nowMs);
  await Promise.all([...begun, ...stored, finishing, query('commit')]);
  return finishing;
}

async function returnToQuotas(
  query: Query,
  { bucket, releasedIds }: OutcomeBatch,
  nowMs: number,
): Promise<void> {
  if (releasedIds.length > 0) await returnReleased(query, bucket, releasedIds, nowMs);
}

/** Stores final statuses with their callbacks: of messages for which no receipt comes, or whose receipt is here. */
async function storeFinalStatuses(
  query: Query,
  { bucket, updates }: OutcomeBatch,
  callbackProcessId: number | null,
  nowMs: number,
): Promise<readonly FinishedMessage[]> {
  return updates.length > 0 ? finishMessages(query, bucket, updates, callbackProcessId, nowMs) : [];
}

function isOutcome(item: OutcomeItem): item is RecordedOutcome {
  return 'outcome' in item;
}

function removeArrivals({ arrivals }: Stage, count: number): void {
  for (let i = 0; i < count; i++) arrivals.shift();
}

/** The batch is durable: its receipts are saved, and those that arrived since it was sent can be recorded. */
function onDurable(stage: Stage, { references, receipts }: NumberedBatch): void {
  const { context, options } = stage;
  for (const { connectorId, receipt, segment, saved } of receipts) {
    options.recent.forget(connectorId, receipt.references, segment);
    saved(true);
  }
  const nowMs = context.clock.now();
  countReceipts(context.connectors, receipts, nowMs);
  traceReceipts(receipts, nowMs, nowMs);
  releaseWaitingReceipts(stage, references);
}

/** The references are durable: the receipts that waited for them can be recorded. */
function releaseWaitingReceipts({ options, ports }: Stage, references: readonly NewCarrierRef[]): void {
  for (const { connectorId, reference } of references) {
    const segment = options.recent.find(connectorId, [reference]);
    if (segment === undefined) continue;
    segment.durable = true;
    if (segment.waiting === null) continue;
    const { waiting } = segment;
    segment.waiting = null;
    ports.durableReferences.consumer.recordWaiting(waiting);
  }
}

function handOverCallbacks(
  { finishedMessages }: OutcomeRecorderPorts,
  bucket: number,
  finished: readonly FinishedMessage[],
): void {
  if (finished.length > 0) finishedMessages.consumer.add(bucket, finished);
}

/** A receipt can arrive before its reference is durable: it finds its segment here. */
function rememberSegments(
  recent: RecentSegments,
  { message, connectorId, routeId = null, outcome, atMs }: RecordedOutcome,
): void {
  if (outcome.kind !== 'submitted' || connectorId === null) return;
  const { bucket } = message.chunk;
  for (const [reference, parts] of partsByReference(outcome.references))
    recent.add(connectorId, reference, {
      bucket,
      messageId: message.id,
      parts,
      routeId,
      submittedAtMs: atMs,
      durable: false,
      waiting: null,
    });
}

/** Quirk: some carriers answer each segment of a message with the same reference. */
function partsByReference(references: readonly string[]): Iterable<[string, number]> {
  if (references.length === 1) return [[references[0]!, 1]];
  const parts = new Map<string, number>();
  for (const [part, reference] of references.entries())
    parts.set(reference, (parts.get(reference) ?? 0) | (1 << part));
  return parts;
}

function isFenced(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'CH001';
}

function isRecorded(error: unknown): boolean {
  // `last` is set to null (store/pipeline/outcomes.ts). On a cluster the table's name in the error has a suffix.
  return error instanceof Error && 'column' in error && 'code' in error
    ? error.code === '23502' && error.column === 'last'
    : false;
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
