// What we owe customers leaves: each receipt, reply and opt-out as one POST in the dialect of its campaign.
//
// Owed rows are committed with the change they tell of; a row is deleted after the last of its messages was
// answered with 2xx, put off with what failed, or given up after a day. At least once: a process that dies between
// an answer and its record pushes again. Each endpoint has its own connections and its own queue, so that a dead
// one delays nobody else.
import type { Account } from '#domain/account.ts';
import type { Callback, CallbackChannel, CallbackRequest } from '#domain/callback.ts';
import { replyMail } from '#domain/reply-mail.ts';
import { Strays } from '#domain/strays.ts';
import { tellReceipt, tellReply, tellSkipped } from '#domain/tell.ts';
import { backoffMs } from '#lib/backoff.ts';
import { Fifo } from '#lib/fifo.ts';
import { createFlight } from '#lib/flight.ts';
import type { HttpClient } from '#lib/http-client.ts';
import { signedHeaders } from '#lib/signatures.ts';
import {
  type CallbackRound,
  claimDueCallbacks,
  listOwnedCallbacks,
  type OwedCallback,
  recordRounds,
  releaseCallbacks,
} from '#store/callbacks.ts';
import { type FinishedMessage, readFinishedMessages } from '#store/messages.ts';
import { readReply } from '#store/replies.ts';
import type { Context } from './context.ts';

export interface PusherOptions {
  readonly processId: number;
  readonly http: HttpClient;
  readonly accountOf: (id: number) => Account | null | Promise<Account | null>;
  readonly buckets: () => readonly number[];
  /** POSTs under way to one endpoint. */
  readonly perEndpoint: number;
  readonly random: () => number;
}

type Channel = Pick<CallbackChannel, 'render'>;

/** A callback row in hand. */
interface Row {
  readonly owed: Pick<OwedCallback, 'bucket' | 'id' | 'accountId' | 'attempts' | 'createdAtMs'>;
  readonly done: number[];
  readonly failed: number[];
  left: number;
  httpStatus: number | null;
  error: string | null;
}

interface Job {
  readonly row: Row;
  readonly callback: Callback;
  /** Written when its turn comes: thousands may wait. */
  readonly render: () => CallbackRequest | null;
  readonly signingKey: string | null;
  /** A customer set its address: it is called only where it is public. */
  readonly isGuarded: boolean;
}

interface Endpoint {
  queue: Fifo<Job>;
  active: number;
  /** Failures below HTTP in a row: with several, what is queued is put off without being tried. */
  failures: number;
}

/** Messages in hand above which owed rows are left to be claimed later. */
const maxInHand = 6_000;
const claimLimit = 50;
const firstRetryMs = 5_000;
const maxRetryMs = 3_600_000;
const giveUpMs = 86_400_000;
const deadAfterFailures = 3;

export class CallbackPusher {
  readonly #context: Context;
  readonly #options: PusherOptions;
  readonly #endpoints = new Map<string, Endpoint>();
  readonly #rows = new Map<number, number>();
  readonly #strays = new Strays();
  readonly #rounds;
  readonly #lane;
  #inHand = 0;
  #stopping = false;

  constructor(context: Context, options: PusherOptions) {
    this.#context = context;
    this.#options = options;
    this.#lane = context.database.openLane();
    this.#rounds = createFlight<{ bucket: number; round: CallbackRound }, void>({
      maxBatch: 1000,
      tracks: 1,
      gather: { crowd: 2, forMs: 50, enough: 500 },
      carry: async (items) => {
        for (const [bucket, ofBucket] of Map.groupBy(items, (item) => item.bucket))
          await this.#lane.run((query) =>
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
  }

  /** The owner of new rows: this process while it has room. */
  ownerOfNewRows(): number | null {
    return this.#stopping || this.#inHand >= maxInHand ? null : this.#options.processId;
  }

  /** Takes rows that were just committed with this process as their owner, without reading them again. */
  take(bucket: number, finished: readonly FinishedMessage[]): void {
    const nowMs = this.#context.clock.now();
    const rows = Map.groupBy(finished, (message) => message.callbackId);
    for (const [id, messages] of rows) {
      if (id === null) continue;
      const { accountId, dialect } = messages[0]!;
      void this.#start(
        { bucket, id, accountId, attempts: 0, createdAtMs: nowMs },
        this.#context.channels.get(dialect),
        messages.map(tellReceipt),
      );
    }
  }

  /** Claims due rows while there is room; answers how many. */
  async claim(): Promise<number> {
    let claimed = 0;
    for (const bucket of this.#options.buckets()) {
      while (!this.#stopping && this.#inHand < maxInHand / 2) {
        const { query } = this.#context.database;
        const owed = await claimDueCallbacks(
          query,
          bucket,
          this.#options.processId,
          this.#context.clock.now(),
          claimLimit,
        );
        await this.#startAll(owed);
        claimed += owed.length;
        if (owed.length < claimLimit) break;
      }
    }
    return claimed;
  }

  /** Reads and pushes rows that were claimed. Those that cannot be read are strays from then on. */
  async #startAll(owed: readonly OwedCallback[]): Promise<void> {
    for (const { id, bucket } of owed) this.#rows.set(id, bucket);
    let started = 0;
    try {
      for (const row of owed) {
        const callbacks = await this.#readCallbacks(row);
        started++;
        const channel = row.kind === 'mail' ? replyMail : this.#context.channels.get(row.dialect);
        await this.#start(row, channel, callbacks);
      }
    } finally {
      for (const { id } of owed.slice(started)) this.#rows.delete(id);
    }
  }

  async #readCallbacks(owed: OwedCallback): Promise<Callback[]> {
    const { query } = this.#context.database;
    if (owed.messageIds !== null)
      return (await readFinishedMessages(query, owed.bucket, owed.messageIds)).map(tellReceipt);
    if (owed.kind === 'skipped') return [tellSkipped(owed.campaignId!, owed.msisdn!, owed.createdAtMs)];
    const reply = await readReply(query, owed.bucket, owed.accountId, owed.replyId!);
    return reply === null ? [] : [tellReply(reply, reply.isOptOut ? 'opt-out' : 'reply')];
  }

  async #start(
    owed: Row['owed'],
    channel: Channel | undefined,
    callbacks: readonly Callback[],
  ): Promise<void> {
    this.#inHand += callbacks.length;
    this.#rows.set(owed.id, owed.bucket);
    const row: Row = { owed, done: [], failed: [], left: callbacks.length, httpStatus: null, error: null };
    let account: Account | null;
    try {
      const known = this.#options.accountOf(owed.accountId);
      account = known instanceof Promise ? await known : known;
    } catch (error) {
      // The row stays ours by the table, and is freed as a stray.
      this.#context.log.warn(
        { err: (error as Error).message, callback: owed.id },
        'a callback could not be prepared',
      );
      this.#inHand -= callbacks.length;
      this.#rows.delete(owed.id);
      return;
    }
    if (callbacks.length === 0) return this.#finish(row);
    // The callbacks of a row are of one kind, and go to one address; some ends are not told in every dialect.
    const url = account && channel && addressOf(channel, account, callbacks);
    for (const callback of callbacks) {
      if (url) {
        const { signingKey, customerUrls } = account!.settings.callbacks;
        const isGuarded = customerUrls.includes(url);
        const render = () => channel!.render(account!, callback);
        this.#enqueue(endpointOf(url), { row, callback, render, signingKey, isGuarded });
      } else {
        // No address any more: nothing is owed.
        this.#answer(row, callback, null);
      }
    }
  }

  #enqueue(key: string, job: Job): void {
    let endpoint = this.#endpoints.get(key);
    if (endpoint === undefined) {
      endpoint = { queue: new Fifo(), active: 0, failures: 0 };
      this.#endpoints.set(key, endpoint);
    }
    if (endpoint.active < this.#options.perEndpoint) this.#push(key, endpoint, job);
    else endpoint.queue.push(job);
  }

  #push(key: string, endpoint: Endpoint, job: Job): void {
    const request = job.render();
    if (request === null) {
      this.#answer(job.row, job.callback, null);
      this.#next(key, endpoint);
      return;
    }
    endpoint.active++;
    this.#options.http
      .post(
        request.url,
        signedHeaders(request, job.signingKey, this.#context.clock.now()),
        request.body,
        job.isGuarded,
      )
      .then(({ status, error }) => {
        endpoint.active--;
        const isDone = status >= 200 && status < 300;
        if (isDone) endpoint.failures = 0;
        else if (error !== null) endpoint.failures++;
        this.#answer(
          job.row,
          job.callback,
          isDone ? null : { status: status === 0 ? null : status, error: error ?? `HTTP ${status}` },
        );
        this.#next(key, endpoint);
      });
  }

  #next(key: string, endpoint: Endpoint): void {
    if (endpoint.queue.length === 0) {
      if (endpoint.active === 0) this.#endpoints.delete(key);
      return;
    }
    if (endpoint.failures >= deadAfterFailures || this.#stopping) {
      const queue = endpoint.queue;
      endpoint.queue = new Fifo();
      const reason = this.#stopping ? 'put off: the platform stops' : 'put off: the endpoint does not answer';
      for (let job = queue.shift(); job; job = queue.shift())
        this.#answer(job.row, job.callback, { status: null, error: reason });
      return;
    }
    this.#push(key, endpoint, endpoint.queue.shift()!);
  }

  #answer(row: Row, callback: Callback, failure: { status: number | null; error: string } | null): void {
    const id = callback.messageId ?? 0;
    this.#inHand--;
    row.left--;
    if (failure === null) row.done.push(id);
    else {
      row.failed.push(id);
      row.httpStatus = failure.status;
      row.error = failure.error;
    }
    if (row.left === 0) this.#finish(row);
  }

  #finish(row: Row): void {
    const { owed } = row;
    const nowMs = this.#context.clock.now();
    const attempt = owed.attempts + 1;
    const isOver = row.failed.length === 0 || nowMs - owed.createdAtMs > giveUpMs;
    // What was not tried because the platform stops is due at once when it is back.
    const pauseMs = this.#stopping ? 0 : backoffMs(attempt, firstRetryMs, maxRetryMs, this.#options.random());
    const dueAtMs = isOver ? null : nowMs + pauseMs;
    const round: CallbackRound = {
      id: owed.id,
      accountId: owed.accountId,
      attempt,
      doneIds: row.done,
      failedIds: row.failed,
      httpStatus: row.httpStatus,
      error: row.error,
      dueAtMs,
    };
    this.#rounds
      .add({ bucket: owed.bucket, round })
      .catch((error: Error) => {
        // The row stays ours by the table, and is released as a stray: pushed again rather than lost.
        this.#context.log.warn(
          { err: error.message, callback: owed.id },
          'a callback round was not recorded',
        );
      })
      .finally(() => this.#rows.delete(owed.id));
  }

  /** Frees rows that are ours by the table and not in hand. */
  async releaseStrays(): Promise<void> {
    const { query } = this.#context.database;
    const { processId, buckets } = this.#options;
    const owned = [];
    for (const bucket of buckets())
      for (const id of await listOwnedCallbacks(query, bucket, processId)) owned.push({ scope: bucket, id });
    for (const { scope, id } of this.#strays.look(owned, (_bucket, row) => this.#rows.has(row)))
      await releaseCallbacks(query, scope, processId, [id]);
  }

  /** Pushes nothing more, records what was answered, and gives back the rest. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const [key, endpoint] of this.#endpoints) this.#next(key, endpoint);
    await this.#options.http.close();
    await this.#rounds.drain();
    await this.#lane.close();
  }
}

function addressOf(channel: Channel, account: Account, callbacks: readonly Callback[]): string | null {
  for (const callback of callbacks) {
    const request = channel.render(account, callback);
    if (request !== null) return request.url;
  }
  return null;
}

function endpointOf(url: string): string {
  const end = url.indexOf('/', url.indexOf('//') + 2);
  return end === -1 ? url : url.slice(0, end);
}
