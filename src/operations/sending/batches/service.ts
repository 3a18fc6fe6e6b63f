// Batches of OVH: an order is stored at once, and job.ts sends it. Used by the calls of batches.
//
// Promises: a batch is accepted once, all messages or none, after a crash at any point: its campaign has a reserved id
// that is used once. For the same reason a cancelled batch is never sent afterwards.
// Refusals: those of a submission that do not depend on the receivers.
import type { Account } from '#domain/account/account.ts';
import type { Submission } from '#domain/base/submission.ts';
import type { Batch, BatchOrder, BatchStatistics } from '#domain/campaign/batch.ts';
import type { SubmissionReport } from '#domain/plan/plan.ts';
import { isOfRecipients } from '#domain/plan/recipient-refusals.ts';
import { newUuid } from '#lib/security/secrets.ts';
import { type Guarded, guard } from '#operations/access/guard.ts';
import type { Context } from '#pipeline/context.ts';
import { countBatch, listBatchCampaigns } from '#store/campaigns/batch-messages.ts';
import { deleteBatch, insertBatch, listBatches, readBatch, renameBatch } from '#store/campaigns/batches.ts';
import { listOptOuts } from '#store/recipients/opt-outs.ts';
import type { BatchSteps } from './steps.ts';

export interface BatchNeeds {
  readonly submit: (account: Account, submission: Submission) => Promise<SubmissionReport>;
  /** Wakes the job. */
  readonly wake: () => void;
}

export interface NewBatch {
  readonly name: string;
  readonly order: BatchOrder;
  /** Numbers, or the slot of a list with its number of lines. */
  readonly to:
    | { readonly receivers: readonly string[] }
    | { readonly slotId: number; readonly records: number };
}

interface BatchMethods {
  /** Plans and prices numbers at once, so that a fault of all messages is refused here; a list is read later. */
  create(account: Account, batch: NewBatch): Promise<Batch>;
  read(account: Account, id: string): Promise<Batch | null>;
  /** The newest 1,000. */
  list(account: Account): Promise<readonly Batch[]>;
  /** Null for an unknown id. */
  rename(account: Account, id: string, name: string): Promise<Batch | null>;
  /** Deletes a finished batch; its messages stay. */
  remove(account: Account, id: string): Promise<'removed' | 'under-way' | 'unknown'>;
  /** `too-late` if one of its messages was sent. The cancellation includes messages that the job accepted just now. */
  cancel(account: Account, id: string): Promise<Batch | 'too-late' | 'unknown'>;
  statistics(account: Account, id: string): Promise<BatchStatistics | null>;
}

export type Batches = Guarded<BatchMethods>;

const maxListed = 1_000;
/** A list of batches contains the receivers of small ones only. */
const maxReceiversListed = 100;

export function createBatches(
  context: Pick<Context, 'database' | 'clock' | 'ids'>,
  steps: BatchSteps,
  { submit, wake }: BatchNeeds,
): Batches {
  const { database, clock, ids } = context;
  const { query } = database;

  async function estimate(
    account: Account,
    order: BatchOrder,
    receivers: readonly string[],
  ): Promise<bigint> {
    const recipients = receivers.map((number) => ({ number }));
    try {
      return (await submit(account, { ...order, recipients, dryRun: true })).plan.costMicros;
    } catch (error) {
      if (isOfRecipients(error)) return 0n;
      throw error;
    }
  }

  async function targetOf(account: Account, order: BatchOrder, to: NewBatch['to']) {
    if ('slotId' in to)
      return { receivers: null, slotId: to.slotId, totalRecords: to.records, estimatedMicros: 0n };
    const { receivers } = to;
    const estimatedMicros = await estimate(account, order, receivers);
    return { receivers, slotId: null, totalRecords: receivers.length, estimatedMicros };
  }

  /** Cancels a batch whose messages are accepted, unless some of several campaigns can be sent meanwhile. */
  async function cancelInserted(account: Account, batch: Batch): Promise<void> {
    const campaigns = await listBatchCampaigns(query, account, batch.id);
    const isDue = (batch.dueAtMs ?? 0) <= clock.now();
    if (campaigns.length !== 1 && isDue) return;
    await steps.inProgress.run(batch.id, async () => {
      // A process that holds the claim only reads the state `inserted`.
      const claim = { processId: steps.processId, lookAtMs: clock.now() };
      if ((await steps.step(account, batch.id, { from: ['inserted'], to: 'canceling', claim })) !== null)
        await steps.cancelMessages(account, batch);
    });
  }

  return guard<BatchMethods>(
    {
      async create(account, { name, order, to }) {
        const id = newUuid();
        const label = { tag: order.label?.tag ?? null, userId: null, batchId: id };
        const target = await targetOf(account, order, to);
        const campaignId = await ids.take('campaign', 1);
        const stored = { id, name, order: { ...order, label }, campaignId, ...target };
        const batch = await insertBatch(query, account, stored, clock.now());
        wake();
        return batch;
      },

      read: (account, id) => readBatch(query, account, id),

      list: (account) => listBatches(query, account, { limit: maxListed, maxReceivers: maxReceiversListed }),

      rename: (account, id, name) => renameBatch(query, account, id, name, clock.now()),

      async remove(account, id) {
        if (await deleteBatch(query, account, id, ['completed', 'failed', 'canceled'])) return 'removed';
        return (await readBatch(query, account, id)) === null ? 'unknown' : 'under-way';
      },

      async cancel(account, id) {
        const end = { to: 'canceled', claim: { processId: null, lookAtMs: null } } as const;
        const stopped = await steps.step(account, id, { ...end, from: ['pending'] });
        const asked = stopped ?? (await steps.step(account, id, { from: ['inserting'], to: 'to_cancel' }));
        if (asked?.status === 'to_cancel' && (await steps.claimCampaignId(account, asked.campaignId)))
          await steps.step(account, id, { ...end, from: ['to_cancel'] });
        const batch = await readBatch(query, account, id);
        if (batch?.status === 'inserted' && asked === null) await cancelInserted(account, batch);
        const ended = await readBatch(query, account, id);
        if (ended === null) return 'unknown';
        return isCancelled(ended) ? ended : 'too-late';
      },

      async statistics(account, id) {
        const batch = await readBatch(query, account, id);
        if (batch === null) return null;
        const counts = await countBatch(query, account, id);
        const stopped = await listOptOuts(query, account, { batchId: id });
        const isAhead = batch.status === 'pending' || batch.status === 'inserting';
        const pending = isAhead && counts.pending === 0 ? batch.totalRecords : counts.pending;
        return { ...counts, pending, stopped: stopped.length };
      },
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

function isCancelled({ status }: Batch): boolean {
  return status === 'to_cancel' || status === 'canceling' || status === 'canceled';
}
