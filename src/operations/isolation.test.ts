// Isolation of accounts: each method of each service is called with the access of account B on objects of account A. It finds
// nothing or refuses, and changes nothing of A; the same call with the access of A finds or changes the object. A method
// without an entry fails the test. Needs a database.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { RefusedError } from '#domain/base/refusals.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import {
  batchOrder,
  composed,
  contact,
  contactListOrder,
  createObjects,
  type ObjectsOfAccount,
  openParty,
  order,
  type Party,
} from '../../test/support/objects-of-account.ts';
import { nowMs, TestRows } from '../../test/support/rows.ts';
import { readRowsOf } from '../../test/support/rows-of-account.ts';
import { openServices, type TestServices } from '../../test/support/service-set.ts';
import type { Services } from './services.ts';

interface Caller extends Party {
  readonly services: Services;
  /** Objects of account A. */
  readonly a: ObjectsOfAccount;
}

type Call = (caller: Caller) => unknown;

interface Entry {
  readonly kind: 'foreign' | 'own' | 'exempt';
  readonly call?: Call;
  readonly reason?: string;
}

/** Names an object of account A: absent or refused for B, found or changed for A. */
const foreign = (call: Call): Entry => ({ kind: 'foreign', call });
/** Names no object of another account: the call of B changes nothing of A. */
const own = (call: Call): Entry => ({ kind: 'own', call });
/** Needs no access to an account, or names it by an access value. */
const exempt = (reason: string): Entry => ({ kind: 'exempt', reason });

const slot = { userId: null, slot: 1 };
const address = '192.0.2.1';
const change = { description: 'changed' };
const everyMessage = {
  ...{ tag: null, sender: null, text: null, dialect: null, fromMs: null, toMs: null, statuses: null },
  ...{ countries: null, number: null, cause: null, carrier: null },
};
const newest = { beforeId: Number.MAX_SAFE_INTEGER, limit: 100 };
const everyReply = { tab: 'all', recipient: null, campaignId: null } as const;
const everyContact = { range: null, name: null, group: null };
const everyAttempt = { result: null, from: null, to: null, messageId: null, callbackId: null };
const everyEntry = { kind: null, from: null, to: null };
const authenticates = 'authenticates by a secret token of the caller';
const ofOperator = 'is of the operator';
const ofPerson = 'acts on the profile of the caller and names no object';
const isPublic = 'is public';

/** The result if the list has this entry. */
async function entryOf<T>(list: PromiseLike<readonly T[]>, isOfA: (entry: T) => boolean): Promise<T | null> {
  return (await list).find(isOfA) ?? null;
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString();
}

async function* csv() {
  yield Buffer.from('name,surname,homeMobile\nAda,Byron,+33612340008\n');
}

/** Of the transfer that account A opened. */
let transferToken = '';

/** Those of the operator take no access to an account: services.test.ts shows that they refuse every role of one. */
type OfAccounts = Omit<Services, 'operator'>;

/** In the order of the calls: of one object, reads come before changes, and its deletion is last. */
const table: {
  readonly [Service in keyof OfAccounts]: { readonly [Method in keyof Services[Service]]: Entry };
} = {
  credentials: {
    authenticate: foreign(({ services, a, keys }) =>
      services.credentials.authenticate('octopush', a.octopush.userLogin, keys.octopush.apiKey, address),
    ),
    findConsumer: foreign(async ({ services, a, keys }) => {
      const { applicationKey } = a.ovh;
      const found = await services.credentials.findConsumer(applicationKey, keys.ovh.consumerKey, address);
      return found?.access ?? null;
    }),
    noteUse: exempt('records the use of a key that was found'),
    authenticateUser: foreign(({ services, a, keys }) =>
      services.credentials.authenticateUser(a.account.serviceName, a.user.login, keys.user.password, address),
    ),
    authenticateBind: foreign(({ services, a, keys }) =>
      services.credentials.authenticateBind(a.smpp.systemId, keys.smpp.password, address),
    ),
    renewBind: exempt('renews the access of an authenticated bind'),
    openAccount: foreign(({ services, access, a }) =>
      services.credentials.openAccount(access, a.account.serviceName),
    ),
  },
  signIns: {
    signIn: foreign(({ services, a, keys }) =>
      services.signIns.signIn({ email: a.octopush.userLogin, apiKey: keys.octopush.apiKey, address }),
    ),
  },
  sessions: {
    installationId: exempt(isPublic),
    signIn: exempt(authenticates),
    proveSecondFactor: exempt(authenticates),
    enter: exempt(authenticates),
    resume: exempt(authenticates),
    readInvitation: exempt(authenticates),
    acceptInvitation: exempt(authenticates),
    openAccount: foreign(({ services, signedIn, a }) =>
      services.sessions.openAccount(signedIn, a.account.serviceName),
    ),
    actAsOperator: exempt('refuses a person who is no operator'),
    listAccounts: foreign(({ services, signedIn, a }) =>
      entryOf(
        services.sessions.listAccounts(signedIn, 10),
        ({ serviceName }) => serviceName === a.account.serviceName,
      ),
    ),
  },
  profile: {
    countRecoveryCodes: exempt(ofPerson),
    update: exempt(ofPerson),
    setUp: exempt(ofPerson),
    changePassword: exempt(ofPerson),
    listSessions: exempt(ofPerson),
    endSession: foreign(({ services, signedIn, a }) => services.profile.endSession(signedIn, a.sessionId)),
    endOtherSessions: exempt(ofPerson),
    startTotp: exempt(ofPerson),
    confirmTotp: exempt(ofPerson),
    stopTotp: exempt(ofPerson),
    renewRecoveryCodes: exempt(ofPerson),
    showNumbers: exempt('names the account by an access value'),
  },
  members: {
    list: foreign(({ services, access, a }) =>
      entryOf(services.members.list(access), ({ id }) => id === a.memberId),
    ),
    listInvitations: foreign(({ services, access, a }) =>
      entryOf(services.members.listInvitations(access), ({ id }) => id === a.invitationId),
    ),
    invite: own(({ services, access }) =>
      services.members.invite(access, { email: 'new@example.com', role: 'editor' }),
    ),
    revokeInvitation: foreign(({ services, access, a }) =>
      services.members.revokeInvitation(access, a.invitationId),
    ),
    changeRole: foreign(({ services, access, a }) =>
      services.members.changeRole(access, a.memberId, 'editor'),
    ),
    remove: foreign(({ services, access, a }) => services.members.remove(access, a.memberId)),
  },
  conversations: {
    list: foreign(({ services, access }) => services.conversations.list(access, everyReply, newest)),
    read: foreign(({ services, access, a }) =>
      services.conversations.read(access, a.replyId, { before: null, limit: 10 }),
    ),
    countUnhandled: foreign(async ({ services, access }) => {
      return (await services.conversations.countUnhandled(access)) > 0;
    }),
    mark: foreign(({ services, access, a }) =>
      services.conversations.mark(access, a.replyId, { isRead: true, isHandled: null }),
    ),
  },
  cannedTexts: {
    list: foreign(({ services, access }) =>
      entryOf(services.cannedTexts.list(access), ({ name }) => name === 'hours'),
    ),
    save: own(({ services, access }) => services.cannedTexts.save(access, 'other', 'text')),
    remove: foreign(({ services, access }) => services.cannedTexts.remove(access, 'hours')),
  },
  contactPages: {
    list: foreign(async ({ services, access }) => {
      const found = await services.contactPages.list(access, everyContact, { after: 0, limit: 100 });
      return found.filter(({ firstName }) => firstName === 'Ada');
    }),
    listGroups: foreign(async ({ services, access, a }) => {
      const groups = await services.contactPages.listGroups(access, newest);
      return groups.filter(() => access.account.id === a.account.id);
    }),
    measure: foreign(({ services, access }) =>
      services.contactPages.measure(access, { kind: 'tag', name: 'vip' }),
    ),
  },
  ownKeys: {
    list: foreign(({ services, access, a }) =>
      entryOf(services.ownKeys.list(access), ({ identifier }) => identifier === a.octopush.userLogin),
    ),
    add: own(({ services, access }) => services.ownKeys.add(access, 'octopush')),
    revoke: foreign(({ services, access, a }) => services.ownKeys.revoke(access, a.keyId)),
  },
  refusedRequests: {
    note: exempt('names no account by an access value'),
    list: own(({ services, access }) => services.refusedRequests.list(access, { reason: null, ...newest })),
    listAll: exempt(ofOperator),
  },
  callbacks: {
    test: own(({ services, access }) => services.callbacks.test(access, 'receipt', 'octopush-rest')),
    readPending: own(({ services, access }) => services.callbacks.readPending(access)),
    update: own(({ services, access }) => services.callbacks.update(access, { replyEmail: null })),
    renewSigningKey: own(({ services, access }) => services.callbacks.renewSigningKey(access)),
    listAttempts: foreign(({ services, access }) =>
      services.callbacks.listAttempts(access, everyAttempt, newest),
    ),
    read: foreign(({ services, access, a }) => services.callbacks.read(access, a.callbackId)),
    countGivenUp: foreign(async ({ services, access }) => {
      return (await services.callbacks.countGivenUp(access, 0)) > 0;
    }),
    // The message has no final status, so nothing is pushed again for either account.
    replay: own(({ services, access, a }) => services.callbacks.replay(access, { attemptId: a.attemptId })),
  },
  accountLedger: {
    read: own(({ services, access }) => services.accountLedger.read(access)),
    listEntries: foreign(async ({ services, access, a }) => {
      const entries = await services.accountLedger.listEntries(access, everyEntry, newest);
      return entries.filter(({ campaigns }) => campaigns.includes(a.scheduledId));
    }),
    listOrders: own(({ services, access }) => services.accountLedger.listOrders(access, newest)),
    listPrices: own(({ services, access }) => services.accountLedger.listPrices(access)),
  },
  accountAudit: {
    list: foreign(async ({ services, access, a }) => {
      const entries = await services.accountAudit.list(access, null, newest);
      return entries.filter(({ account }) => account === a.account.serviceName);
    }),
  },
  liveStates: {
    read: own(({ services, access }) => services.liveStates.read(access, 0)),
  },
  overviews: {
    read: foreign(async ({ services, access, a }) => {
      const { scheduled } = await services.overviews.read(access, 'day');
      return scheduled.filter(({ id }) => id === a.scheduledId);
    }),
  },
  submissions: {
    submit: own(({ services, access }) =>
      services.submissions.submit(access, { ...order, recipients: [{ number: '+33612340001' }] }),
    ),
    submitPart: own(({ services, access }) =>
      services.submissions.submitPart(access, {
        place: { reference: 1, total: 2, part: 1 },
        submission: { ...order, recipients: [{ number: '+33612340001' }] },
      }),
    ),
  },
  submittedMessages: {
    find: foreign(({ services, access, a }) => services.submittedMessages.find(access, a.scheduledId, '')),
    cancelAll: own(({ services, access }) =>
      services.submittedMessages.cancelAll(access, '', '+33612340001'),
    ),
    cancel: foreign(({ services, access, a }) =>
      services.submittedMessages.cancel(access, a.scheduledId, ''),
    ),
  },
  campaigns: {
    cancel: foreign(({ services, access, a }) => services.campaigns.cancel(access, a.scheduledId)),
    pause: foreign(({ services, access, a }) => services.campaigns.pause(access, a.pausedId)),
    resume: foreign(({ services, access, a }) => services.campaigns.resume(access, a.pausedId)),
    cancelRest: foreign(({ services, access, a }) => services.campaigns.cancelRest(access, a.pausedId)),
  },
  campaignDrafts: {
    addPart: own(({ services, access }) =>
      services.campaignDrafts.addPart(
        access,
        'new',
        { ...order, recipients: [{ number: '+33612340001' }] },
        true,
      ),
    ),
    estimate: foreign(({ services, access }) => services.campaignDrafts.estimate(access, 'to send')),
    send: foreign(({ services, access }) => services.campaignDrafts.send(access, 'to send', null)),
    drop: foreign(({ services, access }) => services.campaignDrafts.drop(access, 'to drop')),
  },
  batches: {
    create: own(({ services, access }) =>
      services.batches.create(access, { name: '', order: batchOrder, to: { receivers: ['+33612340001'] } }),
    ),
    read: foreign(({ services, access, a }) => services.batches.read(access, a.batchId)),
    list: foreign(({ services, access, a }) =>
      entryOf(services.batches.list(access), ({ id }) => id === a.batchId),
    ),
    statistics: foreign(({ services, access, a }) => services.batches.statistics(access, a.batchId)),
    rename: foreign(({ services, access, a }) => services.batches.rename(access, a.batchId, 'renamed')),
    cancel: foreign(({ services, access, a }) => services.batches.cancel(access, a.batchId)),
    remove: foreign(({ services, access, a }) => services.batches.remove(access, a.endedBatchId)),
  },
  compositions: {
    readOptions: exempt('returns facts of the account of the access value'),
    list: foreign(({ services, access, a }) =>
      entryOf(services.compositions.list(access), ({ id }) => id === a.compositionId),
    ),
    read: foreign(({ services, access, a }) => services.compositions.read(access, a.compositionId)),
    create: own(({ services, access }) => services.compositions.create(access, composed)),
    createFromCampaign: foreign(({ services, access, a }) =>
      services.compositions.createFromCampaign(access, { campaignId: a.pausedId, statuses: null }),
    ),
    keepAsList: foreign(({ services, access, a }) =>
      services.compositions.keepAsList(access, a.pausedId, 'of a campaign'),
    ),
    check: foreign(({ services, access, a }) => services.compositions.check(access, a.compositionId)),
    readRows: foreign(({ services, access, a }) =>
      services.compositions.readRows(access, a.compositionId, 'ready'),
    ),
    preview: foreign(({ services, access, a }) =>
      services.compositions.preview(access, a.compositionId, { kind: 'first' }),
    ),
    estimate: foreign(({ services, access, a }) => services.compositions.estimate(access, a.compositionId)),
    test: foreign(({ services, access, a }) =>
      services.compositions.test(access, a.compositionId, {
        ...{ number: '+33612340001', values: {}, requestKey: 'key' },
      }),
    ),
    send: foreign(({ services, access, a }) =>
      services.compositions.send(access, a.compositionId, a.estimateId),
    ),
    readApproval: foreign(({ services, access, a }) =>
      services.compositions.readApproval(access, a.asked.id),
    ),
    listApprovals: foreign(({ services, access, a }) =>
      entryOf(services.compositions.listApprovals(access), ({ id }) => id === a.asked.id),
    ),
    askApproval: foreign(({ services, access, a }) => services.compositions.askApproval(access, a.asked)),
    decideApproval: foreign(({ services, access, a }) =>
      services.compositions.decideApproval(access, { ...a.asked, approves: true }),
    ),
    withdrawApproval: foreign(({ services, access, a }) =>
      services.compositions.withdrawApproval(access, a.asked.id),
    ),
    save: foreign(({ services, access, a }) =>
      services.compositions.save(access, { id: a.removedCompositionId, version: 1, content: composed }),
    ),
    remove: foreign(({ services, access, a }) =>
      services.compositions.remove(access, a.removedCompositionId),
    ),
  },
  contactListCampaigns: {
    create: own(({ services, access }) => services.contactListCampaigns.create(access, contactListOrder)),
    read: foreign(({ services, access, a }) => services.contactListCampaigns.read(access, a.listCampaignId)),
    readDraft: foreign(({ services, access }) => services.contactListCampaigns.readDraft(access)),
    confirm: foreign(({ services, access, a }) =>
      services.contactListCampaigns.confirm(access, a.listCampaignId),
    ),
    cancel: foreign(({ services, access, a }) => services.contactListCampaigns.cancel(access, a.cancelledId)),
  },
  recipientLists: {
    submit: foreign(({ services, access }) =>
      services.recipientLists.submit(access, { ...order, sender: null }, { kind: 'slot', ...slot }),
    ),
    readNumbers: foreign(({ services, access, a }) =>
      services.recipientLists.readNumbers(access, documentOf(access, a), 10),
    ),
    fillSlot: foreign(({ services, access, a }) =>
      services.recipientLists.fillSlot(
        access,
        { userId: null, slot: 3 },
        { ...change, isUpdated: false, source: documentOf(access, a) },
      ),
    ),
  },
  oneTimeCodes: {
    send: own(({ services, access }) =>
      services.oneTimeCodes.send(access, {
        alphabet: {
          ...{ digits: true, upperCase: false, lowerCase: false, specialChars: false },
          withoutConfusing: false,
        },
        ...{ length: 6, validityMs: 1_000, maxWrongAttempts: 3, recipientIp: null, text: 'Code {code}' },
        renderTime: () => '',
        message: { ...order, recipients: [{ number: '+33612340004' }] },
      }),
    ),
    check: foreign(async ({ services, access, a }) => {
      const claim = { code: '0', isNumber: false, number: '+33612340004', recipientIp: null };
      const verdict = await services.oneTimeCodes.check(access, { ...claim, token: a.codeToken });
      return verdict.kind === 'unknown' ? null : verdict;
    }),
  },
  pendingMessages: {
    list: foreign(({ services, access, a }) =>
      entryOf(services.pendingMessages.list(access, {}), (id) => id === a.pendingId),
    ),
    cancel: foreign(({ services, access, a }) => services.pendingMessages.cancel(access, a.pendingId)),
  },
  reportMails: {
    send: own(({ services, access }) =>
      services.reportMails.send(access, { recipient: 'a@example.com', subject: 'report', text: 'report' }),
    ),
  },
  accounts: {
    read: exempt('returns the account of the access value'),
    listOwn: foreign(({ services, access, a }) =>
      entryOf(services.accounts.listOwn(access), ({ id }) => id === a.account.id),
    ),
    createdAtMs: exempt('returns a fact of the account of the access value'),
    readPerson: exempt('returns a fact of the account of the access value'),
    editParameters: own(({ services, access }) => services.accounts.editParameters(access, change)),
    setApproval: own(({ services, access }) => services.accounts.setApproval(access, null)),
    editOptions: own(({ services, access }) => services.accounts.editOptions(access, {})),
  },
  subAccounts: {
    create: own(({ services, access }) => services.subAccounts.create(access, { firstName: 'Grace' })),
    read: foreign(({ services, access, a }) => services.subAccounts.read(access, a.childLogin)),
    readInfo: foreign(({ services, access, a }) => services.subAccounts.readInfo(access, a.childLogin)),
    edit: foreign(({ services, access, a }) =>
      services.subAccounts.edit(access, a.childLogin, { firstName: 'Grace' }),
    ),
  },
  senders: {
    list: foreign(({ services, access, a }) =>
      entryOf(services.senders.list(access), ({ name }) => name === a.sender),
    ),
    read: foreign(({ services, access, a }) => services.senders.read(access, a.sender)),
    listEnabledNames: foreign(({ services, access, a }) =>
      entryOf(services.senders.listEnabledNames(access), (name) => name === a.sender),
    ),
    statusOf: foreign(({ services, access, a }) => services.senders.statusOf(access, a.sender)),
    hasReplyNumbers: exempt(isPublic),
    request: own(({ services, access }) =>
      services.senders.request(
        access,
        access,
        { sender: { name: 'Other', type: 'alpha' }, description: '', reason: 'our name' },
        async () => {},
      ),
    ),
    addDocument: foreign(({ services, access, a }) =>
      services.senders.addDocument(access, a.sender, {
        ...{ documentId: a.documentId, name: 'proof', description: null, createdAtMs: nowMs },
      }),
    ),
    listDocuments: foreign(({ services, access, a }) => services.senders.listDocuments(access, a.sender)),
    editDocument: foreign(({ services, access, a }) =>
      services.senders.editDocument(access, { sender: a.sender, documentId: a.documentId }, { name: 'new' }),
    ),
    edit: foreign(({ services, access, a }) => services.senders.edit(access, a.sender, change)),
    confirm: own(({ services, access, a }) => services.senders.confirm(access, a.sender, '123456')),
    listOwnNumbers: foreign(({ services, access, a }) =>
      entryOf(services.senders.listOwnNumbers(access), ({ number }) => number === a.number),
    ),
    listAllNumbers: foreign(({ services, access, a }) =>
      entryOf(services.senders.listAllNumbers(access), ({ number }) => number === a.number),
    ),
    remove: foreign(({ services, access, a }) => services.senders.remove(access, a.sender)),
  },
  templates: {
    list: foreign(({ services, access }) => services.templates.list(access)),
    read: foreign(({ services, access }) => services.templates.read(access, 'welcome')),
    create: own(({ services, access }) =>
      services.templates.create(access, {
        ...{ name: 'other', activity: 'alerting', message: 'Hello', description: '', reason: '' },
      }),
    ),
    edit: foreign(({ services, access }) => services.templates.edit(access, 'welcome', change)),
    resubmit: own(({ services, access }) =>
      services.templates.resubmit(access, 'welcome', { message: 'Hello', description: '' }),
    ),
    remove: foreign(({ services, access }) => services.templates.remove(access, 'welcome')),
  },
  users: {
    list: foreign(({ services, access, a }) =>
      entryOf(services.users.list(access), (login) => login === a.secondUser),
    ),
    read: foreign(({ services, access, a }) => services.users.read(access, a.secondUser)),
    create: own(({ services, access }) => services.users.create(access, 'another', 'Secret12')),
    edit: foreign(({ services, access, a }) =>
      services.users.edit(access, a.secondUser, { password: 'Secret34' }),
    ),
    remove: foreign(({ services, access, a }) => services.users.remove(access, a.secondUser)),
  },
  ovhKeys: {
    createApplication: own(({ services, access }) =>
      services.ovhKeys.createApplication(access, { name: 'shop', description: '' }),
    ),
    createToken: own(({ services, access }) =>
      services.ovhKeys.createToken(access, {
        ...{ name: 'token', description: '', rules: [], allowedIps: [], lifetimeMs: null },
      }),
    ),
    request: exempt('requests access by the key of an application; an account validates it'),
    readRequest: exempt(authenticates),
    validate: exempt('gives access to the account of the access value'),
    refuse: exempt(authenticates),
    listApplications: foreign(({ services, access, a }) =>
      entryOf(services.ovhKeys.listApplications(access), (id) => id === a.applicationId),
    ),
    readApplication: foreign(({ services, access, a }) =>
      services.ovhKeys.readApplication(access, a.applicationId),
    ),
    list: foreign(({ services, access, a }) =>
      entryOf(services.ovhKeys.list(access), ({ id }) => id === a.consumerKeyIds[0]),
    ),
    read: foreign(({ services, access, a }) => services.ovhKeys.read(access, a.consumerKeyIds[0]!)),
    restrict: foreign(({ services, access, a }) =>
      services.ovhKeys.restrict(access, a.consumerKeyIds[0]!, ['192.0.2.0/24']),
    ),
    drop: foreign(({ services, access, a }) => services.ovhKeys.drop(access, a.consumerKeyIds[0]!)),
    end: foreign(({ services, access, a }) => services.ovhKeys.end(access, a.consumerKeyIds[1]!)),
    dropApplication: foreign(({ services, access, a }) =>
      services.ovhKeys.dropApplication(access, a.applicationId),
    ),
  },
  credit: {
    read: exempt('returns the credit of the account of the access value'),
    creditPriceMicros: exempt('returns the price of the account of the access value'),
    move: exempt('names both accounts by access values'),
  },
  orders: {
    quote: exempt('prices an order of the account of the access value'),
    place: own(({ services, access }) => services.orders.place(access, 100)),
    read: exempt(authenticates),
  },
  invoices: {
    list: foreign(({ services, access, a }) =>
      entryOf(services.invoices.list(access, newest), ({ number }) => number === a.invoiceNumber),
    ),
    read: foreign(({ services, access, a }) => services.invoices.read(access, a.invoiceNumber)),
  },
  accountStatements: {
    read: exempt('returns the figures of the account of the access value'),
  },
  publicPrices: {
    priceMicros: exempt(isPublic),
    creditPriceMicros: exempt(isPublic),
    priceList: exempt(isPublic),
  },
  contacts: {
    keep: own(({ services, access }) =>
      services.contacts.keep(access, {
        contacts: [{ number: '+33612340001', firstName: 'Grace', lastName: null, params: [] }],
        ...{ join: [], leave: [contactListOrder.group], overwrites: true, skipsOptedOut: false },
      }),
    ),
    createGroup: own(({ services, access }) =>
      services.contacts.createGroup(access, { kind: 'list', name: 'clients' }),
    ),
    drop: own(({ services, access }) =>
      services.contacts.drop(access, ['+33612340001'], { kind: 'tag', name: 'vip' }),
    ),
    clearGroup: own(({ services, access }) =>
      services.contacts.clearGroup(access, contactListOrder.group, true),
    ),
    dropGroup: foreign(({ services, access }) =>
      services.contacts.dropGroup(access, { kind: 'tag', name: 'vip' }),
    ),
  },
  phonebooks: {
    list: foreign(({ services, access }) => services.phonebooks.list(access)),
    create: own(({ services, access }) => services.phonebooks.create(access, 'others')),
    read: foreign(({ services, access, a }) => services.phonebooks.read(access, a.phonebook)),
    listContacts: foreign(({ services, access, a }) => services.phonebooks.listContacts(access, a.phonebook)),
    readContact: foreign(({ services, access, a }) =>
      services.phonebooks.readContact(access, a.phonebook, a.contactId),
    ),
    render: foreign(async ({ services, access, a }) =>
      (await textOf(services.phonebooks.render(access, a.phonebook))).includes(contact.surname),
    ),
    addContact: foreign(({ services, access, a }) =>
      services.phonebooks.addContact(access, a.phonebook, contact),
    ),
    editContact: foreign(({ services, access, a }) =>
      services.phonebooks.editContact(access, a.phonebook, { ...contact, id: a.contactId, name: 'changed' }),
    ),
    import: foreign(({ services, access, a }) =>
      services.phonebooks.import(access, a.phonebook, csv(), null),
    ),
    rename: foreign(({ services, access, a }) => services.phonebooks.rename(access, a.phonebook, 'renamed')),
    dropContact: foreign(({ services, access, a }) =>
      services.phonebooks.dropContact(access, a.phonebook, a.contactId),
    ),
    drop: foreign(({ services, access, a }) => services.phonebooks.drop(access, a.phonebook)),
  },
  recipientSlots: {
    list: foreign(({ services, access }) => services.recipientSlots.list(access, null)),
    read: foreign(({ services, access }) => services.recipientSlots.read(access, slot)),
    open: foreign(({ services, access }) => services.recipientSlots.open(access, slot)),
    edit: foreign(({ services, access }) => services.recipientSlots.edit(access, slot, change)),
    empty: foreign(({ services, access }) => services.recipientSlots.empty(access, slot)),
  },
  slotCleanings: {
    order: foreign(({ services, access }) =>
      services.slotCleanings.order(access, { userId: null, slot: 2 }, { looksUp: false, isQuote: true }),
    ),
    list: foreign(({ services, access }) => services.slotCleanings.list(access, null)),
    read: foreign(({ services, access, a }) => services.slotCleanings.read(access, a.cleaningId)),
  },
  exports: {
    order: foreign(({ services, access, a }) =>
      services.exports.order(access, 'sent', {}, { customer: access, id: a.documentId }),
    ),
  },
  documents: {
    create: own(({ services, access }) =>
      services.documents.create(access, { kind: 'personal', name: 'own' }),
    ),
    list: foreign(({ services, access, a }) =>
      entryOf(services.documents.list(access), (id) => id === a.documentId),
    ),
    read: foreign(({ services, access, a }) => services.documents.read(access, a.documentId)),
    open: foreign(({ services, access, a }) => services.documents.open(access, a.documentId)),
    openAddress: exempt(authenticates),
    findToWrite: exempt(authenticates),
    write: exempt('writes a document that findToWrite returned'),
    setExpiry: foreign(({ services, access, a }) =>
      services.documents.setExpiry(access, a.documentId, nowMs + 1_000_000),
    ),
    remove: foreign(({ services, access, a }) => services.documents.remove(access, a.documentId)),
  },
  history: {
    list: foreign(({ services, access, a }) =>
      entryOf(
        services.history.list(access, {}, () => true),
        (id) => id === a.messageId,
      ),
    ),
    listIds: foreign(({ services, access, a }) =>
      entryOf(services.history.listIds(access, {}), (id) => id === a.messageId),
    ),
    read: foreign(({ services, access, a }) => services.history.read(access, a.messageId, {})),
    hide: foreign(({ services, access, a }) => services.history.hide(access, a.messageId, {})),
  },
  messages: {
    list: foreign(async ({ services, access, a }) => {
      const filter = { ...everyMessage, campaignId: a.scheduledId };
      return (await services.messages.list(access, filter, { after: null, limit: 10 })).messages;
    }),
    read: foreign(({ services, access, a }) => services.messages.read(access, a.messageId)),
    readCampaign: foreign(({ services, access, a }) => services.messages.readCampaign(access, a.scheduledId)),
    readNumber: foreign(async ({ services, access, a }) => {
      const { isOptedOut } = await services.messages.readNumber(access, a.optedOut);
      return isOptedOut;
    }),
  },
  campaignReports: {
    list: foreign(async ({ services, access, a }) => {
      const filter = { ...everyMessage, part: null, states: null, withSingles: true };
      const page = { afterId: null, limit: 200 };
      const { campaigns } = await services.campaignReports.list(access, filter, page);
      return campaigns.filter(({ campaignId }) => campaignId === a.pausedId);
    }),
    count: foreign(({ services, access, a }) => services.campaignReports.count(access, [a.pausedId])),
    read: foreign(({ services, access, a }) => services.campaignReports.read(access, a.pausedId)),
    report: foreign(({ services, access, a }) => services.campaignReports.report(access, a.pausedId)),
    listReplies: foreign(({ services, access, a }) =>
      services.campaignReports.listReplies(access, a.sentId, { beforeId: 2 ** 40, limit: 10 }),
    ),
    countSkipped: foreign(({ services, access, a }) =>
      services.campaignReports.countSkipped(access, a.pausedId),
    ),
    listSkipped: foreign(({ services, access, a }) =>
      services.campaignReports.listSkipped(access, a.pausedId, { offset: 0, limit: 10, reason: null }),
    ),
    listRows: foreign(({ services, access, a }) =>
      services.campaignReports.listRows(access, a.pausedId, { afterId: 0, limit: 10 }),
    ),
  },
  inbox: {
    list: foreign(({ services, access }) => services.inbox.list(access, {})),
    read: foreign(({ services, access, a }) => services.inbox.read(access, a.replyId, {})),
    hide: foreign(({ services, access, a }) => services.inbox.hide(access, a.replyId, {})),
  },
  optOuts: {
    list: foreign(({ services, access }) => services.optOuts.list(access, {})),
    read: foreign(({ services, access, a }) => services.optOuts.read(access, a.optedOut)),
    listPage: foreign(({ services, access }) =>
      services.optOuts.listPage(access, { after: 0, msisdn: null, limit: 10 }),
    ),
    removeFor: foreign(({ services, access, a }) =>
      services.optOuts.removeFor(access, a.optedOutToo, 'asked again'),
    ),
    enter: own(({ services, access, a }) => services.optOuts.enter(access, [a.optedOut + 1], 'by phone')),
    remove: foreign(({ services, access, a }) => services.optOuts.remove(access, a.optedOut)),
  },
  numberLookups: {
    lookUp: own(({ services, access }) =>
      services.numberLookups.lookUp(access, { numbers: ['+33612340007'], dryRun: false }),
    ),
    priceMicros: exempt(isPublic),
    order: own(({ services, access }) => services.numberLookups.order(access, ['+33612340010'])),
    list: foreign(({ services, access, a }) =>
      entryOf(services.numberLookups.list(access), (id) => id === a.lookupId),
    ),
    read: foreign(({ services, access, a }) => services.numberLookups.read(access, a.lookupId)),
    find: foreign(({ services, access, a }) => services.numberLookups.find(access, a.lookedUp)),
  },
  news: {
    read: exempt(isPublic),
    list: exempt(ofOperator),
    publish: exempt(ofOperator),
    remove: exempt(ofOperator),
  },
  ignoredMails: { record: exempt(ofOperator), list: exempt(ofOperator) },
  // Last: an open transfer blocks submissions.
  transfers: {
    open: foreign(async ({ services, access, a }) => {
      transferToken = await services.transfers.open(access, a.childLogin);
      return transferToken;
    }),
    transfer: foreign(({ services, access }) =>
      services.transfers.transfer(access, {
        token: transferToken,
        amount: () => 1_000_000n,
        recipientEmail: null,
      }),
    ),
  },
};

function documentOf(access: AccountAccess, { documentId: id }: ObjectsOfAccount) {
  return { kind: 'document', uploader: access, id } as const;
}

let rows: TestRows;
let set: TestServices;
let a: Party;
let b: Party;
let objects: ObjectsOfAccount;

before(async () => {
  rows = await TestRows.open();
  set = await openServices(rows);
  a = await openParty(set, 'a');
  b = await openParty(set, 'b');
  objects = await createObjects(set, a);
});

after(async () => {
  await set.stop();
  await rows[Symbol.asyncDispose]();
});

const absent: readonly unknown[] = [null, false, 'unknown', 'wrong', 'not-allowed'];

type Outcome = 'absent' | 'silent' | 'found';

async function outcomeOf(call: Call, party: Party): Promise<{ outcome: Outcome; detail: string }> {
  try {
    const result = await call({ ...party, services: set.services, a: objects });
    if (absent.includes(result) || (Array.isArray(result) && result.length === 0))
      return { outcome: 'absent', detail: String(result) };
    return { outcome: result === undefined ? 'silent' : 'found', detail: typeof result };
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    return { outcome: 'absent', detail: `refused: ${error.refusal.reason} ${error.message}` };
  }
}

const entries = Object.entries(table).flatMap(([service, methods]) =>
  Object.entries<Entry>(methods).map(([method, entry]) => [`${service}.${method}`, entry] as const),
);

test('every method of every service has an entry', () => {
  const { operator: _refused, ...ofAccounts } = set.services;
  const methods = Object.entries(ofAccounts).flatMap(([service, members]) =>
    Object.keys(members).map((method) => `${service}.${method}`),
  );
  assert.deepEqual(entries.map(([name]) => name).sort(), methods.sort());
});

for (const [name, { kind, call }] of entries) {
  if (call === undefined) continue;
  test(`${name}: another account ${kind === 'foreign' ? 'finds nothing and ' : ''}changes nothing`, async () => {
    const before = await readRowsOf(rows.query, a.account.id);
    const { outcome, detail } = await outcomeOf(call, b);
    if (kind === 'foreign') assert.notEqual(outcome, 'found', detail);
    assert.deepEqual(await readRowsOf(rows.query, a.account.id), before);
    if (kind === 'own') return;
    const byA = await outcomeOf(call, a);
    if (byA.outcome === 'silent') assert.notDeepEqual(await readRowsOf(rows.query, a.account.id), before);
    else assert.equal(byA.outcome, 'found', `of the account itself: ${byA.detail}`);
  });
}
