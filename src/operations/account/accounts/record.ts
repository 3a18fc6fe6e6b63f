// An account for its customer, with its available credit and the quotas of its users.
import type { Account } from '#domain/account/account.ts';
import type { Context } from '#pipeline/context.ts';
import { readAccount } from '#store/accounts/accounts.ts';
import { readBalance } from '#store/money/ledger.ts';
import { readQuotas } from '#store/money/quotas.ts';

export interface AccountRecord {
  /** The current account; a cached one can be ten seconds old. */
  readonly account: Account;
  readonly availableMicros: bigint;
  readonly quotas: { readonly users: number; readonly heldMicros: bigint };
}

export async function readAccountRecord(
  { database: { query } }: Pick<Context, 'database'>,
  key: Account,
): Promise<AccountRecord> {
  const [account, balance, quotas] = await Promise.all([
    readAccount(query, key.id),
    readBalance(query, key),
    readQuotas(query, key),
  ]);
  return { account: account!, availableMicros: balance.availableMicros, quotas };
}
