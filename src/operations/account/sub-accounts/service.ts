// Sub-accounts of a customer: created, read, changed. Used by the Octopush dialects.
// Refusals: permission-missing, feature-unavailable, sub-accounts-too-many, transfer-recipient-foreign, option-invalid.
import type { Account, AccountSettings } from '#domain/account/account.ts';
import type { CallbacksChange } from '#domain/account/callback-urls.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { auditChange } from '#operations/access/audit-change.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import { type ContactPerson, findPerson, updatePerson } from '#store/accounts/accounts.ts';
import { createSubAccount } from './create-sub-account.ts';
import { readUserInfo, type UserInfo } from './read-user-info.ts';

export interface SubAccount extends ContactPerson {
  readonly account: Account;
}

export interface NewSubAccount extends Partial<ContactPerson> {
  readonly settings?: Partial<AccountSettings>;
  /** Checked like addresses that a customer sets. */
  readonly callbacks?: CallbacksChange;
}

export interface SubAccountChange extends Partial<ContactPerson> {
  readonly callbacks?: CallbacksChange;
}

export interface SubAccounts {
  /** The key is returned only once: only its hash is stored. */
  create(
    access: AccountAccess,
    order: NewSubAccount,
  ): Promise<{ readonly login: string; readonly apiKey: string }>;
  /** Null if the account has no such sub-account. */
  read(access: AccountAccess, login: string): Promise<SubAccount | null>;
  /** The account itself, or one of its sub-accounts, with access to it. */
  readInfo(access: AccountAccess, email: string): Promise<UserInfo & { readonly access: AccountAccess }>;
  /** False if the account has no such sub-account. */
  edit(access: AccountAccess, login: string, change: SubAccountChange): Promise<boolean>;
}

export interface SubAccountNeeds {
  readonly openAccount: (access: AccountAccess, serviceName: string) => Promise<AccountAccess | null>;
  readonly checkCallbacks: (callbacks: CallbacksChange) => Promise<Partial<AccountSettings>>;
  readonly editCallbacks: (account: Account, callbacks: CallbacksChange) => Promise<void>;
}

export function createSubAccounts(
  context: Pick<Context, 'database' | 'clock'>,
  { openAccount, checkCallbacks, editCallbacks }: SubAccountNeeds,
): SubAccounts {
  const { database, clock } = context;

  async function find(account: Account, login: string): Promise<SubAccount | null> {
    const found = await findPerson(database.query, login);
    return found?.account.parentId === account.id ? { ...found.contactPerson, account: found.account } : null;
  }

  return {
    async create(access, { firstName = '', lastName = '', company = '', settings = {}, callbacks }) {
      const parent = authorize(access, 'sub-accounts.write');
      const checked = callbacks === undefined ? {} : await checkCallbacks(callbacks);
      const order = { firstName, lastName, company, settings: { ...settings, ...checked } };
      const { login, apiKey } = await createSubAccount(context, parent, order, (query, created) =>
        auditChange(
          query,
          access,
          { action: 'sub-account.created', target: created.serviceName },
          clock.now(),
        ),
      );
      return { login, apiKey };
    },

    read: async (access, login) => find(authorize(access, 'sub-accounts.read'), login),

    async readInfo(access, email) {
      const info = await readUserInfo(context, authorize(access, 'sub-accounts.read'), email);
      return { ...info, access: (await openAccount(access, info.account.serviceName))! };
    },

    async edit(access, login, { callbacks, ...contactPerson }) {
      const found = await find(authorize(access, 'sub-accounts.write'), login);
      if (found === null) return false;
      if (callbacks !== undefined) await editCallbacks(found.account, callbacks);
      await database.transaction(async (query) => {
        await updatePerson(query, found.account.id, contactPerson);
        const change = { action: 'sub-account.changed', target: found.account.serviceName };
        await auditChange(query, access, change, clock.now());
      });
      return true;
    },
  };
}
