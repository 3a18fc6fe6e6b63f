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
import type { Callback, CallbackChannel, CallbackRequest } from '#domain/delivery/callback.ts';
import {
  receiptPayload,
  replyPayload,
  skippedPayload,
  tellFacts,
} from '#domain/delivery/callback-payload.ts';
import {
  type AttemptRound,
  beginRound,
  countAnswer,
  type EndedAttempt,
  endRound,
  type PushFailure,
} from '#domain/delivery/delivery-attempt.ts';
import { LostClaims } from '#domain/delivery/lost-claims.ts';
import { replyMail } from '#domain/delivery/reply-mail.ts';
import { backoffMs } from '#lib/async/backoff.ts';
import { createBatcher } from '#lib/async/batcher.ts';
import { EndpointQueues, endpointOf } from '#lib/async/endpoint-queues.ts';
import { ParkedQueue } from '#lib/async/parked-queue.ts';
import type { HttpClient } from '#lib/net/http-client.ts';
import { signedHeaders } from '#lib/security/signatures.ts';
import { hourMs } from '#lib/time/duration.ts';
import { readOrigin } from '#store/campaigns/campaign-origins.ts';
import { readCallbackFacts } from '#store/pipeline/callback-facts.ts';
import {
  claimDueCallbacks,
  listOwnedCallbacks,
  type PendingCallback,
  recordRounds,
  releaseCallbacks,
} from '#store/pipeline/callbacks.ts';
import { type FinishedMessage, readFinishedMessages } from '#store/pipeline/messages.ts';
import { readReply } from '#store/pipeline/replies.ts';
import type { Context } from './context.ts';
import type { Ports } from './ports.ts';

export interface PusherOptions {
  readonly processId: number;
  readonly http: HttpClient;
  readonly accountOf: (id: number) => Account | null | Promise<Account | null>;
  readonly buckets: () => readonly number[];
  /** Concurrent requests to one endpoint. */
  readonly perEndpoint: number;
  readonly random: () => number;
}

type Channel = Omit<CallbackChannel, 'dialect'>;

type Row = AttemptRound<PendingCallback>;

interface Job {
  readonly row: Row;
  readonly callback: Callback;
  /** Called immediately before the request: thousands of callbacks can wait. */
  readonly render: () => CallbackRequest | null;
  readonly signingKey: string | null;
  /** The address is a customer's: it is called only if it is public. */
  readonly isGuarded: boolean;
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

export class CallbackPusher {
  readonly #context: Context;
  readonly #options: PusherOptions;
  readonly #endpoints: EndpointQueues<Job>;
  readonly #rows = new Map<number, number>();
  /** Parked rows by endpoint. */
  readonly #parked;
  readonly #lostClaims = new LostClaims();
  readonly #pendingReleases = new Set<Promise<void>>();
  readonly #rounds;
  readonly #pipeline;
  #inProgress = 0;
  #stopping = false;

  constructor(context: Context, ports: Pick<Ports, 'finishedMessages'>, options: PusherOptions) {
    this.#context = context;
    this.#options = options;
    this.#pipeline = context.database.openPipeline();
    this.#endpoints = new EndpointQueues({
      concurrency: options.perEndpoint,
      execute: (job) => this.#push(job),
      discard: ({ row, callback }, reason) =>
        this.#answer(row, callback, { status: null, error: `put off: ${reason}` }),
      onExecuted: (endpoint) => this.#parked.drain(endpoint),
      onUnreachable: (endpoint) => {
        const parked = this.#parked.removeAll(endpoint);
        this.#awaitAtStop(this.#releaseRows(parked, context.clock.now() + firstRetryMs));
      },
    });
    this.#parked = new ParkedQueue<PendingCallback>({
      limit: maxParked,
      hasCapacity: (endpoint) => this.#endpoints.waiting(endpoint) < refillBelow,
      process: (owed) =>
        this.#startAll([owed]).catch((error: Error) =>
          // The row is a lost claim now.
          context.log.warn('callback.read_failed', { callback: owed.id, err: error.message }),
        ),
    });
    this.#rounds = createBatcher<{ bucket: number; round: EndedAttempt }, void>({
      maxBatch: 1000,
      concurrency: 1,
      linger: { burst: 1, lingerMs: 100, minBatch: 500, alwaysLinger: true },
      handler: async (items) => {
        for (const [bucket, ofBucket] of Map.groupBy(items, (item) => item.bucket))
          await this.#pipeline.run((query) =>
            recordRounds(
              query,
              bucket,
              options.processId,
              ofBucket.map((item) => item.round),
              context.clock.now(),
            ),
          );
        return new Array<void>(items.length).fill(undefined);
      },
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
    const rows = Map.groupBy(finished, (message) => message.callbackId);
    for (const [id, messages] of rows) {
      if (id === null) continue;
      const { accountId, dialect } = messages[0]!;
      const messageIds = messages.map(({ messageId }) => messageId);
      const owed = { ...receiptRow, bucket, id, accountId, dialect, messageIds, createdAtMs };
      this.#awaitAtStop(this.#start(owed, this.#context.channels.get(dialect), messages.map(receiptPayload)));
    }
  }

  #awaitAtStop(work: Promise<void>): void {
    this.#pendingReleases.add(work);
    void work.finally(() => this.#pendingReleases.delete(work));
  }

  /** Claims due rows while there is capacity. Returns their number. */
  async claim(): Promise<number> {
    this.#parked.drainAll();
    let claimed = 0;
    for (const bucket of this.#options.buckets()) {
      while (!this.#stopping && this.#inProgress < maxInProgress / 2) {
        const { database, clock } = this.#context;
        const nowMs = clock.now();
        const owed = await claimDueCallbacks(
          database.query,
          bucket,
          this.#options.processId,
          nowMs,
          claimLimit,
        );
        await this.#startAll(owed);
        claimed += owed.length;
        if (owed.length < claimLimit) break;
      }
    }
    return claimed;
  }

  /** Reads and pushes claimed rows. A row that cannot be read is a lost claim. */
  async #startAll(owed: readonly PendingCallback[]): Promise<void> {
    for (const { id, bucket } of owed) this.#rows.set(id, bucket);
    let started = 0;
    try {
      for (const row of owed) {
        const callbacks = await this.#read(row);
        started++;
        const channel = row.kind === 'mail' ? replyMail : this.#context.channels.get(row.dialect);
        await this.#start(row, channel, callbacks);
      }
    } finally {
      for (const { id } of owed.slice(started)) this.#rows.delete(id);
    }
  }

  /** Empty when the messages of the row are deleted. */
  async #read(owed: PendingCallback): Promise<Callback[]> {
    const { query } = this.#context.database;
    const { bucket, accountId, kind } = owed;
    if (owed.messageIds !== null)
      return (await readFinishedMessages(query, bucket, owed.messageIds)).map(receiptPayload);
    const reply = kind === 'skipped' ? null : await readReply(query, bucket, accountId, owed.replyId!);
    const told = reply?.campaignId ?? owed.campaignId;
    const origin = told === null ? null : await readOrigin(query, { bucket, id: accountId }, told);
    const campaignId = origin?.wholeId ?? told;
    if (reply !== null) return [replyPayload({ ...reply, campaignId }, reply.isOptOut ? 'opt-out' : 'reply')];
    if (kind !== 'skipped') return [];
    const listName = origin?.listName ?? null;
    return [skippedPayload(owed, campaignId!, listName)];
  }

  async #addFacts(bucket: number, callbacks: readonly Callback[]): Promise<Callback[]> {
    const ids = callbacks.flatMap(({ messageId }) => (messageId === null ? [] : [messageId]));
    return tellFacts(callbacks, await readCallbackFacts(this.#context.database.query, bucket, ids));
  }

  async #start(
    owed: Row['owed'],
    channel: Channel | undefined,
    callbacks: readonly Callback[],
  ): Promise<void> {
    const { log } = this.#context;
    this.#inProgress += callbacks.length;
    this.#rows.set(owed.id, owed.bucket);
    const row = beginRound(owed, callbacks.length);
    let account: Account | null;
    let told: readonly Callback[];
    try {
      const known = this.#options.accountOf(owed.accountId);
      account = known instanceof Promise ? await known : known;
      told = channel?.needsFacts ? await this.#addFacts(owed.bucket, callbacks) : callbacks;
    } catch (error) {
      // The row keeps this process in the table and is released as a lost claim.
      log.warn('callback.prepare_failed', { callback: owed.id, err: (error as Error).message });
      this.#inProgress -= callbacks.length;
      this.#rows.delete(owed.id);
      return;
    }
    if (callbacks.length === 0) return this.#finish(row);
    const byAddress = Map.groupBy(told, (callback) => account && channel?.addressOf(account, callback));
    for (const [address, { length }] of byAddress)
      if (address && this.#isCrowded(endpointOf(address), length))
        return this.#shelve(row, endpointOf(address));
    for (const [address, ofAddress] of byAddress) {
      if (address) this.#enqueue(row, address, ofAddress, channel!, account!);
      // The address was removed: no callback is pending.
      else for (const callback of ofAddress) this.#answer(row, callback, null);
    }
  }

  #enqueue(
    row: Row,
    address: string,
    callbacks: readonly Callback[],
    channel: Channel,
    account: Account,
  ): void {
    const { signingKey, customerUrls } = account.settings.callbacks;
    const isGuarded = customerUrls.includes(address);
    const endpoint = endpointOf(address);
    for (const callback of callbacks) {
      const render = () => channel.render(account, callback);
      this.#endpoints.add(endpoint, { row, callback, render, signingKey, isGuarded });
    }
  }

  #isCrowded(endpoint: string, more: number): boolean {
    const waiting = this.#endpoints.waiting(endpoint);
    return waiting >= refillBelow && waiting + more > maxPerEndpoint;
  }

  /** Keeps the claim until the endpoint has capacity. */
  #shelve({ owed, left }: Row, endpoint: string): Promise<void> | void {
    this.#inProgress -= left;
    if (this.#parked.isFull) return this.#releaseRows([owed], this.#context.clock.now() + fullQueuePauseMs);
    this.#parked.park(endpoint, owed);
  }

  /** Releases rows without an attempt. Any process can claim them from that time on. */
  async #releaseRows(rows: readonly PendingCallback[], dueAtMs: number): Promise<void> {
    const { database, log } = this.#context;
    for (const [bucket, ofBucket] of Map.groupBy(rows, (row) => row.bucket)) {
      const ids = ofBucket.map(({ id }) => id);
      try {
        await releaseCallbacks(database.query, bucket, this.#options.processId, ids, dueAtMs);
      } catch (error) {
        // The rows are lost claims now.
        log.warn('callback.release_failed', { callbacks: ids.length, err: (error as Error).message });
      }
      for (const id of ids) this.#rows.delete(id);
    }
  }

  /** False when the endpoint did not answer. */
  async #push({ row, callback, render, signingKey, isGuarded }: Job): Promise<boolean> {
    const request = render();
    if (request === null) {
      this.#answer(row, callback, null);
      return true;
    }
    const headers = signedHeaders(request, signingKey, this.#context.clock.now());
    const { method, url } = request;
    const body = method === 'GET' ? null : request.body;
    const { status, error } = await this.#options.http.send({ method, url, headers, body, isGuarded });
    const isDone = status >= 200 && status < 300;
    const failure = { status: status === 0 ? null : status, error: error ?? `HTTP ${status}` };
    this.#answer(row, callback, isDone ? null : failure);
    return error === null;
  }

  #answer(row: Row, callback: Callback, failure: PushFailure | null): void {
    this.#inProgress--;
    countAnswer(row, callback.messageId ?? 0, failure);
    if (row.left === 0) this.#finish(row);
  }

  #finish(row: Row): void {
    const { owed } = row;
    const retryMs = backoffMs(owed.attempts + 1, firstRetryMs, maxRetryMs, this.#options.random());
    // A callback that was not tried before the stop is due immediately after the next start.
    const round = endRound(row, this.#context.clock.now(), this.#stopping ? 0 : retryMs);
    this.#rounds.add({ bucket: owed.bucket, round }, (error) => {
      this.#rows.delete(owed.id);
      // The row keeps this process in the table and is released as a lost claim: pushed again, never lost.
      if (error === null) return;
      const { log } = this.#context;
      log.warn('callback.record_failed', { callback: owed.id, err: (error as Error).message });
    });
  }

  /** Releases rows that name this process and are unknown to it. */
  async releaseLostClaims(): Promise<void> {
    const { query } = this.#context.database;
    const { processId, buckets } = this.#options;
    const owned = [];
    for (const bucket of buckets())
      for (const id of await listOwnedCallbacks(query, bucket, processId)) owned.push({ scope: bucket, id });
    for (const { scope, id } of this.#lostClaims.look(owned, (_bucket, row) => this.#rows.has(row)))
      await releaseCallbacks(query, scope, processId, [id], this.#context.clock.now());
  }

  /** Pushes nothing more, waits 2 s at most for answers, records them, and releases the rest. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#pendingReleases);
    await this.#releaseRows(await this.#parked.stop(), this.#context.clock.now());
    await this.#endpoints.stop(stopGraceMs);
    // The endpoint may have received an unanswered callback. It is pushed again after the next start.
    await this.#options.http.close();
    await this.#rounds.flush();
    await this.#pipeline.close();
  }
}

/** Common fields of all rows whose receipts were recorded just now. */
const receiptRow = { kind: 'receipt', replyId: null, campaignId: null, msisdn: null, attempts: 0 } as const;
