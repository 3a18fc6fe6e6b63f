// An account for its members and programs: credit, settings, contact person, the accounts of its customer.
// Used by every dialect. Refusals: permission-missing, option-invalid.
import type { Account } from '#domain/account/account.ts';
import { billingDifference } from '#domain/money/invoices.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { auditChange, auditPersonalChange } from '#operations/access/audit-change.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import {
  type ContactPerson,
  findPerson,
  listAccountsOf,
  lockAccount,
  readCreationTime,
  updateSettings,
} from '#store/accounts/accounts.ts';
import { notify } from '#store/database/notices.ts';
import { type AccountOptions, editOptions } from './options.ts';
import { editParameters, type ParametersChange } from './parameters.ts';
import { type AccountRecord, readAccountRecord } from './record.ts';

export interface Accounts {
  /** The current account. */
  read(access: AccountAccess): Promise<AccountRecord>;
  /** The account and its sub-accounts. */
  listOwn(access: AccountAccess): Promise<readonly Account[]>;
  createdAtMs(access: AccountAccess): Promise<number>;
  /** Names are empty if none were given. */
  readPerson(access: AccountAccess): Promise<ContactPerson>;
  editParameters(access: AccountAccess, change: ParametersChange): Promise<void>;
  editOptions(access: AccountAccess, options: AccountOptions): Promise<void>;
  /** Campaigns of the console with more messages need another member's approval; 0: all; null: none. */
  setApproval(access: AccountAccess, above: number | null): Promise<void>;
}

export interface AccountsNeeds {
  /** Customers can set private callback addresses. */
  readonly allowPrivateCallbacks: boolean;
}

export function createOwnAccounts(
  context: Pick<Context, 'database' | 'clock'>,
  { allowPrivateCallbacks }: AccountsNeeds,
): Accounts {
  const { query } = context.database;
  return {
    read: async (access) => readAccountRecord(context, authorize(access, 'account.read')),
    listOwn: async (access) => listAccountsOf(query, authorize(access, 'account.read').id),
    createdAtMs: async (access) => readCreationTime(query, authorize(access, 'account.read').id),
    async readPerson(access) {
      const { email } = authorize(access, 'account.read');
      return (await findPerson(query, email))!.contactPerson;
    },
    async editParameters(access, change) {
      const account = authorize(access, 'account.write');
      const entry = { action: 'account.changed', target: account.serviceName };
      await editParameters(context, account, change, {
        allowPrivate: allowPrivateCallbacks,
        also(query, { billing: stored }) {
          const billing = billingDifference(stored, change.billing ?? {});
          const before = billing && { billing: billing.before };
          const after = { changed: Object.keys(change), ...(billing && { billing: billing.after }) };
          return auditPersonalChange(query, access, { ...entry, before, after }, context.clock.now());
        },
      });
    },
    editOptions: async (access, options) => editOptions(context, authorize(access, 'account.write'), options),
    async setApproval(access, above) {
      const { id, serviceName } = authorize(access, 'account-approval.write');
      await context.database.transaction(async (inside) => {
        const { settings } = (await lockAccount(inside, id))!;
        await updateSettings(inside, id, { approveAbove: above });
        const change = {
          action: 'approval.rule-changed',
          target: serviceName,
          before: { approveAbove: settings.approveAbove },
          after: { approveAbove: above },
        };
        await auditChange(inside, access, change, context.clock.now());
        await notify(inside, 'accounts');
      });
    },
  };
}
