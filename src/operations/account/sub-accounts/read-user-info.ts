// The data of an account or of one of its sub-accounts. Refusal: transfer-recipient-foreign.

import type { Account } from '#domain/account/account.ts';
import { noSuchSubAccount } from '#domain/account/account-refusals.ts';
import type { Context } from '#pipeline/context.ts';
import { type ContactPerson, findPerson } from '#store/accounts/accounts.ts';

export interface UserInfo extends ContactPerson {
  readonly account: Account;
}

export async function readUserInfo(
  context: Pick<Context, 'database'>,
  account: Account,
  email: string,
): Promise<UserInfo> {
  const found = await findPerson(context.database.query, email.trim());
  if (found === null || (found.account.id !== account.id && found.account.parentId !== account.id))
    throw noSuchSubAccount();
  return { account: found.account, ...found.contactPerson };
}
