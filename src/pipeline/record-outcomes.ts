// Records the outcomes of messages: carrier references, charges and releases, final statuses, finished chunks.
// Used by the dispatcher through the port SettledOutcomes.
//
// One batch is in flight at a time, so a chunk is never deleted before the outcomes of all its messages are committed.
// No outcome is lost: a batch that fails is repeated until it is stored or this process is fenced (then another process
// reclaims its work).

import type { MessageStatus } from '#domain/base/message.ts';
import type { DispatchChunk, FinalOutcome, RecordedOutcome } from '#domain/delivery/dispatch-state.ts';
import type { RecentSegments } from '#domain/delivery/recent-segments.ts';
import { settlementKindOf } from '#domain/money/ledger-rules.ts';
import { createBatcher } from '#lib/async/batcher.ts';
import { Queue } from '#lib/async/queue.ts';
import { type Clock, steadyClock } from '#lib/time/clock.ts';
import type { Query } from '#store/database/database.ts';
import { returnReleased } from '#store/money/quotas.ts';
import { finishChunks } from '#store/pipeline/chunks.ts';
import { type FinishedMessage, finishMessages, type StatusUpdate } from '#store/pipeline/messages.ts';
import {
  assertProcessLives,
  insertCarrierRefs,
  markRecorded,
  type NewCarrierRef,
  type Settlement,
  settle,
} from '#store/pipeline/outcomes.ts';
import type { Context } from './context.ts';
import { type Ports, processForNewRows, type SettledOutcomes } from './ports.ts';

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
  /** This process was fenced, or its database does not answer: it must stop. */
  readonly onFenced: (error: unknown) => void;
}

const maxBatch = 1000;
const retryMs = 250;

type Item = RecordedOutcome | { readonly emptyChunk: DispatchChunk };

export function createOutcomeRecorder(
  context: Context,
  ports: OutcomeRecorderPorts,
  options: OutcomeRecorderOptions,
): OutcomeRecorder {
  const connection = context.database.openPipeline();
  const steady = options.steadyClock ?? steadyClock;
  /** Arrival time of each pending item. One batch is in flight at a time, so items become durable in this order. */
  const arrivals = new Queue<number>();
  let stopped = false;
  let batches = 0;

  const batcher = createBatcher<Item, void>({
    maxBatch,
    concurrency: 1,
    linger: { burst: 30, lingerMs: 40, minBatch: 500, alwaysLinger: true },
    async handler(items) {
      const finishedChunks = countDown(items);
      const byBucket = Map.groupBy(items, (item) => bucketOf(item));
      for (const [bucket, ofBucket] of byBucket) {
        const chunks = finishedChunks.filter((chunk) => chunk.bucket === bucket);
        await storeUntilDone(bucket, ofBucket, chunks);
      }
      for (let i = 0; i < items.length; i++) arrivals.shift();
      ports.finishedChunks.consumer.finish(finishedChunks);
      return new Array<void>(items.length).fill(undefined);
    },
  });

  async function storeUntilDone(bucket: number, items: Item[], chunks: DispatchChunk[]): Promise<void> {
    const outcomes = items.filter((item) => 'outcome' in item);
    const settlements = outcomes.map(settlementOf);
    const refs = outcomes.flatMap(refsOf);
    const news = outcomes.flatMap(newsOf);
    const batch = ++batches;
    for (;;) {
      try {
        const processId = processForNewRows(ports);
        const finished = await connection.run(async (query) => {
          // Pipelined with the next statements. After the first failure the server refuses the rest.
          const begun = [
            query('begin'),
            assertProcessLives(query, options.processId),
            markRecorded(query, bucket, options.processId, batch),
          ];
          const stored = store(query, bucket, refs, settlements, news, chunks, processId);
          await Promise.all([...begun, stored]);
          return stored;
        });
        makeDurable(refs);
        if (processId !== null && finished.length > 0) ports.finishedMessages.consumer.add(bucket, finished);
        return;
      } catch (error) {
        if (isRecorded(error)) {
          // The response to its commit was lost. Its callbacks are found as lost claims.
          makeDurable(refs);
          return;
        }
        if (isFenced(error) || stopped) {
          options.onFenced(error);
          throw error;
        }
        context.log.warn('outcome.store_failed', { outcomes: outcomes.length, err: describe(error) });
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
  }

  async function store(
    query: Query,
    bucket: number,
    refs: readonly NewCarrierRef[],
    settlements: readonly Settlement[],
    news: readonly StatusUpdate[],
    chunks: readonly DispatchChunk[],
    callbackProcessId: number | null,
  ): Promise<FinishedMessage[]> {
    const nowMs = context.clock.now();
    const sent: Promise<unknown>[] = [];
    if (refs.length > 0) sent.push(insertCarrierRefs(query, bucket, refs));
    if (settlements.length > 0) sent.push(settle(query, bucket, settlements, nowMs));
    const released = settlements.filter(({ kind }) => kind === 'release').map(({ messageId }) => messageId);
    if (released.length > 0) sent.push(returnReleased(query, bucket, released, nowMs));
    const finishing =
      news.length > 0 ? finishMessages(query, bucket, news, callbackProcessId, nowMs) : Promise.resolve([]);
    sent.push(finishing);
    if (chunks.length > 0)
      sent.push(
        finishChunks(
          query,
          bucket,
          options.processId,
          chunks.map((chunk) => chunk.id),
        ),
      );
    sent.push(query('commit'));
    await Promise.all(sent);
    return finishing;
  }

  function makeDurable(refs: readonly NewCarrierRef[]): void {
    for (const ref of refs) {
      const segment = options.recent.find(ref.connectorId, [ref.reference]);
      if (segment === undefined) continue;
      segment.durable = true;
      if (segment.waiting === null) continue;
      const waiting = segment.waiting;
      segment.waiting = null;
      ports.durableReferences.consumer.recordWaiting(waiting);
    }
  }

  function landed(error: unknown): void {
    if (error !== null) context.log.error('outcome.abandoned', { err: describe(error) });
  }

  function push(item: Item): void {
    arrivals.push(steady.now());
    batcher.add(item, landed);
  }

  const recorder: OutcomeRecorder = {
    record(outcome) {
      if (outcome.outcome.kind === 'submitted') remember(options.recent, outcome);
      push(outcome);
    },
    finishEmpty: (chunk) => push({ emptyChunk: chunk }),
    get pending() {
      return batcher.pending;
    },
    oldestPendingMs() {
      const oldest = arrivals.peek();
      return oldest === undefined ? 0 : steady.now() - oldest;
    },
    async stop() {
      await batcher.flush();
      stopped = true;
      await connection.close();
    },
  };
  ports.settledOutcomes.connect(recorder);
  return recorder;
}

function remember(recent: RecentSegments, { message, connectorId, outcome, atMs }: RecordedOutcome): void {
  if (outcome.kind !== 'submitted' || connectorId === null) return;
  const { bucket } = message.chunk;
  for (const [reference, parts] of partsByReference(outcome.references))
    recent.add(connectorId, reference, {
      bucket,
      messageId: message.id,
      parts,
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

/** Subtracts the batch's outcomes from their chunks. Returns the chunks that are complete. */
function countDown(items: readonly Item[]): DispatchChunk[] {
  const complete: DispatchChunk[] = [];
  for (const item of items) {
    if ('emptyChunk' in item) complete.push(item.emptyChunk);
    else if (--item.message.chunk.unrecorded === 0) complete.push(item.message.chunk);
  }
  return complete;
}

function bucketOf(item: Item): number {
  return 'emptyChunk' in item ? item.emptyChunk.bucket : item.message.chunk.bucket;
}

function settlementOf({ message, outcome }: RecordedOutcome): Settlement {
  return {
    messageId: message.id,
    accountId: message.accountId,
    kind: settlementKindOf(outcome),
    costMicros: message.costMicros,
  };
}

function refsOf({ message, connectorId, outcome, atMs }: RecordedOutcome): NewCarrierRef[] {
  if (outcome.kind !== 'submitted' || connectorId === null) return [];
  return outcome.references.map((reference, part) => ({
    messageId: message.id,
    part,
    connectorId,
    reference,
    atMs,
  }));
}

function newsOf({ message, connectorId, outcome, atMs }: RecordedOutcome): StatusUpdate[] {
  if (outcome.kind === 'submitted') return [];
  const { status, error } = endOf(outcome);
  return [
    { messageId: message.id, deliveredSegments: 0, status, error, connectorId, submittedAtMs: null, atMs },
  ];
}

function endOf(outcome: Exclude<FinalOutcome, { kind: 'submitted' }>): {
  status: MessageStatus;
  error: string;
} {
  switch (outcome.kind) {
    case 'refused':
      return { status: 'rejected', error: outcome.reason };
    case 'expired':
      return { status: 'expired', error: 'its validity ran out before a carrier took it' };
    case 'unanswered':
      return { status: 'unknown', error: `sent ${outcome.times} times, and no carrier answered` };
  }
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
