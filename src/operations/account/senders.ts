// The senders of an account: requested, reviewed by the operator if configured, disabled and enabled. With reviews, a long
// number is enabled only after its owner has given the code that was sent to it.
import type { Account } from '#domain/account/account.ts';
import {
  availableSenders,
  type ReviewPolicy,
  type ReviewStatus,
  readSenderName,
  type Sender,
  type SenderDocument,
  type SenderName,
} from '#domain/account/sender.ts';
import type { AssignedNumber, ReplyNumber } from '#domain/plan/reply-numbers.ts';
import { hashCode, isSameHash, newSalt, randomWord } from '#lib/security/secrets.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { auditChange } from '#operations/access/audit-change.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import { listAccountsOf } from '#store/accounts/accounts.ts';
import {
  deleteSender,
  findSender,
  insertSender,
  insertSenderDocument,
  listEnabledSenders,
  listSenderDocuments,
  listSenders,
  takeCodeTry,
  updateSender,
  updateSenderDocument,
} from '#store/accounts/senders.ts';
import type { Query } from '#store/database/database.ts';
import { isNumberOfOurs, isOwnNumber, listNumbersOf } from '#store/platform/reply-numbers.ts';

type Needs = Pick<Context, 'database' | 'clock'>;

interface SenderOrder {
  readonly sender: SenderName;
  readonly description: string;
  readonly reason: string;
}

/** Sends a code to a number. An exception cancels the request for the sender. */
type SendCode = (number: string, code: string) => Promise<void>;

interface SenderChange {
  readonly description?: string | undefined;
  readonly status?: ReviewStatus | undefined;
}

export interface Senders {
  list(access: AccountAccess): Promise<readonly Sender[]>;
  read(access: AccountAccess, name: string): Promise<Sender | null>;
  /** The names of at most two enabled senders: enough to know whether there is exactly one. */
  listEnabledNames(access: AccountAccess): Promise<readonly string[]>;
  /** Finds a sender as a customer wrote it. */
  statusOf(access: AccountAccess, sender: string): Promise<SenderStatus>;
  /** Whether the platform has reply numbers. */
  hasReplyNumbers(): boolean;
  /**
   * Inserts the sender as `enabled` or `waiting`, depending on the review policy. Null if the account has it already, or
   * it is a number of the platform. `customer` is the account whose keys made the call. An exception of `sendCode` cancels
   * the request.
   */
  request(
    access: AccountAccess,
    customer: AccountAccess,
    order: SenderOrder,
    sendCode: SendCode,
  ): Promise<Sender | null>;
  edit(
    access: AccountAccess,
    name: string,
    change: SenderChange,
  ): Promise<'done' | 'not-allowed' | 'unknown'>;
  /** Confirms a number with the code that was sent to it. */
  confirm(access: AccountAccess, name: string, code: string): Promise<SenderVerdict>;
  /** False, here and below, for an unknown sender. */
  remove(access: AccountAccess, name: string): Promise<boolean>;
  listDocuments(access: AccountAccess, name: string): Promise<readonly SenderDocument[]>;
  addDocument(access: AccountAccess, name: string, document: SenderDocument): Promise<boolean>;
  editDocument(
    access: AccountAccess,
    document: { readonly sender: string; readonly documentId: string },
    change: { readonly name?: string | undefined; readonly description?: string | null | undefined },
  ): Promise<boolean>;
  /** The virtual numbers of the account. */
  listOwnNumbers(access: AccountAccess): Promise<readonly AssignedNumber[]>;
  /** The virtual numbers of the account and of its sub-accounts. */
  listAllNumbers(access: AccountAccess): Promise<readonly AssignedNumber[]>;
}

export interface SenderNeeds {
  readonly review: ReviewPolicy;
  readonly replyNumbers: () => readonly ReplyNumber[];
}

export function createSenders(context: Needs, { review, replyNumbers }: SenderNeeds): Senders {
  const { query } = context.database;
  return {
    list: async (access) => listSenders(query, authorize(access, 'senders.read')),
    read: async (access, name) => findSender(query, authorize(access, 'senders.read'), name),
    listEnabledNames: async (access) => listEnabledSenders(query, authorize(access, 'senders.read'), 2),
    statusOf: async (access, sender) => senderStatusOf(context, authorize(access, 'senders.read'), sender),
    hasReplyNumbers: () => replyNumbers().length > 0,
    request: (access, customer, order, sendCode) =>
      requestSender({ ...context, review }, { access, customer }, order, sendCode),
    edit: (access, name, change) => editSender(context, access, name, change),
    confirm: (access, name, code) => confirmSender(context, access, name, code),
    async remove(access, name) {
      const account = authorize(access, 'senders.write');
      return context.database.transaction(async (inside) => {
        if (!(await deleteSender(inside, account, name))) return false;
        const change = { action: 'sender.removed', target: name };
        await auditChange(inside, access, change, context.clock.now());
        return true;
      });
    },
    listDocuments: async (access, name) =>
      listSenderDocuments(query, authorize(access, 'senders.read'), name),
    addDocument: async (access, name, document) =>
      insertSenderDocument(query, authorize(access, 'senders.write'), name, document),
    editDocument: async (access, document, change) =>
      updateSenderDocument(query, authorize(access, 'senders.write'), document, change),
    listOwnNumbers: async (access) => listNumbersOf(query, [authorize(access, 'senders.read').id]),
    async listAllNumbers(access) {
      const accounts = await listAccountsOf(query, authorize(access, 'senders.read').id);
      return listNumbersOf(
        query,
        accounts.map(({ id }) => id),
      );
    },
  };
}

const codeLength = 6;
const codeTries = 5;

interface Requester {
  readonly access: AccountAccess;
  readonly customer: AccountAccess;
}

async function requestSender(
  { database, clock, review }: Needs & Pick<SenderNeeds, 'review'>,
  { access, customer }: Requester,
  { sender, description, reason }: SenderOrder,
  sendCode: SendCode,
): Promise<Sender | null> {
  const account = authorize(access, 'senders.write');
  const mainAccount = authorize(customer, 'senders.write');
  const { query } = database;
  if (sender.type !== 'alpha' && (await isNumberOfOurs(query, digitsOf(sender.name)))) return null;
  const known = availableSenders(mainAccount).find(({ name }) => name === sender.name);
  const isEnabled = review === 'automatic' || known !== undefined;
  const code = !isEnabled && sender.type === 'numeric' ? randomWord('0123456789', codeLength) : null;
  const salt = newSalt();
  const wanted = {
    ...sender,
    referer: known?.referer ?? 'custom',
    status: isEnabled ? 'enabled' : 'waiting',
    description,
    reason,
    code: code === null ? null : { salt, hash: await hashCode(code, salt) },
    codeTries,
  } as const;
  const isNew = await database.transaction(async (inside) => {
    if (!(await insertSender(inside, account, wanted, clock.now()))) return false;
    const change = { action: 'sender.requested', target: sender.name };
    await auditChange(inside, access, change, clock.now());
    return true;
  });
  if (!isNew) return null;
  if (code !== null) await sendOrForget(query, account, () => sendCode(sender.name, code), sender.name);
  return findSender(query, account, sender.name);
}

async function sendOrForget(
  query: Query,
  account: Account,
  send: () => Promise<void>,
  name: string,
): Promise<void> {
  try {
    await send();
  } catch (error) {
    await deleteSender(query, account, name);
    throw error;
  }
}

type SenderVerdict = 'enabled' | 'wrong-code' | 'no-code' | 'unknown';

/** Checks the code that the customer received on that number. */
async function confirmSender(
  { database, clock }: Needs,
  access: AccountAccess,
  name: string,
  code: string,
): Promise<SenderVerdict> {
  const account = authorize(access, 'senders.write');
  const { query } = database;
  if ((await findSender(query, account, name)) === null) return 'unknown';
  const known = await takeCodeTry(query, account, name);
  if (known === null) return 'no-code';
  if (!isSameHash(await hashCode(code.trim(), known.salt), known.hash)) return 'wrong-code';
  return database.transaction(async (inside) => {
    const isDone = await updateSender(inside, account, name, { status: 'enabled' }, ['waiting']);
    if (!isDone) return 'unknown';
    await auditChange(inside, access, { action: 'sender.confirmed', target: name }, clock.now());
    return 'enabled';
  });
}

/** The customer can disable it, and enable it again if it was enabled before. */
const switches: Partial<Record<ReviewStatus, readonly ReviewStatus[]>> = {
  enabled: ['enabled', 'disabled'],
  disabled: ['enabled', 'disabled'],
};

async function editSender(
  { database, clock }: Needs,
  access: AccountAccess,
  name: string,
  change: SenderChange,
): Promise<'done' | 'not-allowed' | 'unknown'> {
  const account = authorize(access, 'senders.write');
  const { query } = database;
  const sender = await findSender(query, account, name);
  if (sender === null) return 'unknown';
  // A value that is sent back unchanged is no change.
  const status = change.status === sender.status ? undefined : change.status;
  const from = status === undefined ? [sender.status] : (switches[status] ?? []);
  const { description } = change;
  return database.transaction(async (inside) => {
    if (!(await updateSender(inside, account, name, { description, status }, from))) return 'not-allowed';
    await auditChange(inside, access, { action: 'sender.changed', target: name }, clock.now());
    return 'done';
  });
}

/** The status of a sender for an account. */
export type SenderStatus = 'name' | 'own-number' | 'not-enabled' | 'unknown';

/** Finds a sender as a customer wrote it: names are compared exactly, numbers as numbers. */
async function senderStatusOf(
  { database: { query } }: Pick<Context, 'database'>,
  account: Account,
  written: string,
): Promise<SenderStatus> {
  const read = readSenderName(written);
  if (read === null) return 'unknown';
  const sender = await findSender(query, account, read.name);
  if (read.type !== 'alpha' && (await isOwnNumber(query, account.id, digitsOf(read.name))))
    return 'own-number';
  if (sender === null) return 'unknown';
  return sender.status === 'enabled' ? 'name' : 'not-enabled';
}

const digitsOf = (number: string) => number.replace('+', '');
