// All jobs of a process: the background work of the services, one round each. Used by main, which runs them in the loops
// of its roles. Imports the jobs of every subject, as services.ts imports their services.

import type { ProcessContext } from '#pipeline/context.ts';
import { continueErasures } from '#pipeline/erase-number.ts';
import { deleteExpiredIdempotencyKeys } from '#pipeline/retention/delete-idempotency-keys.ts';
import { maskSecrets } from '#pipeline/retention/mask-secrets.ts';
import { aloneIn } from '#store/database/locks.ts';
import type { Documents } from './audience/documents.ts';
import { createCleaningJob } from './audience/slot-cleanings/job.ts';
import { buyAutomatically } from './money/automatic-top-ups.ts';
import { watchCredit } from './money/credit-alerts.ts';
import { issueInvoice } from './money/invoices/issue.ts';
import { watchUsers } from './money/user-alerts.ts';
import { createNotificationJob } from './operator/notifications/job.ts';
import { createRetention } from './operator/retention.ts';
import { createExportJob, type ExportJob } from './reading/exports/job.ts';
import { walkSent } from './reading/history.ts';
import { walkReceived } from './reading/inbox.ts';
import { createLookupJob } from './reading/number-lookups/job.ts';
import { createTrafficCounting } from './reading/traffic-counting.ts';
import { createBatchJob } from './sending/batches/job.ts';
import { type SendBatchNeeds, sendBatch } from './sending/batches/send-batch.ts';
import type { BatchSteps } from './sending/batches/steps.ts';
import { createContactListCampaignJob } from './sending/contact-list-campaigns/job.ts';
import type { ContactListCampaignSteps } from './sending/contact-list-campaigns/steps.ts';
import type { ExportFormat, SendMail, ServiceNeeds } from './service-needs.ts';

/** One round of each job. A round ends when nothing is due. */
export interface Jobs {
  sendBatches(): Promise<void>;
  prepareContactListCampaigns(): Promise<void>;
  cleanSlots(): Promise<void>;
  deleteExpiredDocuments(): Promise<void>;
  processLookupOrders(): Promise<void>;
  writeExports(): Promise<void>;
  /** Releases exports in progress to another process. */
  stopExports(): void;
  /** Replaces one-time codes in the texts of sent messages. */
  maskSecrets(): Promise<void>;
  /** Deletes idempotency keys after their validity. */
  deleteExpiredKeys(): Promise<void>;
  /** Returns the number of notifications that were due. */
  sendNotifications(mail: SendMail): Promise<number>;
  /** Alerts accounts about quotas of their users. */
  watchUserQuotas(): Promise<void>;
  /** Alerts accounts about low credit. */
  watchCredit(mail: SendMail): Promise<void>;
  /** Buys credit for accounts with an automatic top-up. */
  topUpAutomatically(): Promise<void>;
  /** Applies retention. True: rows in use are left. Null: another process does it now. */
  deleteExpired(): Promise<boolean | null>;
  /** Continues erasures of numbers that found rows in use. */
  continueErasures(): Promise<void>;
  /** Counts the traffic of the quarters of an hour that have ended. */
  countTraffic(): Promise<void>;
}

/** The parts that jobs share with the services of the process. */
export interface JobParts {
  readonly documents: Documents;
  readonly batchSteps: BatchSteps;
  readonly contactListCampaignSteps: ContactListCampaignSteps;
  readonly submitToSlot: SendBatchNeeds['submitToSlot'];
}

export function createJobs(context: ProcessContext, needs: ServiceNeeds, parts: JobParts): Jobs {
  const { submit, settings, findLookupConnector } = needs;
  const { processId } = context;
  const accountOf = (id: number) => context.accounts.byId(id);
  const { documents, batchSteps, contactListCampaignSteps, submitToSlot } = parts;
  const batches = createBatchJob(context, batchSteps, {
    accountOf,
    send: (account, batch) => sendBatch(context, { submit, submitToSlot }, account, batch),
  });
  const contactListCampaigns = createContactListCampaignJob(context, contactListCampaignSteps, { accountOf });
  const cleanings = createCleaningJob(context, { processId, sendsReports: settings.hasMailRelay });
  const exports = createExports(context, needs.exportFormat, documents);

  /** One round in each bucket. */
  async function runEach(job: { runOnce(bucket: number): Promise<unknown> }): Promise<void> {
    for (const bucket of context.buckets()) await job.runOnce(bucket);
  }

  return {
    sendBatches: () => runEach(batches),
    prepareContactListCampaigns: () => runEach(contactListCampaigns),
    cleanSlots: () => runEach(cleanings),
    deleteExpiredDocuments: () => documents.clean(context.buckets()),
    async processLookupOrders() {
      const connector = await findLookupConnector();
      if (connector !== null) await runEach(createLookupJob(context, { processId, connector }));
    },
    writeExports: () => runEach(exports),
    stopExports: () => exports.stop(),
    ...createPlatformJobs(context, needs),
  };
}

type PlatformJobs = Pick<
  Jobs,
  | 'maskSecrets'
  | 'deleteExpiredKeys'
  | 'sendNotifications'
  | 'watchUserQuotas'
  | 'watchCredit'
  | 'topUpAutomatically'
  | 'deleteExpired'
  | 'continueErasures'
  | 'countTraffic'
>;

function createPlatformJobs(
  context: ProcessContext,
  { submit, orderFormUrl: formAddress, settings: { priceList, retention } }: ServiceNeeds,
): PlatformJobs {
  const { processId } = context;
  const expired = createRetention(context, retention);
  const rates = (accountId: number | null) => context.pricing().rates(accountId);
  return {
    maskSecrets: () => maskSecrets(context, context.buckets()),
    deleteExpiredKeys: () => deleteExpiredIdempotencyKeys(context, context.buckets()),
    async sendNotifications(mail) {
      const job = createNotificationJob(context, { processId, submit, mail });
      let count = 0;
      for (const bucket of context.buckets()) count += await job.runOnce(bucket);
      return count;
    },
    watchUserQuotas: () => watchUsers(context, rates),
    watchCredit: (mail) => watchCredit(context, { processId, rates, mail }),
    topUpAutomatically: () => buyAutomatically(context, { rates, priceList, formAddress, issueInvoice }),
    deleteExpired: () => expired.run(),
    async countTraffic() {
      const counting = createTrafficCounting(context);
      await aloneIn(context.database, 'traffic', async () => {
        for (const bucket of context.buckets()) await counting.runOnce(bucket);
      });
    },
    async continueErasures() {
      // One process at a time.
      await aloneIn(context.database, 'erasures', () =>
        continueErasures(context, () => context.isStopping()),
      );
    },
  };
}

function createExports(context: ProcessContext, format: ExportFormat, documents: Documents): ExportJob {
  return createExportJob(context, {
    processId: context.processId,
    accountOf: (id) => context.accounts.byId(id),
    async *render(account, kind, filter) {
      if (kind === 'sent') {
        yield format.sentHeader;
        for await (const { messages } of walkSent(context, account, filter)) {
          const nowMs = context.clock.now();
          yield messages
            .filter((message) => !format.isWaiting(message, nowMs))
            .map(format.renderSent)
            .join('');
        }
        return;
      }
      yield format.receivedHeader;
      for await (const replies of walkReceived(context, account, filter))
        yield replies.map(format.renderReceived).join('');
    },
    write: ({ customer: { bucket }, id }, bytes) => documents.write({ bucket, id }, bytes),
    deleteDocument: ({ customer, id }) => documents.remove(customer, id),
  });
}
