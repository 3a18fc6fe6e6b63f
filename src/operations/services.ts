// All services and jobs of a process, built from one context. The only file that imports every subject.
// Used by main, which passes `services` to the dialects and runs `jobs` in the loops of its roles.

import type { Account } from '#domain/account/account.ts';
import { defaultSettings } from '#domain/account/account.ts';
import type { CallbacksChange } from '#domain/account/callback-urls.ts';
import type { ReviewPolicy } from '#domain/account/sender.ts';
import type { CapabilitiesByDialect } from '#domain/base/dialect-capabilities.ts';
import type { ReceivedReply, SentMessage } from '#domain/delivery/history.ts';
import type { LookupConnector } from '#domain/delivery/lookup.ts';
import type { Terms } from '#domain/delivery/retention.ts';
import type { PriceList } from '#domain/money/orders.ts';
import { creditPriceOf } from '#domain/money/ovh-credits.ts';
import type { Seal } from '#lib/security/sealing.ts';
import { cancelCampaign } from '#pipeline/cancel-campaign.ts';
import type { ProcessContext } from '#pipeline/context.ts';
import { continueErasures } from '#pipeline/erase-number.ts';
import { forgetKeys } from '#pipeline/retention/delete-idempotency-keys.ts';
import { maskSecrets } from '#pipeline/retention/mask-secrets.ts';
import type { SubmitCampaign } from '#pipeline/submit-campaign.ts';
import { createSubmitList } from '#pipeline/submit-recipient-list.ts';
import { aloneIn } from '#store/database/locks.ts';
import type { ContentSums } from '#store/recipients/file-contents.ts';
import { customerCallbacks, editParameters } from './account/accounts/parameters.ts';
import { type Accounts, createOwnAccounts } from './account/accounts/service.ts';
import type { CredentialCaches, Credentials } from './account/credentials/service.ts';
import { createOvhKeys, type OvhKeys } from './account/ovh-keys/service.ts';
import { createSenders, type Senders } from './account/senders.ts';
import { createSignIns, type SignIns } from './account/sign-in.ts';
import { createSubAccounts, type SubAccounts } from './account/sub-accounts/service.ts';
import { createTemplates, type Templates } from './account/templates.ts';
import { createUsers, type Users } from './account/users.ts';
import { type Contacts, createContacts } from './audience/contacts.ts';
import {
  createDocumentService,
  createDocuments,
  type DocumentAddress,
  type DocumentService,
} from './audience/documents.ts';
import { createPhonebooks, type Phonebooks } from './audience/phonebooks.ts';
import { createRecipientSlots, createSlots, type RecipientSlots } from './audience/recipient-slots.ts';
import { cleanSlots, createSlotCleanings, type SlotCleanings } from './audience/slot-cleanings.ts';
import { buyAutomatically } from './money/automatic-top-ups.ts';
import { type Credit, createCredit } from './money/credit/service.ts';
import { watchCredit } from './money/credit-alerts.ts';
import { type CreditOrders, createCreditOrders } from './money/orders.ts';
import { createPublicPrices, type PublicPrices } from './money/price-list.ts';
import { createTransfers, type Transfers } from './money/transfers.ts';
import { watchUsers } from './money/user-alerts.ts';
import { createIgnoredMails, type IgnoredMails } from './operator/ignored-mails.ts';
import { createNews, type News } from './operator/news.ts';
import { sendNotifications } from './operator/notifications.ts';
import { createRetention } from './operator/retention.ts';
import {
  createExports,
  createHistoryExports,
  type Exports,
  type HistoryExports,
} from './reading/exports/service.ts';
import { createHistory, type History, walkSent } from './reading/history.ts';
import { createInbox, type Inbox, walkReceived } from './reading/inbox.ts';
import { workLookups } from './reading/number-lookups/lookup-orders.ts';
import { createNumberLookups, type NumberLookups } from './reading/number-lookups/service.ts';
import { createAccountOptOuts, type OptOuts } from './reading/opt-outs.ts';
import { sendBatch } from './sending/batches/send-batch.ts';
import { Batches, type BatchService, createBatchService } from './sending/batches/service.ts';
import { type CampaignDrafts, createCampaignDrafts } from './sending/campaign-drafts.ts';
import { type Campaigns, createCampaigns } from './sending/campaigns.ts';
import {
  type ContactListCampaigns,
  createContactListCampaigns,
  ListCampaigns,
} from './sending/contact-list-campaigns/service.ts';
import { createOneTimeCodeService, type OneTimeCodeService } from './sending/one-time-codes.ts';
import { createPendingMessages, type PendingMessages } from './sending/pending-messages.ts';
import { createRecipientLists, type RecipientLists } from './sending/recipient-lists/service.ts';
import { createReportMails, type ReportMails } from './sending/report-mails.ts';
import { createSubmissions, type Submissions } from './sending/submissions.ts';

export interface Services {
  readonly credentials: Credentials;
  readonly signIns: SignIns;
  readonly submissions: Submissions;
  readonly campaigns: Campaigns;
  readonly campaignDrafts: CampaignDrafts;
  readonly batches: BatchService;
  readonly contactListCampaigns: ContactListCampaigns;
  readonly recipientLists: RecipientLists;
  readonly oneTimeCodes: OneTimeCodeService;
  readonly pendingMessages: PendingMessages;
  readonly reportMails: ReportMails;
  readonly accounts: Accounts;
  readonly subAccounts: SubAccounts;
  readonly senders: Senders;
  readonly templates: Templates;
  readonly users: Users;
  readonly ovhKeys: OvhKeys;
  readonly credit: Credit;
  readonly orders: CreditOrders;
  readonly transfers: Transfers;
  readonly publicPrices: PublicPrices;
  readonly contacts: Contacts;
  readonly phonebooks: Phonebooks;
  readonly documents: DocumentService;
  readonly recipientSlots: RecipientSlots;
  readonly slotCleanings: SlotCleanings;
  readonly history: History;
  readonly inbox: Inbox;
  readonly optOuts: OptOuts;
  readonly exports: HistoryExports;
  readonly numberLookups: NumberLookups;
  readonly news: News;
  readonly ignoredMails: IgnoredMails;
}

/** Sends a mail of the platform. Returns the reason of a failure, or null when it was sent. */
export type SendMail = (to: string, subject: string, text: string) => Promise<string | null>;

/** Background work of services: one round each, in the loops of a process. A round ends when nothing is due. */
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
}

/** The format of an export: the columns of the dialect that ordered it. */
export interface ExportFormat {
  readonly sentHeader: string;
  renderSent(message: SentMessage): string;
  /** Leaves out messages that are not due. */
  isWaiting(message: SentMessage, nowMs: number): boolean;
  readonly receivedHeader: string;
  renderReceived(reply: ReceivedReply): string;
}

export interface ServiceNeeds {
  readonly dialects: CapabilitiesByDialect;
  readonly submit: SubmitCampaign;
  readonly credentials: CredentialCaches;
  readonly seal: Seal;
  readonly findLookupConnector: () => Promise<LookupConnector | null>;
  readonly exportFormat: ExportFormat;
  /** The address of a document of this platform, from its path; null for every other URL. */
  readonly readDocumentUrl: (url: string) => DocumentAddress | null;
  readonly fetchUrl: (url: string) => AsyncIterable<Uint8Array>;
  /** The public address of the form of a credit order. */
  readonly orderFormUrl: (token: string) => string;
  /** Wakes the loops of this process, or by a notice those of others. */
  readonly wakeDispatch: () => void;
  readonly wakeBatches: () => void;
  readonly wakeContactListCampaigns: () => void;
  readonly settings: {
    readonly allowPrivateCallbacks: boolean;
    readonly senderReview: ReviewPolicy;
    readonly hasMailRelay: boolean;
    readonly priceList: PriceList;
    readonly documentMaxBytes: number;
    readonly documentLifeMs: number;
    readonly documentSums: ContentSums;
    readonly retention: Terms;
  };
}

export interface ServiceSet {
  readonly services: Services;
  readonly jobs: Jobs;
}

export function createServices(context: ProcessContext, needs: ServiceNeeds): ServiceSet {
  const { database, clock } = context;
  const { submit, settings, seal, findLookupConnector, credentials: caches } = needs;
  const { allowPrivateCallbacks } = settings;
  const pricing = () => context.pricing();
  const accountOf = (id: number) => context.accounts.byId(id);
  const process = { processId: context.processId, buckets: () => context.buckets(), accountOf };

  const documents = createDocuments(context, {
    maxBytes: settings.documentMaxBytes,
    lifeMs: settings.documentLifeMs,
    sums: settings.documentSums,
  });
  const slots = createSlots(context);
  const lists = createRecipientLists(context, {
    submitList: createSubmitList(context, { submit, dialects: needs.dialects, wake: needs.wakeDispatch }),
    fetchUrl: needs.fetchUrl,
    async openOwnUrl(url) {
      const address = needs.readDocumentUrl(url);
      return (address && (await documents.openAddress(address)))?.bytes ?? null;
    },
    openDocument: async (owner, id) => (await documents.open(owner, id))?.bytes ?? null,
    listToSend: slots.listToSend,
    fillSlot: slots.fill,
    limits: { maxBytes: settings.documentMaxBytes, sums: settings.documentSums },
  });
  const batches = new Batches(context, {
    ...process,
    submit,
    send: (account, batch) =>
      sendBatch(
        context,
        {
          submit,
          submitToSlot: (owner, order, slot) => lists.submitToSlot(owner, order, { userId: null, slot }),
        },
        account,
        batch,
      ),
    cancel: (account, campaignId) => cancelCampaign(context, account, campaignId),
    wake: needs.wakeBatches,
  });
  const contactListCampaigns = new ListCampaigns(context, {
    ...process,
    submit,
    wake: needs.wakeContactListCampaigns,
  });
  const exports = createHistoryWriter(context, needs.exportFormat, documents);

  const services: Services = {
    credentials: caches.credentials,
    signIns: createSignIns(context),
    submissions: createSubmissions({ submit }),
    campaigns: createCampaigns(context),
    campaignDrafts: createCampaignDrafts(context, { submit }),
    batches: createBatchService(batches),
    contactListCampaigns: createContactListCampaigns(context, contactListCampaigns),
    recipientLists: { submit: lists.submit, readNumbers: lists.readNumbers, fillSlot: lists.fillSlot },
    oneTimeCodes: createOneTimeCodeService(context, { submit }),
    pendingMessages: createPendingMessages(context),
    reportMails: createReportMails(context, settings),
    accounts: createOwnAccounts(context, { allowPrivateCallbacks }),
    subAccounts: createSubAccounts(context, {
      openAccount: caches.credentials.openAccount,
      checkCallbacks: (callbacks: CallbacksChange) =>
        customerCallbacks(defaultSettings, callbacks, allowPrivateCallbacks),
      editCallbacks: (account: Account, callbacks: CallbacksChange) =>
        editParameters(context, account, { callbacks }, allowPrivateCallbacks),
    }),
    senders: createSenders(context, {
      review: settings.senderReview,
      replyNumbers: () => pricing().replyNumbers,
    }),
    templates: createTemplates(context, { review: settings.senderReview }),
    users: createUsers(context, { allowPrivateCallbacks }),
    ovhKeys: createOvhKeys(context, { seal, forgetConsumers: caches.forgetConsumers }),
    credit: createCredit(context, { pricing }),
    orders: createCreditOrders(context, {
      priceList: settings.priceList,
      creditPriceMicros: ({ id, settings: own }) => creditPriceOf(own, pricing().rates(id)),
    }),
    transfers: createTransfers(context),
    publicPrices: createPublicPrices({ pricing, priceList: settings.priceList }),
    contacts: createContacts(context),
    phonebooks: createPhonebooks(context),
    documents: createDocumentService(documents),
    recipientSlots: createRecipientSlots(context),
    slotCleanings: createSlotCleanings(context, {
      canLookUp: async () => (await findLookupConnector()) !== null,
    }),
    history: createHistory(context),
    inbox: createInbox(context),
    optOuts: createAccountOptOuts(context),
    exports: createHistoryExports(exports),
    numberLookups: createNumberLookups(context, { findConnector: findLookupConnector }),
    news: createNews(context),
    ignoredMails: createIgnoredMails(context),
  };
  const jobs: Jobs = {
    sendBatches: () => batches.work(),
    prepareContactListCampaigns: () => contactListCampaigns.work(),
    cleanSlots: () =>
      cleanSlots(
        { database, clock },
        { ...process, buckets: process.buckets(), mails: settings.hasMailRelay },
      ),
    deleteExpiredDocuments: () => documents.clean(process.buckets()),
    async processLookupOrders() {
      const connector = await findLookupConnector();
      if (connector === null) return;
      await workLookups(context, { ...process, connector, buckets: process.buckets() });
    },
    writeExports: () => exports.work(),
    stopExports: () => exports.stop(),
    ...createPlatformJobs(context, needs),
  };
  return { services, jobs };
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
>;

function createPlatformJobs(
  context: ProcessContext,
  { submit, orderFormUrl: formAddress, settings: { priceList, retention } }: ServiceNeeds,
): PlatformJobs {
  const { processId } = context;
  const expired = createRetention(context, retention);
  const buckets = () => context.buckets();
  const rates = (accountId: number | null) => context.pricing().rates(accountId);
  return {
    maskSecrets: () => maskSecrets(context, buckets()),
    deleteExpiredKeys: () => forgetKeys(context, buckets()),
    sendNotifications: (mail) => sendNotifications(context, { processId, buckets, submit, mail }),
    watchUserQuotas: () => watchUsers(context, rates),
    watchCredit: (mail) => watchCredit(context, { processId, rates, mail }),
    topUpAutomatically: () => buyAutomatically(context, { rates, priceList, formAddress }),
    deleteExpired: () => expired.run(),
    async continueErasures() {
      // One process at a time.
      await aloneIn(context.database, 'erasures', () =>
        continueErasures(context, () => context.isStopping()),
      );
    },
  };
}

function createHistoryWriter(
  context: ProcessContext,
  format: ExportFormat,
  documents: ReturnType<typeof createDocuments>,
): Exports {
  return createExports(context, {
    processId: context.processId,
    buckets: () => context.buckets(),
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
    drop: ({ customer, id }) => documents.remove(customer, id),
  });
}
