// An account as its customer looks at it: with what it can spend, and what its users hold of it.
import type { Account } from '#domain/account/account.ts';
import type { Context } from '#pipeline/context.ts';
import { readAccount } from '#store/accounts/accounts.ts';
import { readBalance } from '#store/money/ledger.ts';
import { readQuotas } from '#store/money/quotas.ts';

export interface AccountRecord {
  /** As it is now; what a door remembers may be some seconds old. */
  readonly account: Account;
  readonly availableMicros: bigint;
  readonly quotas: { readonly users: number; readonly heldMicros: bigint };
}

export async function readAccountRecord(
  { database: { query } }: Pick<Context, 'database'>,
  { id, bucket }: Account,
): Promise<AccountRecord> {
  const [account, balance, quotas] = await Promise.all([
    readAccount(query, id),
    readBalance(query, bucket, id),
    readQuotas(query, bucket, id),
  ]);
  return { account: account!, availableMicros: balance.balanceMicros - balance.heldMicros, quotas };
}
