// Dispatches due messages: claims chunks, chooses a connector for each message and hands messages over at its capacity.
// Used by the role `dispatch`.
//
// States of a message here: queued for a connector → with the connector → recorded; from the connector back to
// waiting (try later, in doubt) and queued again. A chunk is in progress until all its messages are recorded. The rest
// of a chunk is released when this process stops or has had no available connector for a while (chunks-in-progress.ts).
// Hand-over stops when too much is not durable (domain/delivery/hand-over-limit.ts).

import { priorityClassCount } from '#domain/base/priority-classes.ts';
import { ChunksInProgress, pauseAfterMs } from '#domain/delivery/chunks-in-progress.ts';
import type { Connector, OutboundMessage, Outcome } from '#domain/delivery/connector.ts';
import type { Chunk, ChunkWithMessages, Item } from '#domain/delivery/dispatch-item.ts';
import type { DispatchChunk, FinalOutcome } from '#domain/delivery/dispatch-state.ts';
import { handOverRoom } from '#domain/delivery/hand-over-limit.ts';
import { LostClaims } from '#domain/delivery/lost-claims.ts';
import { optedOutError } from '#domain/recipients/opt-out.ts';
import type { Route } from '#domain/routing/choose.ts';
import type { CostTable } from '#domain/routing/costs.ts';
import type { CountryHealth } from '#domain/routing/country-health.ts';
import { MessageRouter } from '#domain/routing/message-router.ts';
import { PriorityQueues } from '#lib/async/priority-queues.ts';
import { isTraced } from '#lib/observability/tracing.ts';
import type { PipelinedConnection } from '#store/database/database.ts';
import {
  claimDueChunks,
  claimExpiredChunks,
  findNextDue,
  listOwnedChunks,
  readChunkMessages,
  releaseChunks,
  type StoredChunk,
} from '#store/pipeline/chunks.ts';
import { listPausedChunksOf } from '#store/pipeline/paused-chunks.ts';
import type { Context } from './context.ts';
import type { Ports } from './ports.ts';
import { traceHandOver } from './stage-traces.ts';

type DispatcherPorts = Pick<
  Ports,
  'acceptedChunks' | 'settledOutcomes' | 'finishedChunks' | 'connectorChanges'
>;

export interface DispatcherOptions {
  readonly processId: number;
  readonly routes: () => readonly Route[];
  /** Absent: no carrier has a table of costs. */
  readonly costs?: () => CostTable;
  /** Absent: no connector is ever in trouble. */
  readonly health?: CountryHealth;
  readonly buckets: () => readonly number[];
  /** At least 0 and less than 1. */
  readonly random: () => number;
}

/** Limit of messages in progress, queued or with connectors. Beyond it, chunks are claimed later. */
const maxInProgress = 8000;
/** Delays before a message in doubt is sent again. After the last one it is not sent again. */
const resendDelaysMs = [0, 1_000, 5_000, 30_000, 120_000];
/** Chunks in one claim. */
const claimLimit = 8;

const expired: Outcome = { kind: 'expired' };
const optedOut: Outcome = { kind: 'refused', code: 0, reason: optedOutError };

export class Dispatcher {
  readonly #context: Context;
  readonly #ports: DispatcherPorts;
  readonly #options: DispatcherOptions;
  readonly #router: MessageRouter;
  readonly #chunks = new ChunksInProgress();
  /** Queues by connector. */
  readonly #queues = new PriorityQueues<Item>(priorityClassCount);
  /** Messages without an available connector. */
  #waiting: Item[] = [];
  readonly #lostClaims = new LostClaims();
  /** Reads chunks by keys: the statistics of a young partition do not change the plan. */
  readonly #connection: PipelinedConnection;
  #stopping = false;
  #isPaused = false;
  #isScheduled = false;

  constructor(context: Context, ports: DispatcherPorts, options: DispatcherOptions) {
    this.#context = context;
    this.#ports = ports;
    this.#options = options;
    this.#router = new MessageRouter({ ...options, connectors: context.connectors, clock: context.clock });
    this.#connection = context.database.openPipeline();
    ports.acceptedChunks.connect({
      processId: options.processId,
      capacity: () => this.capacity(),
      add: (chunk) => this.addChunk(chunk),
    });
    ports.finishedChunks.connect({ finish: (chunks) => this.#onFinished(chunks) });
    ports.connectorChanges.connect({ onConnectorChange: (id) => this.#onConnectorChange(id) });
  }

  /** True while messages are in progress: their end can make capacity for due chunks. */
  get isBusy(): boolean {
    return this.#chunks.unsettled > 0;
  }

  /**
   * Messages that can be added now. 0 while no route leads to an available connector, so that other processes claim them and
   * none is claimed and released in turn.
   */
  capacity(): number {
    const { connectors } = this.#context;
    const isAnyAvailable = this.#options
      .routes()
      .some(({ connectorId }) => connectors.get(connectorId)?.isUp === true);
    if (this.#stopping || this.#isPaused || !isAnyAvailable) return 0;
    return Math.max(0, maxInProgress - this.#chunks.unsettled);
  }

  /** Hands nothing to connectors while paused: another process may already have reclaimed this work. */
  pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
    if (!isPaused) this.#scheduleHandOver();
  }

  /** Claims due chunks while there is capacity. Returns their number. */
  async claim(): Promise<number> {
    let claimed = 0;
    for (const bucket of this.#options.buckets()) claimed += await this.#claimBucket(bucket);
    return claimed;
  }

  async #claimBucket(bucket: number): Promise<number> {
    const { database, clock } = this.#context;
    const { processId } = this.#options;
    let claimed = 0;
    while (this.capacity() > maxInProgress / 2) {
      const rows = await claimDueChunks(database.query, bucket, processId, clock.now(), claimLimit);
      await this.#readMessages(rows, (chunk) => this.addChunk(chunk));
      claimed += rows.length;
      if (rows.length < claimLimit || this.#stopping) break;
    }
    return claimed;
  }

  /** Ends expired messages: in progress without a connector, or unclaimed because no carrier is available. */
  async expire(): Promise<void> {
    const nowMs = this.#context.clock.now();
    this.#expireWaiting(nowMs);
    for (const bucket of this.#options.buckets()) await this.#expireUnclaimed(bucket, nowMs);
  }

  #expireWaiting(nowMs: number): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const item of waiting)
      if ((item.resend?.untilMs ?? item.expiresAtMs) > nowMs) this.#waiting.push(item);
      else this.#onOutcome(null, item, expired);
  }

  async #expireUnclaimed(bucket: number, nowMs: number): Promise<void> {
    const { query } = this.#context.database;
    const rows = await claimExpiredChunks(query, bucket, this.#options.processId, nowMs, claimLimit);
    await this.#readMessages(rows, (chunk) => {
      for (const item of this.#open(chunk)) this.#onOutcome(null, item, expired);
    });
  }

  /** Reads the messages of claimed chunks and gives them to `add`. A chunk that cannot be read is a lost claim. */
  async #readMessages(
    claimed: readonly StoredChunk[],
    add: (chunk: ChunkWithMessages) => void,
  ): Promise<void> {
    this.#chunks.know(claimed);
    let read = 0;
    try {
      for (const chunk of claimed) {
        const messages = await this.#connection.run((query) => readChunkMessages(query, chunk));
        if (this.#stopping) return;
        read++;
        add({ ...chunk, messages });
      }
    } finally {
      this.#chunks.forget(claimed.slice(read));
    }
  }

  /** Adds a chunk that this process has claimed. */
  addChunk(claimed: ChunkWithMessages): void {
    const nowMs = this.#context.clock.now();
    // A STOP after the acceptance, too late for the reply recorder to cancel the message. A connector looks at the validity of
    // the message, and not at the shorter time in which another carrier may take it.
    for (const item of this.#open(claimed))
      if (item.isOptedOut) this.#onOutcome(null, item, optedOut);
      else if (item.resend !== undefined && item.resend.untilMs <= nowMs)
        this.#onOutcome(null, item, expired);
      else this.#route(item);
    this.#scheduleHandOver();
  }

  #open(claimed: ChunkWithMessages): readonly Item[] {
    const { chunk, items } = this.#chunks.open(claimed);
    if (items.length === 0) this.#ports.settledOutcomes.consumer.finishEmpty(chunk);
    return items;
  }

  /** Queues a message for a connector. Without an available one it waits. */
  #route(item: Item): void {
    const connectorId = this.#router.choose(item);
    if (connectorId !== null) this.#queue(connectorId, item);
    else {
      item.chunk.stuckSinceMs ??= this.#context.clock.now();
      this.#waiting.push(item);
    }
  }

  #queue(connectorId: number, item: Item): void {
    this.#queues.push(connectorId, item.chunk.priorityClass, item);
  }

  /** A connector became available or unavailable, or has capacity again: waiting messages are routed again. */
  #onConnectorChange(connectorId: number): void {
    if (this.#context.connectors.get(connectorId)?.isUp === true) this.#routeWaiting();
    else for (const item of this.#queues.removeAll(connectorId)) this.#route(item);
    this.#scheduleHandOver();
  }

  #routeWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const item of waiting) this.#route(item);
    const stuck = new Set(this.#waiting.map(({ chunk }) => chunk));
    for (const { chunk } of waiting) if (!stuck.has(chunk)) chunk.stuckSinceMs = null;
  }

  #scheduleHandOver(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      for (const connectorId of this.#queues.destinations()) this.#handOverQueue(connectorId);
    });
  }

  /** Hands over queued messages at the capacity of the connector. */
  #handOverQueue(connectorId: number): void {
    const connector = this.#context.connectors.get(connectorId);
    if (connector === undefined || this.#stopping || this.#isPaused) return;
    let capacity = Math.min(connector.capacity(), this.#handOverLimit());
    while (capacity > 0) {
      const item = this.#queues.shift(connectorId);
      if (item === undefined) return;
      if (isTakenBack(item)) continue;
      this.#handOver(connector, item);
      capacity -= item.segments;
    }
  }

  /** At the limit, #onFinished schedules the next hand-over. */
  #handOverLimit(): number {
    const { consumer } = this.#ports.settledOutcomes;
    return handOverRoom(this.#chunks.withConnectors, consumer.pending, consumer.oldestPendingMs());
  }

  #handOver(connector: Connector, item: Item): void {
    this.#chunks.handOver(item);
    const { clock } = this.#context;
    /** Null: not traced. */
    const startMs = isTraced(item.id) ? clock.now() : null;
    const newSender = item.taken?.newSender ?? null;
    const sent: OutboundMessage = newSender === null ? item : { ...item, sender: newSender };
    connector.submit(sent, (outcome) => {
      this.#chunks.takeBack(item);
      this.#noteAnswer(connector, item, outcome);
      if (startMs !== null) traceHandOver(item.id, connector.name, outcome, { startMs, endMs: clock.now() });
      this.#onOutcome(connector.id, item, outcome);
    });
  }

  /** A lost connection says nothing of one country: all messages in progress are in doubt by it. */
  #noteAnswer(connector: Connector, item: Item, { kind }: Outcome): void {
    if (!(kind in isGoodAnswer) || (kind === 'in-doubt' && !connector.isUp)) return;
    this.#router.note(item, connector.id, isGoodAnswer[kind as keyof typeof isGoodAnswer]);
  }

  #onOutcome(connectorId: number | null, item: Item, outcome: Outcome): void {
    switch (outcome.kind) {
      case 'submitted':
      case 'refused':
      case 'expired':
        this.#settle(connectorId, item, outcome);
        return;
      case 'try-later':
        this.#delay(connectorId, item, outcome.afterMs);
        return;
      case 'elsewhere':
        if (this.#router.avoid(item, connectorId)) this.#routeAgain(item, 0);
        else this.#settle(connectorId, item, { ...outcome, kind: 'refused' });
        return;
      case 'in-doubt':
        this.#resend(connectorId, item, outcome.reason);
        return;
    }
  }

  #settle(connectorId: number | null, item: Item, outcome: FinalOutcome): void {
    const atMs = this.#context.clock.now();
    const taken = connectorId === null ? null : (item.taken ?? null);
    const { routeId, segmentCostMicros } = taken ?? { routeId: null, segmentCostMicros: null };
    const settled = { message: item, connectorId, routeId, outcome, atMs, segmentCostMicros };
    this.#ports.settledOutcomes.consumer.record(settled);
    this.#chunks.settle(item);
  }

  /** Sends a message in doubt again with a growing delay (docs/decisions/0006), with a limit: the carrier can have all of them. */
  #resend(connectorId: number | null, item: Item, reason: string): void {
    const times = this.#chunks.doubt(item);
    this.#context.log.warn('message.left_in_doubt', { message: item.id, reason, times });
    if (times > resendDelaysMs.length) this.#settle(connectorId, item, { kind: 'unanswered', times });
    else this.#routeAgain(item, resendDelaysMs[times - 1]!);
  }

  #delay(connectorId: number | null, item: Item, afterMs: number): void {
    const otherId = this.#router.afterDelay(item, connectorId);
    if (otherId === null) this.#routeAgain(item, afterMs);
    else {
      this.#queue(otherId, item);
      this.#scheduleHandOver();
    }
  }

  #routeAgain(item: Item, afterMs: number): void {
    const route = () => {
      if (isTakenBack(item)) return;
      this.#route(item);
      this.#scheduleHandOver();
    };
    if (afterMs <= 0) route();
    else setTimeout(route, afterMs);
  }

  /** Outcomes and the ends of these chunks are durable: there can be capacity again. */
  #onFinished(finished: readonly DispatchChunk[]): void {
    this.#chunks.forget(finished);
    this.#scheduleHandOver();
  }

  /** Milliseconds until the first free chunk is due, at most `withinMs`. Null when none is due within it. */
  async nextDue(withinMs: number): Promise<number | null> {
    const { database, clock } = this.#context;
    const nowMs = clock.now();
    let dueMs: number | null = null;
    for (const bucket of this.#options.buckets()) {
      const dueAtMs = await findNextDue(database.query, bucket, nowMs + withinMs);
      if (dueAtMs !== null) dueMs = Math.min(dueMs ?? withinMs, dueAtMs - nowMs);
    }
    return dueMs;
  }

  /**
   * Releases chunks that have waited too long for a connector, each for a longer time than before. Never releases a chunk with
   * messages that are with a carrier or not recorded: the next process would send them again.
   */
  async releaseStuck(): Promise<void> {
    this.#rerouteImpatient();
    if (this.#ports.settledOutcomes.consumer.pending > 0) return;
    const nowMs = this.#context.clock.now();
    const stuck = Map.groupBy(this.#chunks.stuckAt(nowMs), ({ attempts }) => pauseAfterMs(attempts));
    for (const [pauseMs, chunks] of stuck) await this.#release(chunks, nowMs + pauseMs);
  }

  /** Messages that a carrier has not taken for the patience of their route go over another one. */
  #rerouteImpatient(): void {
    if (!this.#options.routes().some(({ patienceS = null }) => patienceS !== null)) return;
    for (const connectorId of [...this.#queues.destinations()]) {
      if ((this.#context.connectors.get(connectorId)?.capacity() ?? 0) > 0) continue;
      for (const item of this.#queues.removeAll(connectorId))
        this.#queue(this.#router.afterWait(item, connectorId) ?? connectorId, item);
    }
    this.#scheduleHandOver();
  }

  /**
   * Hands over no more of the chunks whose campaigns were paused, and releases those of which nothing is under way. The row
   * of such a chunk is due at infinity, also when this process is killed before the release.
   */
  async releasePaused(): Promise<void> {
    const { database, clock } = this.#context;
    const buckets = new Set(this.#chunks.all().map(({ bucket }) => bucket));
    for (const bucket of buckets)
      this.#chunks.pause(bucket, await listPausedChunksOf(database.query, bucket, this.#options.processId));
    const drained = this.#chunks.drained();
    if (drained.length > 0) await this.#release(drained, clock.now());
  }

  async #release(chunks: readonly Chunk[], dueAtMs: number): Promise<void> {
    this.#chunks.release(chunks);
    this.#waiting = this.#waiting.filter((item) => !item.chunk.released);
    const { query } = this.#context.database;
    for (const [bucket, ofBucket] of Map.groupBy(chunks, (chunk) => chunk.bucket)) {
      const ids = ofBucket.map((chunk) => chunk.id);
      await releaseChunks(query, bucket, this.#options.processId, ids, dueAtMs);
    }
  }

  /** Releases chunks that name this process and are unknown to it: the response to their commit was lost. */
  async releaseLostClaims(): Promise<void> {
    const { database, clock } = this.#context;
    const { processId, buckets } = this.#options;
    const owned = [];
    for (const bucket of buckets())
      for (const id of await listOwnedChunks(database.query, bucket, processId))
        owned.push({ scope: bucket, id });
    const isKnown = (bucket: number, id: number) => this.#chunks.isKnown({ bucket, id });
    for (const { scope, id } of this.#lostClaims.find(owned, isKnown))
      await releaseChunks(database.query, scope, processId, [id], clock.now());
  }

  /** Accepts no more work. Connectors can still report outcomes. `finish` then releases the rest. */
  stopTaking(): void {
    this.#stopping = true;
  }

  /** Called after the connectors have stopped and the outcomes are recorded. */
  async finish(): Promise<void> {
    await this.#release(this.#chunks.all(), this.#context.clock.now());
    await this.#connection.close();
  }
}

/** Answers that say something about the carrier and the country. */
const isGoodAnswer = { submitted: true, elsewhere: false, 'in-doubt': false } as const;

/** Another process sends it, or it waits until its campaign resumes. A message in doubt goes on: a carrier may have it. */
function isTakenBack({ chunk, doubts }: Item): boolean {
  return chunk.released || (chunk.isPaused && doubts === undefined);
}
