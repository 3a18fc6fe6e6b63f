// Batches: submitted by a customer, sent by a job, read and cancelled.
//
// Promises: a batch is accepted once, all messages or none, after a crash at any point: its campaign has a reserved id
// that is used once. For the same reason a cancelled batch is never sent afterwards. A batch is claimed by the process
// that works on it, for any duration, and released when that process is fenced.
// Refusals: those of a submission that do not depend on the receivers.

import { draftScope } from '#domain/acceptance/idempotency.ts';
import type { Account } from '#domain/account/account.ts';
import type { Submission } from '#domain/base/submission.ts';
import type { Batch, BatchOrder, BatchStatistics, SentBatch } from '#domain/campaign/batch.ts';
import type { SubmissionReport } from '#domain/plan/plan.ts';
import { isOfRecipients } from '#domain/plan/recipient-refusals.ts';
import { InProgressSet } from '#lib/async/in-progress-set.ts';
import { newUuid } from '#lib/security/secrets.ts';
import { dayMs } from '#lib/time/duration.ts';
import { type Guarded, guard } from '#operations/access/guard.ts';
import type { Context } from '#pipeline/context.ts';
import {
  type BatchStep,
  claimBatch,
  countBatch,
  deleteBatch,
  findNextOfBatch,
  insertBatch,
  listBatchCampaigns,
  listBatches,
  readBatch,
  releaseBatch,
  renameBatch,
  stepBatch,
} from '#store/campaigns/batches.ts';
import { claimIdempotencyKeys } from '#store/pipeline/acceptance.ts';
import { listOptOuts } from '#store/recipients/opt-outs.ts';

export interface BatchOptions {
  readonly processId: number;
  readonly submit: (account: Account, submission: Submission) => Promise<SubmissionReport>;
  /** Uses the batch's reserved id: accepted once for any number of attempts. */
  readonly send: (account: Account, batch: Batch) => Promise<SentBatch>;
  readonly cancel: (account: Account, campaignId: number) => Promise<'cancelled' | 'too-late' | 'unknown'>;
  readonly accountOf: (id: number) => Account | null | Promise<Account | null>;
  readonly buckets: () => readonly number[];
  /** Called when messages wait for the dispatcher. */
  readonly wake: () => void;
}

/** A requested batch. */
export interface BatchWish {
  readonly name: string;
  readonly order: BatchOrder;
  /** Numbers, or the slot of a list with its number of lines. */
  readonly to:
    | { readonly receivers: readonly string[] }
    | { readonly slotId: number; readonly records: number };
}

/** Delay after a failure. */
const againAfterMs = 15_000;
/** A submission that runs during the cancellation has ended after this time. */
const forestalledMs = 30 * dayMs;
/** Interval between two reads of a batch that is being sent; one that is not due is read then. */
const lookEveryMs = 1_000;
const lookAgainWithinMs = dayMs;
const mostListed = 1_000;
/** A list of batches contains the receivers of small ones only. */
const mostReceiversListed = 100;
/** Limit of skipped receivers in an answer. */
const mostErrors = 10_000;

type BatchMethods = Pick<Batches, 'create' | 'read' | 'list' | 'rename' | 'remove' | 'cancel' | 'statistics'>;

export type BatchService = Guarded<BatchMethods>;

export function createBatchService(batches: Batches): BatchService {
  return guard<BatchMethods>(
    {
      create: (account, wanted) => batches.create(account, wanted),
      read: (account, id) => batches.read(account, id),
      list: (account) => batches.list(account),
      rename: (account, id, name) => batches.rename(account, id, name),
      remove: (account, id) => batches.remove(account, id),
      cancel: (account, id) => batches.cancel(account, id),
      statistics: (account, id) => batches.statistics(account, id),
    },
    {
      create: 'batches.write',
      read: 'batches.read',
      list: 'batches.read',
      rename: 'batches.write',
      remove: 'batches.write',
      cancel: 'batches.write',
      statistics: 'batches.read',
    },
  );
}

export class Batches {
  readonly #context: Pick<Context, 'database' | 'clock' | 'ids'>;
  readonly #options: BatchOptions;
  readonly #inProgress = new InProgressSet<string>();

  constructor(context: Pick<Context, 'database' | 'clock' | 'ids'>, options: BatchOptions) {
    this.#context = context;
    this.#options = options;
  }

  get #query() {
    return this.#context.database.query;
  }

  #nowMs(): number {
    return this.#context.clock.now();
  }

  /** Plans and prices the numbers immediately, so that a fault of all messages is refused here; a list is read later. */
  async create(account: Account, { name, order, to }: BatchWish): Promise<Batch> {
    const id = newUuid();
    const label = { tag: order.label?.tag ?? null, userId: null, batchId: id };
    const target =
      'slotId' in to
        ? { receivers: null, slotId: to.slotId, totalRecords: to.records, estimatedMicros: 0n }
        : {
            receivers: to.receivers,
            slotId: null,
            totalRecords: to.receivers.length,
            estimatedMicros: await this.#estimate(account, order, to.receivers),
          };
    const campaignId = await this.#context.ids.take('campaign', 1);
    const batch = await insertBatch(
      this.#query,
      account,
      { id, name, order: { ...order, label }, campaignId, ...target },
      this.#nowMs(),
    );
    this.#options.wake();
    return batch;
  }

  async #estimate(account: Account, order: BatchOrder, receivers: readonly string[]): Promise<bigint> {
    const recipients = receivers.map((number) => ({ number }));
    try {
      return (await this.#options.submit(account, { ...order, recipients, dryRun: true })).plan.costMicros;
    } catch (error) {
      if (isOfRecipients(error)) return 0n;
      throw error;
    }
  }

  read(account: Account, id: string): Promise<Batch | null> {
    return readBatch(this.#query, account, id);
  }

  /** The newest. */
  list(account: Account): Promise<readonly Batch[]> {
    return listBatches(this.#query, account, { limit: mostListed, mostReceivers: mostReceiversListed });
  }

  /** Null for an unknown id. */
  rename(account: Account, id: string, name: string): Promise<Batch | null> {
    return renameBatch(this.#query, account, id, name, this.#nowMs());
  }

  /** Only a finished one: its messages are kept. */
  async remove(account: Account, id: string): Promise<'removed' | 'under-way' | 'unknown'> {
    if (await deleteBatch(this.#query, account, id, ['completed', 'failed', 'canceled'])) return 'removed';
    return (await this.read(account, id)) === null ? 'unknown' : 'under-way';
  }

  async statistics(account: Account, id: string): Promise<BatchStatistics | null> {
    const batch = await this.read(account, id);
    if (batch === null) return null;
    const counts = await countBatch(this.#query, account, id);
    const stopped = await listOptOuts(this.#query, account, { batchId: id });
    const isAhead = batch.status === 'pending' || batch.status === 'inserting';
    const pending = isAhead && counts.pending === 0 ? batch.totalRecords : counts.pending;
    return { ...counts, pending, stopped: stopped.length };
  }

  /** `too-late` if one of its messages was sent. The cancellation includes messages that a job accepted just now. */
  async cancel(account: Account, id: string): Promise<Batch | 'too-late' | 'unknown'> {
    const off = { to: 'canceled', lookAtMs: null, owner: null } as const;
    const stopped = await this.#step(account, id, { ...off, from: ['pending'] });
    const asked = stopped ?? (await this.#step(account, id, { from: ['inserting'], to: 'to_cancel' }));
    if (asked?.status === 'to_cancel' && (await this.#forestall(account, asked.campaignId)))
      await this.#step(account, id, { ...off, from: ['to_cancel'] });
    const batch = await this.read(account, id);
    if (batch?.status === 'inserted' && asked === null) await this.#cancelInserted(account, batch);
    const ended = await this.read(account, id);
    if (ended === null) return 'unknown';
    return isCancelled(ended) ? ended : 'too-late';
  }

  async #cancelInserted(account: Account, batch: Batch): Promise<void> {
    const campaigns = await listBatchCampaigns(this.#query, account, batch.id);
    const isDue = (batch.dueAtMs ?? 0) <= this.#nowMs();
    // With several campaigns, one could be sent while the others are cancelled.
    if (campaigns.length !== 1 && isDue) return;
    await this.#inProgress.run(batch.id, async () => {
      // The claiming process only reads its state.
      const taken = { to: 'canceling', owner: this.#options.processId, lookAtMs: this.#nowMs() } as const;
      if ((await this.#step(account, batch.id, { ...taken, from: ['inserted'] })) !== null)
        await this.#callOff(account, batch);
    });
  }

  /** Sends waiting batches, continues those of fenced processes, and finishes complete ones. */
  async work(): Promise<void> {
    for (const bucket of this.#options.buckets()) {
      for (;;) {
        const { processId } = this.#options;
        const claimed = await claimBatch(this.#query, bucket, processId, this.#inProgress.ids, this.#nowMs());
        if (claimed === null) break;
        const { accountId, batch } = claimed;
        await this.#inProgress.run(batch.id, () => this.#workOn({ bucket, id: accountId }, batch));
      }
    }
  }

  async #workOn(owner: Pick<Account, 'bucket' | 'id'>, batch: Batch): Promise<void> {
    const { processId, accountOf } = this.#options;
    const release = () => releaseBatch(this.#query, owner, batch.id, processId, this.#nowMs() + againAfterMs);
    try {
      const account = await accountOf(owner.id);
      await (account === null ? release() : this.#goOn(account, batch));
    } catch (error) {
      await release();
      throw error;
    }
  }

  async #goOn(account: Account, batch: Batch): Promise<void> {
    switch (batch.status) {
      case 'pending':
      case 'inserting':
        return this.#insert(account, batch);
      case 'inserted':
        return this.#look(account, batch);
      case 'to_cancel':
      case 'canceling':
        await this.#endCancelled(account, batch);
    }
  }

  async #insert(account: Account, { id }: Batch): Promise<void> {
    const begin = { from: ['pending', 'inserting'], to: 'inserting' } as const;
    const batch = await this.#stepOwn(account, id, begin);
    if (batch === null) return;
    const { errors, costMicros, dueAtMs } = await this.#options.send(account, batch);
    const told = { errors: errors.slice(0, mostErrors), processedRecords: batch.totalRecords };
    if (dueAtMs === null) {
      const end = { ...told, lookAtMs: null, owner: null };
      const failed = await this.#stepOwn(account, id, { ...end, from: ['inserting'], to: 'failed' });
      if (failed === null) await this.#stepOwn(account, id, { ...end, from: ['to_cancel'], to: 'canceled' });
      return;
    }
    const inserted = await this.#stepOwn(account, id, {
      ...told,
      from: ['inserting'],
      to: 'inserted',
      estimatedMicros: costMicros,
      dueAtMs,
      lookAtMs: this.#nowMs(),
      owner: null,
    });
    if (inserted === null) await this.#endCancelled(account, batch);
  }

  async #look(account: Account, { id }: Batch): Promise<void> {
    const nowMs = this.#nowMs();
    const nextMs = await findNextOfBatch(this.#query, account, id, nowMs + lookAgainWithinMs);
    const seen = { from: ['inserted'], owner: null } as const;
    const lookAtMs = nextMs === null ? null : Math.max(nextMs, nowMs) + lookEveryMs;
    await this.#stepOwn(account, id, { ...seen, to: nextMs === null ? 'completed' : 'inserted', lookAtMs });
  }

  async #endCancelled(account: Account, batch: Batch): Promise<void> {
    const from = ['inserted', 'to_cancel', 'canceling'] as const;
    if ((await this.#stepOwn(account, batch.id, { from, to: 'canceling' })) !== null)
      await this.#callOff(account, batch);
  }

  /** Its status is then `canceled`, or `inserted` if a message was sent. */
  async #callOff(account: Account, { id, campaignId }: Batch): Promise<void> {
    const isOff = (await this.#forestall(account, campaignId)) || (await this.#cancelAll(account, id));
    await this.#stepOwn(account, id, {
      from: ['canceling'],
      owner: null,
      ...(isOff ? { to: 'canceled', lookAtMs: null } : { to: 'inserted', lookAtMs: this.#nowMs() }),
    });
  }

  async #cancelAll(account: Account, id: string): Promise<boolean> {
    const campaigns = await listBatchCampaigns(this.#query, account, id);
    // The latest campaign is cancelled first, so that a refusal comes before anything has changed.
    for (const campaign of campaigns.toReversed())
      if ((await this.#options.cancel(account, campaign.id)) === 'too-late') return false;
    return true;
  }

  /** True if no message was sent or will be: a running submission finds the id used. */
  async #forestall({ bucket, id: accountId }: Account, campaignId: number): Promise<boolean> {
    const nowMs = this.#nowMs();
    const expiresAtMs = nowMs + forestalledMs;
    const claim = { accountId, scope: draftScope, key: String(campaignId), campaignId, expiresAtMs };
    return (await claimIdempotencyKeys(this.#query, bucket, [claim], nowMs)).has(campaignId);
  }

  /** Null if it is no longer in one of these states. */
  #step(account: Account, id: string, step: Omit<BatchStep, 'nowMs'>): Promise<Batch | null> {
    return stepBatch(this.#query, account, id, { ...step, nowMs: this.#nowMs() });
  }

  /** The same for a batch that this process has claimed. Null also if this process was fenced. */
  #stepOwn(account: Account, id: string, step: Omit<BatchStep, 'nowMs' | 'ownedBy'>): Promise<Batch | null> {
    return this.#step(account, id, { ...step, ownedBy: this.#options.processId });
  }
}

function isCancelled({ status }: Batch): boolean {
  return status === 'to_cancel' || status === 'canceling' || status === 'canceled';
}
