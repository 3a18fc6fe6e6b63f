// Dispatches due messages: claims chunks, chooses a connector for each message and hands messages over at its capacity.
// Used by the role `dispatch`.
//
// States of a message here: queued for a connector → with the connector → recorded; from the connector back to
// waiting (try later, in doubt) and queued again. A chunk is in hand until all its messages are recorded, or is
// released with what is left of it when this process stops or has had no usable connector for a while.
// Hand-over stops when too much is not durable yet (domain/delivery/hand-over-limit.ts).

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
import type { Lane } from '#store/database/database.ts';
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
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
}

/** Messages in hand, queued or with connectors, above which chunks are left to be claimed later. */
const maxInHand = 8000;
/** When a message in doubt is sent again, the first time at once; after the last, it is not. */
const resendAfterMs = [0, 1_000, 5_000, 30_000, 120_000];
/** Chunks claimed at once. */
const claimLimit = 8;
/** How long a chunk waits here for a connector before others may have it. */
const stuckMs = 10_000;

export class Dispatcher {
  readonly #context: Context;
  readonly #ports: DispatcherPorts;
  readonly #options: DispatcherOptions;
  readonly #router: MessageRouter;
  /** By connector. */
  readonly #queues = new PriorityQueues<Item>(priorityClassCount);
  /** Messages that no connector can take now. */
  #waiting: Item[] = [];
  readonly #chunks = new Set<Chunk>();
  /** Chunks that are ours, from their claim until their end is durable or they are given back. */
  readonly #known = new Set<string>();
  readonly #strays = new LostClaims();
  /** Chunks are read by keys, whatever the statistics of a young partition say. */
  readonly #lane: Lane;
  #inHand = 0;
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
    this.#lane = context.database.openPipeline();
    ports.acceptedChunks.connect({
      processId: options.processId,
      capacity: () => this.capacity(),
      add: (chunk) => this.addChunk(chunk),
    });
    ports.finishedChunks.connect({ finish: (chunks) => this.#onFinished(chunks) });
    ports.connectorChanges.connect({ onConnectorChange: (id) => this.#onConnectorChange(id) });
  }

  /** Something is in hand: its end may make room for chunks that are due. */
  get isBusy(): boolean {
    return this.#inHand > 0;
  }

  /** How many messages it takes in hand now: none while no connector is up, so that other processes may. */
  capacity(): number {
    const isAnyUp = [...this.#context.connectors.values()].some((connector) => connector.isUp);
    if (this.#stopping || this.#isPaused || !isAnyUp) return 0;
    return Math.max(0, maxInHand - this.#inHand);
  }

  /** Nothing is handed to a connector while paused: this process may be taken for dead, and its work for free. */
  pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
    if (!isPaused) this.#schedulePump();
  }

  /** Ends what may no longer leave: in hand without a connector, or unclaimed because no carrier is up. */
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

  /** Takes a chunk that this process owns. */
  addChunk(taken: AcceptedChunk): void {
    // Said STOP after his message was accepted, too late for whoever recorded that.
    for (const item of this.#open(taken))
      if (item.isOptedOut) this.#onOutcome(null, item, { kind: 'refused', code: 0, reason: optedOutError });
      else this.#queue(item);
    this.#schedulePump();
  }

  /** Reads the messages of chunks that were claimed. Those that cannot be read are strays from then on. */
  async #read(claimed: readonly ClaimedChunk[], use: (taken: AcceptedChunk) => void): Promise<void> {
    for (const chunk of claimed) this.#known.add(keyOf(chunk));
    let read = 0;
    try {
      for (const chunk of claimed) {
        const messages = await this.#lane.run((query) => readChunkMessages(query, chunk));
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
      lane: taken.lane,
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
    this.#inHand += chunk.left;
    return taken.messages.map((message) => ({ ...message, chunk }));
  }

  #queue(item: Item): void {
    const connectorId = this.#router.choose(item);
    if (connectorId === null) {
      item.chunk.stuckSinceMs ??= this.#context.clock.now();
      this.#waiting.push(item);
      return;
    }
    this.#queues.push(connectorId, item.chunk.lane, item);
  }

  #schedulePump(): void {
    if (this.#pumpScheduled) return;
    this.#pumpScheduled = true;
    setImmediate(() => {
      this.#pumpScheduled = false;
      for (const connectorId of this.#queues.destinations()) this.#pump(connectorId);
    });
  }

  /** A connector came up, went down, or takes more: what waits is routed anew. */
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

  /** Outcomes became durable, and with them the end of these chunks: there may be room again. */
  #onFinished(finished: readonly DispatchChunk[]): void {
    for (const chunk of finished) this.#known.delete(keyOf(chunk));
    this.#schedulePump();
  }

  #pump(connectorId: number): void {
    const connector = this.#context.connectors.get(connectorId);
    if (connector === undefined || this.#stopping || this.#isPaused) return;
    const recorder = this.#ports.settledOutcomes.consumer;
    // #onFinished wakes the pump again.
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
    this.#inHand--;
    if (--item.chunk.left === 0) this.#chunks.delete(item.chunk);
  }

  /** In doubt: sent again (docs/decisions/0006), later each time, and not for ever: the carrier may have them all. */
  #resend(connectorId: number | null, item: Item, reason: string): void {
    item.doubts = (item.doubts ?? 0) + 1;
    this.#context.log.warn('message.left_in_doubt', { message: item.id, reason, times: item.doubts });
    if (item.doubts > resendAfterMs.length)
      this.#settle(connectorId, item, { kind: 'unanswered', times: item.doubts });
    else this.#again(item, resendAfterMs[item.doubts - 1]!);
  }

  #delay(connectorId: number | null, item: Item, afterMs: number): void {
    const otherId = this.#router.afterDelay(item, connectorId);
    if (otherId === null) this.#again(item, afterMs);
    else {
      this.#queues.push(otherId, item.chunk.lane, item);
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

  /** Claims due chunks while there is room; answers how many. */
  async claim(): Promise<number> {
    let claimed = 0;
    for (const bucket of this.#options.buckets()) {
      while (this.capacity() > maxInHand / 2) {
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

  /** Milliseconds until the first free chunk is due, at most `withinMs`; null when none is. */
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
   * Gives back chunks that have waited too long for a connector; never one whose messages are with a carrier or not
   * yet recorded: whoever claims it would send those again.
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
      this.#inHand -= chunk.left;
    }
    this.#waiting = this.#waiting.filter((item) => !item.chunk.released);
    const { query } = this.#context.database;
    for (const [bucket, ofBucket] of Map.groupBy(chunks, (chunk) => chunk.bucket)) {
      const ids = ofBucket.map((chunk) => chunk.id);
      await releaseChunks(query, bucket, this.#options.processId, ids, dueAtMs);
    }
  }

  /** Frees chunks that are ours by the table and not in hand: the answer to their commit was lost. */
  async releaseLostClaims(): Promise<void> {
    const { query } = this.#context.database;
    const owned = [];
    for (const bucket of this.#options.buckets())
      for (const id of await listOwnedChunks(query, bucket, this.#options.processId))
        owned.push({ scope: bucket, id });
    const isKnown = (bucket: number, id: number) => this.#known.has(keyOf({ bucket, id }));
    for (const { scope, id } of this.#strays.look(owned, isKnown))
      await releaseChunks(query, scope, this.#options.processId, [id], this.#context.clock.now());
  }

  /** Takes nothing more; what is with connectors may still be answered. Then `finish` gives back the rest. */
  stopTaking(): void {
    this.#stopping = true;
  }

  /** After the connectors have stopped and the outcomes are recorded. */
  async finish(): Promise<void> {
    await this.#release([...this.#chunks], this.#context.clock.now());
    await this.#lane.close();
  }
}
