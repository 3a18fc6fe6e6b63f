// All services of a process, built from one context. The only file that imports the service of every subject; jobs.ts
// imports their jobs. Used by main, which passes `services` to the dialects.
import type { Account } from '#domain/account/account.ts';
import { defaultSettings } from '#domain/account/account.ts';
import type { CallbacksChange } from '#domain/account/callback-urls.ts';
import { creditPriceOf } from '#domain/money/ovh-credits.ts';
import { createPasswords } from '#lib/security/passwords.ts';
import { cancelCampaign } from '#pipeline/cancel-campaign.ts';
import type { ProcessContext } from '#pipeline/context.ts';
import { createSubmitList } from '#pipeline/submit-recipient-list.ts';
import { customerCallbacks, editParameters } from './account/accounts/parameters.ts';
import { type Accounts, createOwnAccounts } from './account/accounts/service.ts';
import { type Callbacks, createCallbacks } from './account/callbacks.ts';
import type { Credentials } from './account/credentials/service.ts';
import { createProfile, type Profile } from './account/members/profile.ts';
import { createMembers, type Members } from './account/members/service.ts';
import { createSessions, type Sessions } from './account/members/sessions.ts';
import { createOvhKeys, type OvhKeys } from './account/ovh-keys/service.ts';
import { createRefusedRequests, type RefusedRequests } from './account/refused-requests.ts';
import { createSenders, type Senders } from './account/senders.ts';
import { createSignIns, type SignIns } from './account/sign-in.ts';
import { createSubAccounts, type SubAccounts } from './account/sub-accounts/service.ts';
import { createTemplates, type Templates } from './account/templates.ts';
import { createUsers, type Users } from './account/users.ts';
import { type ContactPages, createContactPages } from './audience/contact-pages.ts';
import { type Contacts, createContacts } from './audience/contacts.ts';
import {
  attachDocument,
  createDocumentService,
  createDocuments,
  type DocumentService,
} from './audience/documents.ts';
import { createPhonebooks, type Phonebooks } from './audience/phonebooks.ts';
import { createRecipientSlots, createSlots, type RecipientSlots } from './audience/recipient-slots.ts';
import { createSlotCleanings, type SlotCleanings } from './audience/slot-cleanings/service.ts';
import { createJobs, type Jobs } from './jobs.ts';
import { type AccountLedger, createAccountLedger } from './money/account-ledger.ts';
import { type AccountStatements, createAccountStatements } from './money/account-statements.ts';
import { type Credit, createCredit } from './money/credit/service.ts';
import { createInvoices, type Invoices } from './money/invoices/service.ts';
import { type CreditOrders, createCreditOrders } from './money/orders.ts';
import { createPublicPrices, type PublicPrices } from './money/price-list.ts';
import { createTransfers, type Transfers } from './money/transfers.ts';
import { createOwnKeys, type OwnKeys } from './operator/accounts/own-keys.ts';
import { createIgnoredMails, type IgnoredMails } from './operator/ignored-mails.ts';
import { createNews, type News } from './operator/news.ts';
import { createOperatorServices, type OperatorServices } from './operator-services.ts';
import { type AccountAudit, createAccountAudit } from './reading/account-audit.ts';
import { type CampaignReports, createCampaignReports } from './reading/campaigns/service.ts';
import { type CannedTexts, createCannedTexts } from './reading/canned-texts.ts';
import { type Conversations, createConversations } from './reading/conversations.ts';
import { createHistoryExports, type HistoryExports } from './reading/exports/service.ts';
import { createHistory, type History } from './reading/history.ts';
import { createInbox, type Inbox } from './reading/inbox.ts';
import { createLiveStates, type LiveStates } from './reading/live-states.ts';
import { createMessages, type Messages } from './reading/messages/service.ts';
import { createNumberLookups, type NumberLookups } from './reading/number-lookups/service.ts';
import { createAccountOptOuts, type OptOuts } from './reading/opt-outs.ts';
import { createOverviews, type Overviews } from './reading/overview.ts';
import { type Batches, createBatches } from './sending/batches/service.ts';
import { createBatchSteps } from './sending/batches/steps.ts';
import { type CampaignDrafts, createCampaignDrafts } from './sending/campaign-drafts.ts';
import { type Campaigns, createCampaigns } from './sending/campaigns.ts';
import { type Compositions, createCompositions } from './sending/compositions/service.ts';
import {
  type ContactListCampaigns,
  createContactListCampaigns,
} from './sending/contact-list-campaigns/service.ts';
import { createContactListCampaignSteps } from './sending/contact-list-campaigns/steps.ts';
import { createOneTimeCodeService, type OneTimeCodeService } from './sending/one-time-codes.ts';
import { createPendingMessages, type PendingMessages } from './sending/pending-messages.ts';
import { createRecipientLists, type RecipientLists } from './sending/recipient-lists/service.ts';
import { createReportMails, type ReportMails } from './sending/report-mails.ts';
import { createSubmissions, type Submissions } from './sending/submissions.ts';
import { createSubmittedMessages, type SubmittedMessages } from './sending/submitted-messages.ts';
import type { ServiceNeeds } from './service-needs.ts';

export interface Services {
  readonly credentials: Credentials;
  readonly signIns: SignIns;
  readonly sessions: Sessions;
  readonly profile: Profile;
  readonly members: Members;
  readonly ownKeys: OwnKeys;
  readonly callbacks: Callbacks;
  readonly refusedRequests: RefusedRequests;
  readonly accountLedger: AccountLedger;
  readonly contactPages: ContactPages;
  readonly conversations: Conversations;
  readonly cannedTexts: CannedTexts;
  readonly accountAudit: AccountAudit;
  readonly overviews: Overviews;
  readonly liveStates: LiveStates;
  readonly submissions: Submissions;
  readonly submittedMessages: SubmittedMessages;
  readonly campaigns: Campaigns;
  readonly campaignDrafts: CampaignDrafts;
  readonly batches: Batches;
  readonly compositions: Compositions;
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
  readonly invoices: Invoices;
  readonly accountStatements: AccountStatements;
  readonly transfers: Transfers;
  readonly publicPrices: PublicPrices;
  readonly contacts: Contacts;
  readonly phonebooks: Phonebooks;
  readonly documents: DocumentService;
  readonly recipientSlots: RecipientSlots;
  readonly slotCleanings: SlotCleanings;
  readonly history: History;
  readonly messages: Messages;
  readonly campaignReports: CampaignReports;
  readonly inbox: Inbox;
  readonly optOuts: OptOuts;
  readonly exports: HistoryExports;
  readonly numberLookups: NumberLookups;
  readonly news: News;
  readonly ignoredMails: IgnoredMails;
  /** Those with the access of an operator. */
  readonly operator: OperatorServices;
}

export interface ServiceSet {
  readonly services: Services;
  readonly jobs: Jobs;
}

export function createServices(context: ProcessContext, needs: ServiceNeeds): ServiceSet {
  const { submit, settings, seal, findLookupConnector, credentials: caches } = needs;
  const { allowPrivateCallbacks } = settings;
  const pricing = () => context.pricing();

  const documents = createDocuments(context, {
    maxBytes: settings.documentMaxBytes,
    lifeMs: settings.documentLifeMs,
    sums: settings.documentSums,
  });
  const slots = createSlots(context);
  const submitList = createSubmitList(context, {
    submit,
    dialects: needs.dialects,
    wake: needs.wakeDispatch,
  });
  const lists = createRecipientLists(context, {
    submitList,
    fetchUrl: needs.fetchUrl,
    async openOwnUrl(url) {
      const address = needs.readDocumentUrl(url);
      return (address && (await documents.openAddress(address)))?.bytes ?? null;
    },
    openDocument: async (account, id) => (await documents.open(account, id))?.bytes ?? null,
    listToSend: slots.listToSend,
    fillSlot: slots.fill,
    limits: { maxBytes: settings.documentMaxBytes, sums: settings.documentSums },
  });
  const { processId } = context;
  const batchSteps = createBatchSteps(context, {
    processId,
    cancel: (account, campaignId) => cancelCampaign(context, account, campaignId),
  });
  const contactListCampaignSteps = createContactListCampaignSteps(context, { processId, submit });
  const passwords = createPasswords();
  const campaignReports = createCampaignReports(context);
  const contacts = createContacts(context);

  const services: Services = {
    credentials: caches.credentials,
    signIns: createSignIns(context),
    sessions: createSessions(context, { seal, passwords }),
    profile: createProfile(context, { seal, passwords }),
    members: createMembers(context),
    ownKeys: createOwnKeys(context, { seal }),
    callbacks: createCallbacks(context, {
      send: needs.sendCallback,
      edit: (account, callbacks, also) =>
        editParameters(context, account, { callbacks }, { allowPrivate: allowPrivateCallbacks, also }),
    }),
    refusedRequests: createRefusedRequests(context),
    accountLedger: createAccountLedger(context, { pricing, priceList: settings.priceList }),
    contactPages: createContactPages(context),
    conversations: createConversations(context),
    cannedTexts: createCannedTexts(context),
    accountAudit: createAccountAudit(context),
    overviews: createOverviews(context),
    liveStates: createLiveStates(context),
    submissions: createSubmissions({ submit, joinParts: needs.joinParts }),
    submittedMessages: createSubmittedMessages(context),
    campaigns: createCampaigns(context),
    campaignDrafts: createCampaignDrafts(context, { submit }),
    batches: createBatches(context, batchSteps, { submit, wake: needs.wakeBatches }),
    compositions: createCompositions(context, {
      submit,
      submitList,
      pricing,
      openDocument: async (account, id) => (await documents.open(account, id))?.bytes ?? null,
      removeDocument: documents.remove,
      consoleUrl: needs.consoleUrl,
      campaigns: {
        readCampaign: campaignReports.read,
        listRows: campaignReports.listRows,
        writeDocument: (account, name, bytes) => attachDocument(documents, account, name, bytes),
      },
      joinList: (access, numbers, name) =>
        contacts.keep(access, {
          contacts: numbers.map((number) => ({ number, firstName: null, lastName: null, params: [] })),
          join: [{ kind: 'list', name }],
          ...{ leave: [], overwrites: false, skipsOptedOut: false },
        }),
      settings,
    }),
    contactListCampaigns: createContactListCampaigns(context, contactListCampaignSteps, {
      wake: needs.wakeContactListCampaigns,
    }),
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
        editParameters(context, account, { callbacks }, { allowPrivate: allowPrivateCallbacks }),
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
    invoices: createInvoices(context),
    accountStatements: createAccountStatements(context),
    transfers: createTransfers(context),
    publicPrices: createPublicPrices({ pricing, priceList: settings.priceList }),
    contacts,
    phonebooks: createPhonebooks(context),
    documents: createDocumentService(documents),
    recipientSlots: createRecipientSlots(context),
    slotCleanings: createSlotCleanings(context, {
      canLookUp: async () => (await findLookupConnector()) !== null,
    }),
    history: createHistory(context),
    messages: createMessages(context),
    campaignReports,
    inbox: createInbox(context),
    optOuts: createAccountOptOuts(context),
    exports: createHistoryExports(context),
    numberLookups: createNumberLookups(context, { findConnector: findLookupConnector }),
    news: createNews(context),
    ignoredMails: createIgnoredMails(context),
    operator: createOperatorServices(context, { seal, links: needs.carrierLinks }),
  };
  const jobs = createJobs(context, needs, {
    documents,
    batchSteps,
    contactListCampaignSteps,
    submitToSlot: (account, order, slot) => lists.submitToSlot(account, order, { userId: null, slot }),
  });
  return { services, jobs };
}
