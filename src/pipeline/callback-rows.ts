// Callback rows of this process: claims them, records their attempts, and releases them. Used by push-callbacks.ts and
// deliver-callbacks.ts; each knows its own rows.
// A row is known from its claim until it is recorded or released. A row that names this process and is unknown to it is
// a lost claim and is released, so that it is pushed again and never lost.

import type { EndedAttempt } from '#domain/delivery/delivery-attempt.ts';
import { LostClaims } from '#domain/delivery/lost-claims.ts';
import { type Batcher, createBatcher } from '#lib/async/batcher.ts';
import type { PipelinedConnection } from '#store/database/database.ts';
import {
  claimCallbacksOfBinds,
  claimDueCallbacks,
  listOwnedCallbacks,
  type PendingCallback,
  recordAttempts,
  releaseCallbacks,
} from '#store/pipeline/callbacks.ts';
import type { Context } from './context.ts';

type Needs = Pick<Context, 'database' | 'clock' | 'log'>;

interface EndedRow {
  readonly bucket: number;
  readonly attempt: EndedAttempt;
}

/** After a kill the pushes of this time are repeated. Four transactions a second cost less than one for each push. */
const recordEveryMs = 250;

export class CallbackRows {
  readonly #context: Needs;
  readonly #processId: number;
  readonly #isForBinds: boolean;
  readonly #connection: PipelinedConnection;
  readonly #attempts: Batcher<EndedRow, void>;
  readonly #known = new Set<number>();
  readonly #lostClaims = new LostClaims();

  constructor(context: Needs, processId: number, isForBinds = false) {
    this.#context = context;
    this.#processId = processId;
    this.#isForBinds = isForBinds;
    this.#connection = context.database.openPipeline();
    this.#attempts = createBatcher({
      maxBatch: 1000,
      concurrency: 1,
      linger: {
        burst: 1,
        lingerMs: recordEveryMs,
        minBatch: 500,
        alwaysLinger: true,
        gatherMs: recordEveryMs,
      },
      handler: (ended) => this.#recordAttempts(ended),
    });
  }

  /** Claims due rows of one bucket. The caller adds them. */
  claimDue(bucket: number, limit: number): Promise<PendingCallback[]> {
    const { database, clock } = this.#context;
    return claimDueCallbacks(database.query, bucket, this.#processId, clock.now(), limit);
  }

  /** The same for binds of these accounts. */
  claimDueOfBinds(bucket: number, accountIds: readonly number[], limit: number): Promise<PendingCallback[]> {
    const { database, clock } = this.#context;
    const claim = { accountIds, processId: this.#processId, nowMs: clock.now(), limit };
    return claimCallbacksOfBinds(database.query, bucket, claim);
  }

  add(rows: readonly PendingCallback[]): void {
    for (const { id } of rows) this.#known.add(id);
  }

  /** The rows keep this process in the table and are released as lost claims. */
  abandon(rows: readonly PendingCallback[]): void {
    for (const { id } of rows) this.#known.delete(id);
  }

  /** Records the end of an attempt: deletes the row, or releases it until its next attempt. */
  record({ id, bucket }: PendingCallback, attempt: EndedAttempt): void {
    this.#attempts.add({ bucket, attempt }, (error) => {
      this.#known.delete(id);
      // The row is a lost claim now.
      if (error !== null)
        this.#context.log.warn('callback.record_failed', { callback: id, err: messageOf(error) });
    });
  }

  async #recordAttempts(ended: readonly EndedRow[]): Promise<void> {
    for (const [bucket, ofBucket] of Map.groupBy(ended, (row) => row.bucket)) {
      const attempts = ofBucket.map(({ attempt }) => attempt);
      const nowMs = this.#context.clock.now();
      await this.#connection.run((query) => recordAttempts(query, bucket, this.#processId, attempts, nowMs));
    }
  }

  /** Releases rows without an attempt. Any process can claim them from that time on. */
  async release(rows: readonly PendingCallback[], dueAtMs: number): Promise<void> {
    const { database, log } = this.#context;
    for (const [bucket, ofBucket] of Map.groupBy(rows, (row) => row.bucket)) {
      const ids = ofBucket.map(({ id }) => id);
      try {
        await releaseCallbacks(database.query, bucket, this.#processId, ids, dueAtMs);
      } catch (error) {
        // The rows are lost claims now.
        log.warn('callback.release_failed', { callbacks: ids.length, err: messageOf(error) });
      }
      this.abandon(ofBucket);
    }
  }

  /** Releases rows that name this process and are unknown to it. */
  async releaseLostClaims(buckets: readonly number[]): Promise<void> {
    const { database, clock } = this.#context;
    const owned = [];
    for (const bucket of buckets)
      for (const id of await listOwnedCallbacks(database.query, bucket, this.#processId, this.#isForBinds))
        owned.push({ scope: bucket, id });
    for (const { scope, id } of this.#lostClaims.find(owned, (_bucket, row) => this.#known.has(row)))
      await releaseCallbacks(database.query, scope, this.#processId, [id], clock.now());
  }

  /** Waits until the attempts are recorded. */
  async close(): Promise<void> {
    await this.#attempts.flush();
    await this.#connection.close();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
