// Pushes callbacks over binds: receipts, replies and opt-outs of accounts that have a bind in this process. Used by the role
// `listeners`.
//
// A row without a bind stays in its table, without a process, until its account binds anywhere. A row is deleted when each
// of its callbacks has a response, delayed with those that the customer refused for now, and given up after three days.
// At least once: a response that was lost, or a process that was killed, repeats the delivery.

import type { Account } from '#domain/account/account.ts';
import {
  type AttemptResult,
  type BindCallback,
  type Callback,
  delivered,
} from '#domain/delivery/callback.ts';
import {
  type AttemptRound,
  beginRound,
  countResult,
  endRound,
  giveUpOfBindsMs,
} from '#domain/delivery/delivery-attempt.ts';
import { backoffMs } from '#lib/async/backoff.ts';
import { isTraced } from '#lib/observability/tracing.ts';
import { minuteMs } from '#lib/time/duration.ts';
import type { PendingCallback } from '#store/pipeline/callbacks.ts';
import { readCallbacks, readFactsOfBind } from './callback-content.ts';
import { CallbackRows } from './callback-rows.ts';
import type { Context } from './context.ts';
import { callbackAttempts, callbackTime } from './stage-metrics.ts';
import { traceCallback } from './stage-traces.ts';

export interface BindPusherOptions {
  readonly processId: number;
  /** Accounts with a bind in this process that receives, with the number of their shard. */
  readonly boundAccounts: () => readonly { readonly bucket: number; readonly id: number }[];
  readonly accountOf: (id: number) => Account | null | Promise<Account | null>;
  /** Resolves when each message has a response; `unreachable` without a bind. Never rejects. */
  readonly deliver: (prepared: BindCallback) => Promise<AttemptResult>;
  readonly random: () => number;
}

interface Round extends AttemptRound<PendingCallback> {
  /** The account has lost its last bind: the rest is due at its next one. */
  isUnbound: boolean;
}

/** Callbacks of one account in memory; its window is far smaller. */
const maxPerAccount = 1_000;
const claimLimit = 50;
const firstRetryMs = 5_000;
const maxRetryMs = 15 * minuteMs;

export class BindPusher {
  readonly #context: Context;
  readonly #options: BindPusherOptions;
  readonly #rows: CallbackRows;
  readonly #inProgress = new Map<number, number>();
  #stopping = false;

  constructor(context: Context, options: BindPusherOptions) {
    this.#context = context;
    this.#options = options;
    this.#rows = new CallbackRows(context, options.processId, true);
  }

  /** True while callbacks are in progress: their end can make capacity for due rows. */
  get isBusy(): boolean {
    return this.#inProgress.size > 0;
  }

  /** Claims due rows of the bound accounts while there is capacity. Returns their number. */
  async claim(): Promise<number> {
    let claimed = 0;
    for (const [bucket, accounts] of Map.groupBy(this.#options.boundAccounts(), (account) => account.bucket))
      claimed += await this.#claimBucket(
        bucket,
        accounts.map(({ id }) => id),
      );
    return claimed;
  }

  async #claimBucket(bucket: number, accountIds: readonly number[]): Promise<number> {
    let claimed = 0;
    while (!this.#stopping) {
      const withCapacity = accountIds.filter((id) => (this.#inProgress.get(id) ?? 0) < maxPerAccount / 2);
      if (withCapacity.length === 0) break;
      const rows = await this.#rows.claimDueOfBinds(bucket, withCapacity, claimLimit);
      await this.#readAndStart(rows);
      claimed += rows.length;
      if (rows.length < claimLimit) break;
    }
    return claimed;
  }

  /** A row that cannot be read is a lost claim. */
  async #readAndStart(rows: readonly PendingCallback[]): Promise<void> {
    this.#rows.add(rows);
    let started = 0;
    try {
      for (const row of rows) {
        const read = await readCallbacks(this.#context.database.query, row);
        const callbacks = await readFactsOfBind(this.#context.database.query, row, read);
        const account = await this.#options.accountOf(row.accountId);
        started++;
        this.#start(row, account, callbacks);
      }
    } finally {
      this.#rows.abandon(rows.slice(started));
    }
  }

  #start(row: PendingCallback, account: Account | null, callbacks: readonly Callback[]): void {
    const round: Round = { ...beginRound(row, callbacks.length), isUnbound: false };
    this.#count(row.accountId, callbacks.length);
    if (callbacks.length === 0) this.#finish(round);
    for (const callback of callbacks) {
      const prepared = account === null ? null : this.#prepare(account, row, callback);
      // The account is deleted, or the customer wants no report of this result.
      if (prepared === null) this.#countResult(round, callback, delivered);
      else void this.#deliver(round, callback, prepared);
    }
  }

  async #deliver(round: Round, callback: Callback, prepared: BindCallback): Promise<void> {
    const { clock } = this.#context;
    const { messageId } = callback;
    const startMs = clock.now();
    const result = await this.#options.deliver(prepared);
    if (messageId !== null && isTraced(messageId)) {
      const attempt = round.row.attempts + 1;
      traceCallback({ messageId, attempt, startMs, endMs: clock.now() }, result);
    }
    this.#onResult(round, callback, result);
  }

  #prepare(account: Account, row: PendingCallback, callback: Callback): BindCallback | null {
    const { channels, log } = this.#context;
    try {
      const prepared = channels.get(row.dialect)?.prepare(account, callback) ?? null;
      return prepared?.kind === 'bind' ? prepared : null;
    } catch (error) {
      log.warn('callback.prepare_failed', { callback: row.id, err: (error as Error).message });
      return null;
    }
  }

  #onResult(round: Round, callback: Callback, result: AttemptResult): void {
    callbackAttempts.add({ outcome: result.kind });
    if (result.kind === 'delivered')
      callbackTime.observe({}, this.#context.clock.now() - round.row.createdAtMs);
    if (result.kind === 'unreachable') round.isUnbound = true;
    this.#countResult(round, callback, result);
  }

  #countResult(round: Round, callback: Callback, result: AttemptResult): void {
    this.#count(round.row.accountId, -1);
    countResult(round, callback.messageId ?? 0, result);
    if (round.left === 0) this.#finish(round);
  }

  #finish(round: Round): void {
    const { row, isUnbound } = round;
    const retryMs = backoffMs(row.attempts + 1, firstRetryMs, maxRetryMs, this.#options.random());
    const pauseMs = isUnbound || this.#stopping ? 0 : retryMs;
    this.#rows.record(row, endRound(round, this.#context.clock.now(), pauseMs, giveUpOfBindsMs));
  }

  #count(accountId: number, change: number): void {
    const count = (this.#inProgress.get(accountId) ?? 0) + change;
    if (count === 0) this.#inProgress.delete(accountId);
    else this.#inProgress.set(accountId, count);
  }

  releaseLostClaims(buckets: readonly number[]): Promise<void> {
    return this.#rows.releaseLostClaims(buckets);
  }

  /** Claims nothing more. */
  stopClaiming(): void {
    this.#stopping = true;
  }

  /** Called when every bind has closed: waits until the attempts are recorded. */
  stop(): Promise<void> {
    this.#stopping = true;
    return this.#rows.close();
  }
}
