// The money of all accounts, for the operator: balances, entries, open alerts of low credit, the check of the ledger.
// Used by `chappe account list`, `credit` and `alerts`. Refuses, as OperatorRefusal: an unknown account.
import type { Account } from '#domain/account/account.ts';
import type { OperatorAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import { requireAccountNamed } from '#operations/access/find-account.ts';
import type { Context } from '#pipeline/context.ts';
import { listAccounts } from '#store/accounts/accounts.ts';
import { listOpenAlerts, type StoredAlert } from '#store/money/credit-alerts.ts';
import {
  type AuditDifference,
  audit,
  type Balance,
  keepPartitions,
  type LedgerEntry,
  listEntries,
  readBalance,
} from '#store/money/ledger.ts';

export interface AccountWithBalance {
  readonly account: Account;
  readonly balance: Balance;
}

export interface AccountLedger extends AccountWithBalance {
  /** Newest first. */
  readonly entries: readonly LedgerEntry[];
}

export interface Ledger {
  listAccounts(access: OperatorAccess): Promise<AccountWithBalance[]>;
  show(access: OperatorAccess, account: string, limit: number): Promise<AccountLedger>;
  /** Accounts whose credit is below their threshold. */
  listAlerts(access: OperatorAccess): Promise<StoredAlert[]>;
  /** Recomputes every balance from the entries. Empty: the ledger balances. */
  audit(access: OperatorAccess): Promise<AuditDifference[]>;
}

export function createLedger({ database }: Pick<Context, 'database'>): Ledger {
  return {
    async listAccounts(access) {
      authorize(access, 'accounts.read');
      const rows: AccountWithBalance[] = [];
      for (const account of await listAccounts(database.query))
        rows.push({ account, balance: await readBalance(database.query, account) });
      return rows;
    },

    async show(access, name, limit) {
      authorize(access, 'accounts.read');
      const account = await requireAccountNamed(database.query, name);
      const [balance, entries] = await Promise.all([
        readBalance(database.query, account),
        listEntries(database.query, account, limit),
      ]);
      return { account, balance, entries };
    },

    async listAlerts(access) {
      authorize(access, 'accounts.read');
      return listOpenAlerts(database.query);
    },

    async audit(access) {
      authorize(access, 'ledger.audit');
      return database.transaction(async (query) => {
        // One snapshot of all tables, independent of concurrent writes.
        await query('set transaction isolation level repeatable read, read only');
        await keepPartitions(query);
        return audit(query);
      });
    },
  };
}
