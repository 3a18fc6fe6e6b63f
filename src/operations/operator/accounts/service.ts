// Accounts for the operator: details, credit, keys, closing. Used by `chappe account`.
// A notice (`accounts`) reports every change to running processes. Secrets are shown once; only hashes and sealed secrets are stored.
// Refuses, as OperatorRefusal: an unknown account or key, an amount that is not above 0 or not available, a missing note.

import type { Account } from '#domain/account/account.ts';
import type { Actor } from '#domain/base/audit.ts';
import { OperatorConflict, OperatorRefusal } from '#domain/base/operator-refusal.ts';
import { billingDifference } from '#domain/money/invoices.ts';
import { parseEuro } from '#domain/money/micros.ts';
import type { Seal } from '#lib/security/sealing.ts';
import { isEmail } from '#lib/text/email.ts';
import type { OperatorAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import { requireAccountNamed } from '#operations/access/find-account.ts';
import type { Context } from '#pipeline/context.ts';
import { type ListedKey, listAccountKeys, revokeAllKeys } from '#store/accounts/account-keys.ts';
import { setAccountStatus } from '#store/accounts/accounts.ts';
import type { Query } from '#store/database/database.ts';
import { notify } from '#store/database/notices.ts';
import { type Balance, readBalance } from '#store/money/ledger.ts';
import { insertAuditEntry } from '#store/platform/audit-entries.ts';
import { type CreatedAccount, createAccount } from './create-account.ts';
import { adjustCredit, euro, readAmount } from './credit.ts';
import { addKey, findKey, identifierOf, type NewKey, revokeKey } from './keys.ts';
import { readAccountSettings } from './setting-table.ts';
import { changeSettings } from './settings.ts';

export interface AccountDetails {
  readonly account: Account;
  readonly balance: Balance;
  readonly keys: readonly ListedKey[];
}

export interface OperatorAccounts {
  /** Creates an account with its first keys, which are returned only once. */
  create(access: OperatorAccess, order: NewAccount): Promise<CreatedAccount>;
  /** Access to the account, for an operator who acts for it. */
  find(access: OperatorAccess, name: string): Promise<Account>;
  /** `texts` by flag of setting-table.ts. Returns the service name, and the names of the changed settings. */
  set(
    access: OperatorAccess,
    name: string,
    texts: Readonly<Record<string, string>>,
  ): Promise<{ readonly account: string; readonly changed: readonly string[] }>;
  show(access: OperatorAccess, name: string): Promise<AccountDetails>;
  /** Revokes every key. Accepted messages are still sent, and all data is kept. False if it is closed already. */
  close(access: OperatorAccess, name: string, note: string | null): Promise<boolean>;
  addKey(access: OperatorAccess, name: string, dialect: string): Promise<NewKey>;
  /** `key` is an id of `show`, an OVH application key, a login of http2sms, or the leaked secret itself. Returns its id. */
  revokeKey(access: OperatorAccess, name: string, key: string): Promise<string>;
  addCredit(access: OperatorAccess, name: string, amount: string, note: string | null): Promise<Balance>;
  /** A correction; never below the credit that is held for messages and users. */
  takeCredit(access: OperatorAccess, name: string, amount: string, note: string): Promise<Balance>;
}

export interface NewAccount {
  readonly email: string;
  readonly name: string;
  /** In euro, such as `25.50`; undefined: none. */
  readonly credit: string | undefined;
  /** Callback address of receipts, replies and opt-outs. */
  readonly callbackUrl: string | null;
  /** The parent of this sub-account. */
  readonly parent: string | undefined;
}

export function createOperatorAccounts({
  database,
  clock,
  seal,
}: Pick<Context, 'database' | 'clock'> & { readonly seal: Seal }): OperatorAccounts {
  /** A change of one account in one transaction, with its entry in the audit trail. */
  async function change<T>(
    by: Actor,
    name: string,
    work: (query: Query, account: Account, nowMs: number) => Promise<Change<T>>,
  ): Promise<T> {
    return database.transaction(async (query) => {
      const account = await requireAccountNamed(query, name);
      const nowMs = clock.now();
      const { result, ...entry } = await work(query, account, nowMs);
      if (entry.action === null) return result;
      const { action, target = account.serviceName, before = null, after = null } = entry;
      await insertAuditEntry(query, { by, accountId: account.id, action, target, before, after }, nowMs);
      await notify(query, 'accounts');
      return result;
    });
  }

  return {
    async create(access, { email, name, credit, callbackUrl, parent: parentName }) {
      const by = authorize(access, 'accounts.write');
      if (!isEmail(email)) throw new OperatorRefusal(`"${email}" must be an e-mail address`);
      const creditMicros = credit === undefined ? 0n : parseEuro(credit);
      if (creditMicros === null)
        throw new OperatorRefusal(`"${credit}" must be an amount in euro such as 25.50`);
      const parent =
        parentName === undefined ? undefined : await requireAccountNamed(database.query, parentName);
      if (parent !== undefined && parent.parentId !== null)
        throw new OperatorRefusal(`${parentName} is a sub-account itself, and has none of its own`);
      const order = { by, email, name, creditMicros, callbackUrl, ...(parent && { parent }) };
      const created = await createAccount({ database, clock, seal }, order);
      if (created !== null) return created;
      throw new OperatorConflict(`there is an account with the e-mail ${email} already`);
    },

    async find(access, name) {
      authorize(access, 'accounts.read');
      return requireAccountNamed(database.query, name);
    },

    set: async (access, name, texts) =>
      change(authorize(access, 'accounts.write'), name, async (query, account) => {
        const { change: wanted, mistakes } = readAccountSettings(texts);
        if (mistakes.length > 0) throw new OperatorRefusal(...mistakes);
        const changed = await changeSettings(query, account, wanted);
        const result = { account: account.serviceName, changed };
        const billing = billingDifference(account.settings.billing, wanted.billing);
        return {
          result,
          action: 'account.changed',
          ...(billing && { before: { billing: billing.before } }),
          after: { changed, ...(billing && { billing: billing.after }) },
        };
      }),

    async show(access, name) {
      authorize(access, 'accounts.read');
      const { query } = database;
      const account = await requireAccountNamed(query, name);
      const [balance, keys] = await Promise.all([
        readBalance(query, account),
        listAccountKeys(query, account),
      ]);
      return { account, balance, keys };
    },

    close: async (access, name, note) =>
      change<boolean>(authorize(access, 'accounts.write'), name, async (query, account, nowMs) => {
        if (account.status === 'closed') return { result: false, action: null };
        await revokeAllKeys(query, account, nowMs);
        await setAccountStatus(query, account.id, 'closed');
        const before = { status: account.status };
        return { result: true, action: 'account.closed', before, after: { status: 'closed', note } };
      }),

    addKey: async (access, name, dialect) =>
      change(authorize(access, 'accounts.write'), name, async (query, account, nowMs) => {
        const key = await addKey(query, seal, account, dialect, nowMs);
        return { result: key, action: 'key.added', after: { dialect, identifier: identifierOf(key) } };
      }),

    revokeKey: async (access, name, written) =>
      change(authorize(access, 'accounts.write'), name, async (query, account, nowMs) => {
        const key = await findKey(query, account, written);
        await revokeKey(query, account, key, nowMs);
        const { id, dialect, identifier } = key;
        return { result: id, action: 'key.revoked', target: id, before: { dialect, identifier } };
      }),

    addCredit: async (access, name, amount, note) =>
      change(authorize(access, 'accounts.write'), name, async (query, account, nowMs) => {
        const added = { kind: 'top_up', micros: readAmount(amount), note } as const;
        return creditEntry(await adjustCredit(query, account, added, nowMs), 'credit.added', note);
      }),

    takeCredit: async (access, name, amount, written) =>
      change(authorize(access, 'accounts.write'), name, async (query, account, nowMs) => {
        const note = written.trim();
        if (note === '') throw new OperatorRefusal('the note is missing: say why with --note');
        const taken = { kind: 'adjustment', micros: -readAmount(amount), note } as const;
        return creditEntry(await adjustCredit(query, account, taken, nowMs), 'credit.taken', note);
      }),
  };
}

function creditEntry(
  { before, after }: { readonly before: Balance; readonly after: Balance },
  action: string,
  note: string | null,
): Change<Balance> {
  return {
    ...{ result: after, action },
    before: { balance: euro(before.balanceMicros) },
    after: { balance: euro(after.balanceMicros), note },
  };
}

interface Change<T> {
  readonly result: T;
  /** Null: nothing changed. */
  readonly action: string | null;
  readonly target?: string;
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
}
