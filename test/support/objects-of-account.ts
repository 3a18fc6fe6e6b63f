// One object of each kind in an account, made by the services as its customer does. Used by the test of isolation. For tests
// only.
import assert from 'node:assert/strict';
import type { Account } from '../../src/domain/account/account.ts';
import type { BatchOrder } from '../../src/domain/campaign/batch.ts';
import type { CompositionContent } from '../../src/domain/campaign/composition.ts';
import type { ContactListOrder } from '../../src/domain/campaign/contact-list-campaign.ts';
import { buyerOf, type Issuer } from '../../src/domain/money/invoices.ts';
import type { AccountAccess, MemberAccess } from '../../src/operations/access/access.ts';
import { grantAccount, grantMember } from '../../src/operations/access/grant.ts';
import { type CreatedAccount, createAccount } from '../../src/operations/operator/accounts/create-account.ts';
import { insertSession } from '../../src/store/accounts/member-sessions.ts';
import { insertMember, setRoleOfMember } from '../../src/store/accounts/members.ts';
import type { Query } from '../../src/store/database/database.ts';
import { insertInvoice } from '../../src/store/money/invoices.ts';
import { setLookupPrice } from '../../src/store/money/lookup-prices.ts';
import { assignNumber, insertReplyNumber } from '../../src/store/platform/reply-numbers.ts';
import { nowMs, plainOrder } from './rows.ts';
import { type TestServices, testSeal } from './service-set.ts';

const hour = 3_600_000;
const by = { actor: 'test', address: null };

/** A customer with an account: its keys, and its access by a key and by a person. */
export interface Party {
  readonly keys: CreatedAccount;
  readonly account: Account;
  readonly access: AccountAccess;
  readonly signedIn: MemberAccess;
}

export async function openParty({ context }: TestServices, name: string): Promise<Party> {
  const { database, clock } = context;
  const keys = await createAccount(
    { database, clock, seal: testSeal },
    { email: `${name}@example.com`, name, creditMicros: 1_000_000_000n, callbackUrl: null },
  );
  assert.ok(keys);
  const { account } = keys;
  const { query } = database;
  const member = await insertMember(
    query,
    { email: `person@${name}.example`, name, isOperator: false, passwordHash: null },
    nowMs,
  );
  assert.ok(member);
  await setRoleOfMember(query, { memberId: member.id, accountId: account.id, role: 'owner' }, nowMs);
  const session = { id: 0, createdAtMs: nowMs, isLong: false, canSetPassword: false, showsNumbersOf: null };
  return {
    ...{ keys, account },
    access: grantAccount(account, by, 'owner'),
    signedIn: grantMember(member, session, by),
  };
}

export const order = { ...plainOrder, dialect: 'octopush-rest', dryRun: false } as const;
export const batchOrder: BatchOrder = { ...plainOrder, dialect: 'ovh', sendAtMs: nowMs + hour };
export const contactListOrder: ContactListOrder = {
  ...{ ...order, sendAtMs: nowMs + hour },
  group: { kind: 'list', name: 'clients' },
};
export const composed: CompositionContent = {
  ...{ name: null, sender: null, purpose: 'transactional', tier: 'premium', withReplies: false },
  ...{ typed: '+33612340001', groups: [], file: null, skipsRefused: false, text: 'composed' },
  ...{ sendAtMs: nowMs + hour, validityMinutes: null, tag: null },
};
export const contact = {
  ...{ name: 'friend', surname: 'secret', group: 'none' },
  ...{ homeMobile: '+33612340005', homePhone: null, workMobile: null, workPhone: null },
};

async function* csv() {
  yield Buffer.from('number\n+33612340001\n+33612340002\n');
}

/** Ids of the objects of an account, and the answered look-up of `msisdn`. */
export type ObjectsOfAccount = Awaited<ReturnType<typeof createObjects>>;

export async function createObjects(set: TestServices, party: Party) {
  return {
    ...party.keys,
    ...(await createMessages(set, party)),
    ...(await createCampaigns(set, party)),
    ...(await createLists(set, party)),
    ...(await createAccountObjects(set, party)),
  };
}

async function createMessages({ services, context: { database } }: TestServices, { access, account }: Party) {
  const { query } = database;
  const to = (number: string) => [{ number }];
  const sent = await services.submissions.submit(access, { ...order, recipients: to('+33612340001') });
  const scheduled = await services.submissions.submit(access, {
    ...order,
    recipients: to('+33612340002'),
    sendAtMs: nowMs + hour,
  });
  const paused = await services.submissions.submit(access, {
    ...order,
    recipients: [...to('+33612340011'), ...to('+33612340012'), ...to('12')],
    sendAtMs: nowMs + hour,
  });
  const pending = await services.submissions.submit(access, {
    ...order,
    recipients: to('+33612340003'),
    sendAtMs: nowMs + hour,
  });
  const codeToken = await services.oneTimeCodes.send(access, {
    ...{ alphabet: digitsOnly, length: 6, validityMs: hour, maxWrongAttempts: 3, recipientIp: null },
    ...{ text: 'Code {code}', renderTime: () => '' },
    message: { ...order, recipients: to('+33612340004') },
  });
  const [reply] = await query<{ id: number }>(
    `insert into replies (bucket, account_id, connector_id, msisdn, recipient, text, is_opt_out, at, campaign_id)
     values ($1, $2, 1, 33612340001, '36180', 'STOP', true, now(), $3) returning id`,
    [account.bucket, account.id, sent.campaignId],
  );
  await query(
    `insert into opt_outs (bucket, account_id, msisdn, at, reply_id)
     values ($1, $2, 33612340009, now(), $3), ($1, $2, 33612340019, now(), null)`,
    [account.bucket, account.id, reply!.id],
  );
  const [attempt] = await query<{ id: number; callback_id: number }>(
    `insert into callback_attempts (bucket, account_id, callback_id, attempt, at, done_ids, failed_ids, http_status,
       error, gave_up)
     values ($1, $2, 7000000 + $2, 1, now(), '{}', array[$3::bigint], 500, 'HTTP 500', true) returning id, callback_id`,
    [account.bucket, account.id, sent.firstMessageId],
  );
  const [key] = await query<{ id: number }>(
    `insert into credentials (account_id, dialect, identifier, secret_sha256, created_at)
     values ($1, 'octopush', 'second', '\\x00', now()) returning id`,
    [account.id],
  );
  return {
    attemptId: attempt!.id,
    callbackId: attempt!.callback_id,
    keyId: `octopush-${key!.id}`,
    messageId: sent.firstMessageId!,
    sentId: sent.campaignId!,
    scheduledId: scheduled.campaignId!,
    pausedId: paused.campaignId!,
    pendingId: pending.firstMessageId!,
    codeToken,
    replyId: reply!.id,
    optedOut: 33_612_340_009,
    optedOutToo: 33_612_340_019,
  };
}

const digitsOnly = {
  ...{ digits: true, upperCase: false, lowerCase: false, specialChars: false },
  withoutConfusing: false,
};

async function createCampaigns({ services, jobs }: TestServices, { access }: Party) {
  const recipients = [{ number: '+33612340001' }];
  for (const name of ['to send', 'to drop'])
    await services.campaignDrafts.addPart(access, name, { ...order, recipients }, true);
  const [batch, ended] = await Promise.all(
    ['batch', 'ended'].map((name) =>
      services.batches.create(access, { name, order: batchOrder, to: { receivers: ['+33612340001'] } }),
    ),
  );
  await services.batches.cancel(access, ended!.id);
  assert.ok(await services.cannedTexts.save(access, 'hours', 'We open at nine.'));
  await services.contacts.keep(access, {
    contacts: [{ number: '+33612340001', firstName: 'Ada', lastName: 'Byron', params: [] }],
    join: [contactListOrder.group, { kind: 'tag', name: 'vip' }],
    ...{ leave: [], overwrites: true, skipsOptedOut: false },
  });
  const listCampaignId = await services.contactListCampaigns.create(access, contactListOrder);
  const cancelledId = await services.contactListCampaigns.create(access, contactListOrder);
  await jobs.prepareContactListCampaigns();
  const { id: compositionId } = (await services.compositions.create(access, composed))!;
  const { id: estimateId } = (await services.compositions.estimate(access, compositionId))!;
  const { id: askedId } = (await services.compositions.create(access, composed))!;
  const { id: askedEstimateId } = (await services.compositions.estimate(access, askedId))!;
  const asked = { id: askedId, estimateId: askedEstimateId, note: '' };
  assert.equal(await services.compositions.askApproval(access, asked), 'asked');
  const { id: removedCompositionId } = (await services.compositions.create(access, composed))!;
  return {
    ...{ batchId: batch!.id, endedBatchId: ended!.id, listCampaignId, cancelledId },
    ...{ compositionId, estimateId, removedCompositionId, asked },
  };
}

async function createLists({ services }: TestServices, { access }: Party) {
  const document = (await services.documents.create(access, { kind: 'personal', name: 'list.csv' }))!;
  assert.equal(typeof (await services.documents.write(document, csv())), 'number');
  const source = { kind: 'document', uploader: access, id: document.id } as const;
  for (const slot of [1, 2])
    await services.recipientLists.fillSlot(
      access,
      { userId: null, slot },
      { description: 'clients', isUpdated: false, source },
    );
  const cleaning = await services.slotCleanings.order(
    access,
    { userId: null, slot: 2 },
    { looksUp: false, isQuote: false },
  );
  assert.ok(cleaning !== null && cleaning !== 'busy');
  const phonebook = (await services.phonebooks.create(access, 'friends'))!;
  const contactId = (await services.phonebooks.addContact(access, phonebook, contact))!;
  return { documentId: document.id, cleaningId: cleaning.id!, phonebook, contactId };
}

async function createAccountObjects(set: TestServices, { access, account, signedIn }: Party) {
  const { services, jobs, context } = set;
  const { query } = context.database;
  const child = await services.subAccounts.create(access, { firstName: 'Ada', lastName: 'Byron' });
  const sender = { name: 'Secret', type: 'alpha' } as const;
  const request = { sender, description: 'shop', reason: 'our name' };
  await services.senders.request(access, access, request, async () => {});
  const number = { number: '33756780001', kind: 'virtual', countries: [] } as const;
  await insertReplyNumber(query, number, nowMs);
  await assignNumber(query, number.number, account.id);
  await services.templates.create(access, {
    ...{ name: 'welcome', activity: 'alerting', message: 'Hello', description: '', reason: '' },
  });
  await services.users.create(access, 'deskuser', 'Secret12');
  const application = await services.ovhKeys.createApplication(access, { name: 'shop', description: '' });
  const token = await services.ovhKeys.createToken(access, {
    ...{ name: 'token', description: '', rules: [], allowedIps: [], lifetimeMs: null },
  });
  assert.ok(application && token);
  const applications = await services.ovhKeys.listApplications(access);
  const consumerKeys = await services.ovhKeys.list(access);
  await setLookupPrice(query, '*', 10_000n);
  const [lookupId] = (await services.numberLookups.order(access, ['+33612340007'])).ids;
  await jobs.processLookupOrders();
  const invitation = await services.members.invite(access, { email: 'new@example.com', role: 'viewer' });
  const memberId = await insertViewer(query, account);
  const session = { memberId: signedIn.member.id, isComplete: true, isLong: false, canSetPassword: false };
  const device = { expiresAtMs: nowMs + hour, address: '192.0.2.1', agent: 'test' };
  await insertSession(query, { ...session, ...device, tokenSha256: Buffer.alloc(32) }, nowMs);
  const [ownSession] = await services.profile.listSessions(signedIn);
  return {
    ...{ childLogin: child.login, sender: sender.name, number: number.number, secondUser: 'deskuser' },
    ...{ applicationId: applications[0]!, consumerKeyIds: consumerKeys.map(({ id }) => id) },
    ...{ lookupId: lookupId!, lookedUp: 33_612_340_007 },
    ...{ invitationId: invitation.id, memberId, sessionId: ownSession!.id },
    invoiceNumber: await insertPaidInvoice(query, account),
  };
}

async function insertPaidInvoice(query: Query, account: Account): Promise<string> {
  const { number } = await insertInvoice(query, {
    ...{ accountId: account.id, kind: 'invoice', number: `INV-${account.id}`, issuedOn: '2026-11-30' },
    ...{ issuedAtMs: nowMs, orderId: account.id, invoiceNumber: null, reason: null, quantity: 100 },
    ...{ originalMicros: 5_000_000n, discountPercent: 0, withoutTaxMicros: 5_000_000n, vatPercent: 20 },
    ...{ taxMicros: 1_000_000n, creditMicros: 5_000_000n, paidAtMs: nowMs },
    issuer: anIssuer,
    buyer: buyerOf(account),
  });
  return number;
}

/** The issuer of invoices in tests. */
export const anIssuer: Issuer = {
  name: 'Telegraph SAS',
  address: ['1 rue des Signaux', '75009 Paris'],
  registration: 'SIREN 000 000 000',
  vatNumber: 'FR00000000000',
  mentions: [],
  timeZone: 'Europe/Paris',
  invoicePrefix: 'INV-',
  creditNotePrefix: 'CN-',
};

async function insertViewer(query: Query, account: Account): Promise<number> {
  const email = `viewer@${account.serviceName}.example`;
  const viewer = await insertMember(
    query,
    { email, name: 'viewer', isOperator: false, passwordHash: null },
    nowMs,
  );
  await setRoleOfMember(query, { memberId: viewer!.id, accountId: account.id, role: 'viewer' }, nowMs);
  return viewer!.id;
}
