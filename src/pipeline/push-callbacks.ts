// Pushes callbacks: each receipt, reply and opt-out as one request in the dialect of its campaign. Used by the role
// `callbacks`.
//
// Callback rows are committed with the change that they report. A row is deleted when the last of its messages was
// answered with 2xx, delayed with the failed messages, or given up after a day. At least once: after a crash between an
// answer and its record, another process pushes again. Each endpoint has its own connections and its own queue, so that
// a slow endpoint does not delay the others.
//
// States of a row: claimed or new → queued for its endpoints, with its payload → recorded. A row of an endpoint with a
// full queue is parked without its payload, and read when there is capacity; with a full parked queue it is released.

import type { Account } from '#domain/account/account.ts';
import {
  type AttemptResult,
  type Callback,
  type CallbackChannel,
  type CallbackTransports,
  delivered,
  type HttpDelivery,
  type PreparedCallback,
} from '#domain/delivery/callback.ts';
import { receiptPayload } from '#domain/delivery/callback-payload.ts';
import { type AttemptRound, beginRound, countResult, endRound } from '#domain/delivery/delivery-attempt.ts';
import { replyMail } from '#domain/delivery/reply-mail.ts';
import { backoffMs } from '#lib/async/backoff.ts';
import { EndpointQueues, endpointOf } from '#lib/async/endpoint-queues.ts';
import { ParkedQueue } from '#lib/async/parked-queue.ts';
import { isTraced } from '#lib/observability/tracing.ts';
import { hourMs } from '#lib/time/duration.ts';
import type { PendingCallback } from '#store/pipeline/callbacks.ts';
import type { FinishedMessage } from '#store/pipeline/messages.ts';
import { readCallbacks, readFacts } from './callback-content.ts';
import { CallbackRows } from './callback-rows.ts';
import type { Context } from './context.ts';
import type { Ports } from './ports.ts';
import { callbackAttempts, callbackTime } from './stage-metrics.ts';
import { traceCallback } from './stage-traces.ts';

export interface PusherOptions {
  readonly processId: number;
  readonly transports: CallbackTransports;
  readonly accountOf: (id: number) => Account | null | Promise<Account | null>;
  readonly buckets: () => readonly number[];
  /** Concurrent requests to one endpoint. */
  readonly perEndpoint: number;
  readonly random: () => number;
}

type Channel = Pick<CallbackChannel, 'needsFacts' | 'addressOf' | 'prepare'>;

/** The attempt in progress for one row. */
type Round = AttemptRound<PendingCallback>;

/** Callbacks of one row, with the account and the channel that decide their form. */
interface Prepared {
  readonly account: Account | null;
  readonly channel: Channel | undefined;
  readonly callbacks: readonly Callback[];
}

interface Job extends HttpDelivery {
  readonly round: Round;
  readonly callback: Callback;
  /** Called immediately before the delivery: thousands of callbacks can wait. */
  readonly prepare: () => PreparedCallback | null;
}

/** Limit of messages in progress. Beyond it, pending rows are claimed later. */
const maxInProgress = 6_000;
const claimLimit = 50;
const firstRetryMs = 5_000;
const maxRetryMs = hourMs;
/** Limit of messages in the queue of one endpoint. Its other rows are parked, so that other endpoints have capacity. */
const maxPerEndpoint = maxInProgress / 2;
/** Below this number, parked rows of the endpoint are read: at 10,000 pushes a second the queue lasts for 150 ms. */
const refillBelow = maxPerEndpoint / 2;
/** Limit of parked rows of all endpoints. A parked row holds its ids only (some hundreds in a campaign). */
const maxParked = 2_000;
const fullQueuePauseMs = 2_000;
const stopGraceMs = 2_000;

/** Common fields of all rows whose receipts were recorded just now. */
const receiptRow = { kind: 'receipt', replyId: null, campaignId: null, msisdn: null, attempts: 0 } as const;

export class CallbackPusher {
  readonly #context: Context;
  readonly #options: PusherOptions;
  readonly #rows: CallbackRows;
  readonly #endpoints: EndpointQueues<Job>;
  /** Parked rows by endpoint. */
  readonly #parked: ParkedQueue<PendingCallback>;
  /** Work that `stop` waits for. */
  readonly #pendingWork = new Set<Promise<void>>();
  #inProgress = 0;
  #stopping = false;

  constructor(context: Context, ports: Pick<Ports, 'finishedMessages'>, options: PusherOptions) {
    this.#context = context;
    this.#options = options;
    this.#rows = new CallbackRows(context, options.processId);
    this.#endpoints = new EndpointQueues({
      concurrency: options.perEndpoint,
      execute: (job) => this.#push(job),
      discard: ({ round, callback }, reason) =>
        this.#countResult(round, callback, { kind: 'unreachable', reason: `put off: ${reason}` }),
      onExecuted: (endpoint) => this.#parked.drain(endpoint),
      onUnreachable: (endpoint) => this.#releaseParked(endpoint),
    });
    this.#parked = new ParkedQueue({
      limit: maxParked,
      hasCapacity: (endpoint) => this.#endpoints.waiting(endpoint) < refillBelow,
      process: (row) => this.#readParked(row),
    });
    ports.finishedMessages.connect(this);
  }

  /** The process of new rows: this one while it has capacity. */
  processForNewRows(): number | null {
    return this.#stopping || this.#inProgress >= maxInProgress ? null : this.#options.processId;
  }

  /** True while messages are in progress: their end can make capacity for due rows. */
  get isBusy(): boolean {
    return this.#inProgress > 0;
  }

  /** Adds rows that were committed with this process as their process, without a second read. */
  add(bucket: number, finished: readonly FinishedMessage[]): void {
    const createdAtMs = this.#context.clock.now();
    for (const [id, messages] of Map.groupBy(finished, (message) => message.callbackId)) {
      if (id === null) continue;
      const { accountId, dialect } = messages[0]!;
      const messageIds = messages.map(({ messageId }) => messageId);
      const row = { ...receiptRow, bucket, id, accountId, dialect, messageIds, createdAtMs };
      this.#awaitAtStop(this.#start(row, messages.map(receiptPayload)));
    }
  }

  /** Claims due rows while there is capacity. Returns their number. */
  async claim(): Promise<number> {
    this.#parked.drainAll();
    let claimed = 0;
    for (const bucket of this.#options.buckets()) claimed += await this.#claimBucket(bucket);
    return claimed;
  }

  async #claimBucket(bucket: number): Promise<number> {
    let claimed = 0;
    while (!this.#stopping && this.#inProgress < maxInProgress / 2) {
      const rows = await this.#rows.claimDue(bucket, claimLimit);
      await this.#readAndStart(rows);
      claimed += rows.length;
      if (rows.length < claimLimit) break;
    }
    return claimed;
  }

  /** Reads and pushes claimed rows. A row that cannot be read is a lost claim. */
  async #readAndStart(rows: readonly PendingCallback[]): Promise<void> {
    this.#rows.add(rows);
    let started = 0;
    try {
      for (const row of rows) {
        const callbacks = await readCallbacks(this.#context.database.query, row);
        started++;
        await this.#start(row, callbacks);
      }
    } finally {
      this.#rows.abandon(rows.slice(started));
    }
  }

  async #readParked(row: PendingCallback): Promise<void> {
    try {
      await this.#readAndStart([row]);
    } catch (error) {
      // The row is a lost claim now.
      this.#context.log.warn('callback.read_failed', { callback: row.id, err: messageOf(error) });
    }
  }

  /** Queues the callbacks of a row for their endpoints. Parks the row if one of these queues is full. */
  async #start(row: PendingCallback, callbacks: readonly Callback[]): Promise<void> {
    const round = this.#beginRound(row, callbacks.length);
    const prepared = await this.#prepare(row, callbacks);
    if (prepared === null) return this.#abandon(round);
    if (callbacks.length === 0) return this.#finish(round);
    const byAddress = groupByAddress(prepared);
    const fullEndpoint = this.#fullEndpointOf(byAddress);
    if (fullEndpoint !== null) return this.#park(round, fullEndpoint);
    for (const [address, ofAddress] of byAddress) this.#enqueue(round, prepared, address, ofAddress);
  }

  #beginRound(row: PendingCallback, callbacks: number): Round {
    this.#rows.add([row]);
    this.#inProgress += callbacks;
    return beginRound(row, callbacks);
  }

  /** Null if the account or the facts cannot be read. */
  async #prepare(row: PendingCallback, callbacks: readonly Callback[]): Promise<Prepared | null> {
    const { channels, database, log } = this.#context;
    const channel: Channel | undefined = row.kind === 'mail' ? replyMail : channels.get(row.dialect);
    try {
      const account = await this.#options.accountOf(row.accountId);
      if (channel?.needsFacts !== true) return { account, channel, callbacks };
      return { account, channel, callbacks: await readFacts(database.query, row.bucket, callbacks) };
    } catch (error) {
      log.warn('callback.prepare_failed', { callback: row.id, err: messageOf(error) });
      return null;
    }
  }

  #abandon({ row, left }: Round): void {
    this.#inProgress -= left;
    this.#rows.abandon([row]);
  }

  #fullEndpointOf(byAddress: ReadonlyMap<string | null, readonly Callback[]>): string | null {
    for (const [address, { length }] of byAddress) {
      if (address === null) continue;
      const endpoint = endpointOf(address);
      const waiting = this.#endpoints.waiting(endpoint);
      if (waiting >= refillBelow && waiting + length > maxPerEndpoint) return endpoint;
    }
    return null;
  }

  #enqueue(round: Round, prepared: Prepared, address: string | null, callbacks: readonly Callback[]): void {
    const { account, channel } = prepared;
    if (address === null || account === null || channel === undefined) {
      // The address was removed: no callback is pending.
      for (const callback of callbacks) this.#countResult(round, callback, delivered);
      return;
    }
    const { signingKey, customerUrls } = account.settings.callbacks;
    const isGuarded = customerUrls.includes(address);
    const endpoint = endpointOf(address);
    for (const callback of callbacks) {
      const prepare = () => channel.prepare(account, callback);
      this.#endpoints.add(endpoint, { round, callback, prepare, signingKey, isGuarded });
    }
  }

  /** Keeps the claim until the endpoint has capacity. */
  #park({ row, left }: Round, endpoint: string): Promise<void> | void {
    this.#inProgress -= left;
    if (this.#parked.isFull) return this.#rows.release([row], this.#context.clock.now() + fullQueuePauseMs);
    this.#parked.park(endpoint, row);
  }

  #releaseParked(endpoint: string): void {
    const rows = this.#parked.removeAll(endpoint);
    this.#awaitAtStop(this.#rows.release(rows, this.#context.clock.now() + firstRetryMs));
  }

  /** False when the endpoint did not answer. */
  async #push(job: Job): Promise<boolean> {
    const prepared = job.prepare();
    const { clock } = this.#context;
    const { messageId } = job.callback;
    const startMs = messageId !== null && isTraced(messageId) ? clock.now() : null;
    // The dialect has no form for this callback: nothing is pending.
    const result = prepared === null ? delivered : await this.#deliver(prepared, job);
    if (startMs !== null && messageId !== null && prepared !== null) {
      const attempt = job.round.row.attempts + 1;
      traceCallback({ messageId, attempt, startMs, endMs: clock.now() }, result);
    }
    callbackAttempts.add({ outcome: result.kind });
    if (result.kind === 'delivered') callbackTime.observe({}, clock.now() - job.round.row.createdAtMs);
    this.#countResult(job.round, job.callback, result);
    return result.kind !== 'unreachable';
  }

  #deliver(prepared: PreparedCallback, delivery: HttpDelivery): Promise<AttemptResult> {
    const { transports } = this.#options;
    switch (prepared.kind) {
      case 'http':
        return transports.http(prepared, delivery);
      case 'mail':
        return transports.mail(prepared);
      case 'bind':
        throw new Error('assertion failed: a callback over a bind has another pusher');
    }
  }

  #countResult(round: Round, callback: Callback, result: AttemptResult): void {
    this.#inProgress--;
    countResult(round, callback.messageId ?? 0, result);
    if (round.left === 0) this.#finish(round);
  }

  #finish(round: Round): void {
    const { row } = round;
    const retryMs = backoffMs(row.attempts + 1, firstRetryMs, maxRetryMs, this.#options.random());
    // A callback that was not tried before the stop is due immediately after the next start.
    this.#rows.record(row, endRound(round, this.#context.clock.now(), this.#stopping ? 0 : retryMs));
  }

  releaseLostClaims(): Promise<void> {
    return this.#rows.releaseLostClaims(this.#options.buckets());
  }

  #awaitAtStop(work: Promise<void>): void {
    this.#pendingWork.add(work);
    void work.finally(() => this.#pendingWork.delete(work));
  }

  /** Pushes nothing more, waits 2 s at most for answers, records them, and releases the rest. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#pendingWork);
    await this.#rows.release(await this.#parked.stop(), this.#context.clock.now());
    await this.#endpoints.stop(stopGraceMs);
    // The endpoint may have received an unanswered callback. It is pushed again after the next start.
    await this.#options.transports.close();
    await this.#rows.close();
  }
}

/** Callbacks by the address of their endpoint; null: the account has none. */
function groupByAddress({ account, channel, callbacks }: Prepared): Map<string | null, Callback[]> {
  return Map.groupBy(callbacks, (callback) =>
    account === null || channel === undefined ? null : channel.addressOf(account, callback) || null,
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
