// Finds the account that an operator named, by service name or e-mail. Shared by the operator's services.
import type { Account } from '#domain/account/account.ts';
import { OperatorRefusal } from '#domain/base/operator-refusal.ts';
import { findAccount } from '#store/accounts/accounts.ts';
import type { Query } from '#store/database/database.ts';

export async function requireAccountNamed(query: Query, nameOrEmail: string): Promise<Account> {
  const account = await findAccount(query, nameOrEmail);
  if (account === null)
    throw new OperatorRefusal(`there is no account ${nameOrEmail}; see chappe account list`);
  return account;
}
