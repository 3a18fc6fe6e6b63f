// Dispatches due messages: claims chunks, chooses a connector for each message and hands messages over at its capacity.
// Used by the role `dispatch`.
//
// States of a message here: queued for a connector → with the connector → recorded; from the connector back to
// waiting (try later, in doubt) and queued again. A chunk is in progress until all its messages are recorded. The rest
// of a chunk is released when this process stops or has had no available connector for 10 s.
// Hand-over stops when too much is not durable (domain/delivery/hand-over-limit.ts).

import { priorityClassCount } from '#domain/base/priority-classes.ts';
import type { Connector, OutboundMessage, Outcome } from '#domain/delivery/connector.ts';
import { type Chunk, type Item, keyOf } from '#domain/delivery/dispatch-item.ts';
import type { DispatchChunk, FinalOutcome } from '#domain/delivery/dispatch-state.ts';
import { handOverRoom } from '#domain/delivery/hand-over-limit.ts';
import { LostClaims } from '#domain/delivery/lost-claims.ts';
import { optedOutError } from '#domain/recipients/opt-out.ts';
import type { Route } from '#domain/routing/choose.ts';
import { MessageRouter } from '#domain/routing/message-router.ts';
import { PriorityQueues } from '#lib/async/priority-queues.ts';
import type { PipelinedConnection } from '#store/database/database.ts';
import {
  type ClaimedChunk,
  claimDueChunks,
  claimExpiredChunks,
  findNextDue,
  listOwnedChunks,
  readChunkMessages,
  releaseChunks,
} from '#store/pipeline/chunks.ts';
import type { Context } from './context.ts';
import type { AcceptedChunk, Ports } from './ports.ts';

type DispatcherPorts = Pick<
  Ports,
  'acceptedChunks' | 'settledOutcomes' | 'finishedChunks' | 'connectorChanges'
>;

export interface DispatcherOptions {
  readonly processId: number;
  readonly routes: () => readonly Route[];
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
/** After this time without a connector, a chunk is released for other processes. */
const stuckMs = 10_000;

export class Dispatcher {
  readonly #context: Context;
  readonly #ports: DispatcherPorts;
  readonly #options: DispatcherOptions;
  readonly #router: MessageRouter;
  /** Queues by connector. */
  readonly #queues = new PriorityQueues<Item>(priorityClassCount);
  /** Messages without an available connector. */
  #waiting: Item[] = [];
  readonly #chunks = new Set<Chunk>();
  /** Chunks of this process, from their claim until their end is durable or they are released. */
  readonly #known = new Set<string>();
  readonly #lostClaims = new LostClaims();
  /** Reads chunks by keys: the statistics of a young partition do not change the plan. */
  readonly #pipeline: PipelinedConnection;
  #inProgress = 0;
  #withConnectors = 0;
  #stopping = false;
  #isPaused = false;
  #pumpScheduled = false;

  constructor(context: Context, ports: DispatcherPorts, options: DispatcherOptions) {
    this.#context = context;
    this.#ports = ports;
    this.#options = options;
    const { routes, random } = options;
    this.#router = new MessageRouter({ connectors: context.connectors, routes, random });
    this.#pipeline = context.database.openPipeline();
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
    return this.#inProgress > 0;
  }

  /** Messages that can be added now. 0 while no connector is available, so that other processes claim them. */
  capacity(): number {
    const isAnyAvailable = [...this.#context.connectors.values()].some((connector) => connector.isUp);
    if (this.#stopping || this.#isPaused || !isAnyAvailable) return 0;
    return Math.max(0, maxInProgress - this.#inProgress);
  }

  /** Hands nothing to connectors while paused: another process may already have reclaimed this work. */
  pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
    if (!isPaused) this.#schedulePump();
  }

  /** Ends expired messages: in progress without a connector, or unclaimed because no carrier is available. */
  async expire(): Promise<void> {
    const nowMs = this.#context.clock.now();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const item of waiting) {
      if (item.expiresAtMs > nowMs) this.#waiting.push(item);
      else this.#onOutcome(null, item, { kind: 'expired' });
    }
    for (const bucket of this.#options.buckets()) {
      const { query } = this.#context.database;
      const chunks = await claimExpiredChunks(query, bucket, this.#options.processId, nowMs, claimLimit);
      await this.#read(chunks, (taken) => {
        for (const item of this.#open(taken)) this.#onOutcome(null, item, { kind: 'expired' });
      });
    }
  }

  /** Adds a chunk that this process has claimed. */
  addChunk(taken: AcceptedChunk): void {
    // A STOP after the acceptance, too late for the reply recorder to cancel the message.
    for (const item of this.#open(taken))
      if (item.isOptedOut) this.#onOutcome(null, item, { kind: 'refused', code: 0, reason: optedOutError });
      else this.#queue(item);
    this.#schedulePump();
  }

  /** Reads the messages of claimed chunks. A chunk that cannot be read is a lost claim. */
  async #read(claimed: readonly ClaimedChunk[], use: (taken: AcceptedChunk) => void): Promise<void> {
    for (const chunk of claimed) this.#known.add(keyOf(chunk));
    let read = 0;
    try {
      for (const chunk of claimed) {
        const messages = await this.#pipeline.run((query) => readChunkMessages(query, chunk));
        if (this.#stopping) return;
        read++;
        use({ ...chunk, messages });
      }
    } finally {
      for (const chunk of claimed.slice(read)) this.#known.delete(keyOf(chunk));
    }
  }

  #open(taken: AcceptedChunk): Item[] {
    this.#known.add(keyOf(taken));
    const chunk: Chunk = {
      bucket: taken.bucket,
      id: taken.id,
      priorityClass: taken.priorityClass,
      unrecorded: taken.messages.length,
      left: taken.messages.length,
      withConnectors: 0,
      stuckSinceMs: null,
      released: false,
    };
    if (chunk.left === 0) {
      this.#ports.settledOutcomes.consumer.finishEmpty(chunk);
      return [];
    }
    this.#chunks.add(chunk);
    this.#inProgress += chunk.left;
    return taken.messages.map((message) => ({ ...message, chunk }));
  }

  #queue(item: Item): void {
    const connectorId = this.#router.choose(item);
    if (connectorId === null) {
      item.chunk.stuckSinceMs ??= this.#context.clock.now();
      this.#waiting.push(item);
      return;
    }
    this.#queues.push(connectorId, item.chunk.priorityClass, item);
  }

  #schedulePump(): void {
    if (this.#pumpScheduled) return;
    this.#pumpScheduled = true;
    setImmediate(() => {
      this.#pumpScheduled = false;
      for (const connectorId of this.#queues.destinations()) this.#pump(connectorId);
    });
  }

  /** A connector became available or unavailable, or has capacity again: waiting messages are routed again. */
  #onConnectorChange(connectorId: number): void {
    const connector = this.#context.connectors.get(connectorId);
    if (connector?.isUp !== true) for (const item of this.#queues.removeAll(connectorId)) this.#queue(item);
    if (this.#waiting.length > 0 && connector?.isUp === true) {
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const item of waiting) {
        item.chunk.stuckSinceMs = null;
        this.#queue(item);
      }
    }
    this.#schedulePump();
  }

  /** Outcomes and the ends of these chunks are durable: there can be capacity again. */
  #onFinished(finished: readonly DispatchChunk[]): void {
    for (const chunk of finished) this.#known.delete(keyOf(chunk));
    this.#schedulePump();
  }

  #pump(connectorId: number): void {
    const connector = this.#context.connectors.get(connectorId);
    if (connector === undefined || this.#stopping || this.#isPaused) return;
    const recorder = this.#ports.settledOutcomes.consumer;
    // #onFinished schedules the pump again.
    const limit = handOverRoom(this.#withConnectors, recorder.pending, recorder.oldestPendingMs());
    let capacity = Math.min(connector.capacity(), limit);
    while (capacity > 0) {
      const item = this.#queues.shift(connectorId);
      if (item === undefined) return;
      if (item.chunk.released) continue;
      this.#hand(connector, item);
      capacity -= item.segments;
    }
  }

  #hand(connector: Connector, item: Item): void {
    this.#withConnectors++;
    item.chunk.withConnectors++;
    connector.submit(item satisfies OutboundMessage, (outcome) => {
      this.#withConnectors--;
      item.chunk.withConnectors--;
      this.#onOutcome(connector.id, item, outcome);
    });
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
        if (this.#router.avoid(item, connectorId)) this.#again(item, 0);
        else this.#settle(connectorId, item, { ...outcome, kind: 'refused' });
        return;
      case 'in-doubt':
        this.#resend(connectorId, item, outcome.reason);
        return;
    }
  }

  #settle(connectorId: number | null, item: Item, outcome: FinalOutcome): void {
    const atMs = this.#context.clock.now();
    this.#ports.settledOutcomes.consumer.record({ message: item, connectorId, outcome, atMs });
    this.#inProgress--;
    if (--item.chunk.left === 0) this.#chunks.delete(item.chunk);
  }

  /** Sends a message in doubt again with a growing delay (docs/decisions/0006), with a limit: the carrier can have all of them. */
  #resend(connectorId: number | null, item: Item, reason: string): void {
    item.doubts = (item.doubts ?? 0) + 1;
    this.#context.log.warn('message.left_in_doubt', { message: item.id, reason, times: item.doubts });
    if (item.doubts > resendDelaysMs.length)
      this.#settle(connectorId, item, { kind: 'unanswered', times: item.doubts });
    else this.#again(item, resendDelaysMs[item.doubts - 1]!);
  }

  #delay(connectorId: number | null, item: Item, afterMs: number): void {
    const otherId = this.#router.afterDelay(item, connectorId);
    if (otherId === null) this.#again(item, afterMs);
    else {
      this.#queues.push(otherId, item.chunk.priorityClass, item);
      this.#schedulePump();
    }
  }

  #again(item: Item, afterMs: number): void {
    const queue = () => {
      if (item.chunk.released) return;
      this.#queue(item);
      this.#schedulePump();
    };
    if (afterMs <= 0) queue();
    else setTimeout(queue, afterMs);
  }

  /** Claims due chunks while there is capacity. Returns their number. */
  async claim(): Promise<number> {
    let claimed = 0;
    for (const bucket of this.#options.buckets()) {
      while (this.capacity() > maxInProgress / 2) {
        const { database, clock } = this.#context;
        const chunks = await claimDueChunks(
          database.query,
          bucket,
          this.#options.processId,
          clock.now(),
          claimLimit,
        );
        await this.#read(chunks, (taken) => this.addChunk(taken));
        claimed += chunks.length;
        if (chunks.length < claimLimit || this.#stopping) break;
      }
    }
    return claimed;
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
   * Releases chunks that have waited too long for a connector. Never releases a chunk with messages that are with a
   * carrier or not recorded: the next process would send them again.
   */
  async releaseStuck(): Promise<void> {
    if (this.#ports.settledOutcomes.consumer.pending > 0) return;
    const nowMs = this.#context.clock.now();
    const stuck = [...this.#chunks].filter(
      (c) => c.stuckSinceMs !== null && nowMs - c.stuckSinceMs > stuckMs && c.withConnectors === 0,
    );
    if (stuck.length > 0) await this.#release(stuck, nowMs + 1000);
  }

  async #release(chunks: readonly Chunk[], dueAtMs: number): Promise<void> {
    for (const chunk of chunks) {
      chunk.released = true;
      this.#chunks.delete(chunk);
      this.#known.delete(keyOf(chunk));
      this.#inProgress -= chunk.left;
    }
    this.#waiting = this.#waiting.filter((item) => !item.chunk.released);
    const { query } = this.#context.database;
    for (const [bucket, ofBucket] of Map.groupBy(chunks, (chunk) => chunk.bucket)) {
      const ids = ofBucket.map((chunk) => chunk.id);
      await releaseChunks(query, bucket, this.#options.processId, ids, dueAtMs);
    }
  }

  /** Releases chunks that name this process and are unknown to it: the response to their commit was lost. */
  async releaseLostClaims(): Promise<void> {
    const { query } = this.#context.database;
    const owned = [];
    for (const bucket of this.#options.buckets())
      for (const id of await listOwnedChunks(query, bucket, this.#options.processId))
        owned.push({ scope: bucket, id });
    const isKnown = (bucket: number, id: number) => this.#known.has(keyOf({ bucket, id }));
    for (const { scope, id } of this.#lostClaims.look(owned, isKnown))
      await releaseChunks(query, scope, this.#options.processId, [id], this.#context.clock.now());
  }

  /** Accepts no more work. Connectors can still report outcomes. `finish` then releases the rest. */
  stopTaking(): void {
    this.#stopping = true;
  }

  /** Called after the connectors have stopped and the outcomes are recorded. */
  async finish(): Promise<void> {
    await this.#release([...this.#chunks], this.#context.clock.now());
    await this.#pipeline.close();
  }
}
