// Batches of the OVH dialect: their service, and their background work. Used by the listeners and the role `jobs`.
import type { BatchDesk, ListDesk } from '#dialects/ovh/api/services.ts';
import { type SendBatchOptions, sendBatch } from '#operations/sending/batches/send-batch.ts';
import { Batches } from '#operations/sending/batches/service.ts';
import { cancelCampaign } from '#pipeline/cancel-campaign.ts';
import type { SubmitCampaign } from '#pipeline/submit-campaign.ts';
import type { Caches } from './caches.ts';
import type { Runtime } from './runtime.ts';

export interface BatchOfficeOptions {
  readonly runtime: Runtime;
  readonly processId: number;
  readonly books: Caches;
  readonly buckets: () => readonly number[];
  readonly submit: SubmitCampaign;
  /** Called when there is background work. */
  readonly wakeWork: () => void;
}

export interface BatchOffice {
  readonly desk: BatchDesk;
  work(): Promise<void>;
}

export function openBatchOffice(options: BatchOfficeOptions, lists: ListDesk): BatchOffice {
  const { runtime, processId, books, buckets, submit, wakeWork } = options;
  const submitToSlot: SendBatchOptions['submitToSlot'] = (account, order, slot) =>
    lists.submit(account, order, {
      kind: 'slot',
      key: { bucket: account.bucket, accountId: account.id, userId: null, slot },
    });
  const batches = new Batches(runtime, {
    processId,
    submit,
    send: (account, batch) => sendBatch(runtime, { submit, submitToSlot }, account, batch),
    cancel: (account, campaignId) => cancelCampaign(runtime, account, campaignId),
    accountOf: (id) => books.accounts.byId(id),
    buckets,
    wake: wakeWork,
  });
  return { desk: batches, work: () => batches.work() };
}
