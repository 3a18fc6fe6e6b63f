// Creates a sub-account: an account with separate keys and credit that one other account can credit. Used by the Octopush
// dialects. Its keys are returned once: only hashes are stored.
// Refusals: feature-unavailable (a sub-account has none of its own), sub-accounts-too-many.

import type { Account, AccountSettings } from '#domain/account/account.ts';
import { subAccountOfSubAccount, tooManySubAccounts } from '#domain/account/account-refusals.ts';
import { hashSecret, randomToken } from '#lib/security/secrets.ts';
import type { Context } from '#pipeline/context.ts';
import {
  type ContactPerson,
  countSubAccounts,
  insertAccount,
  insertCredential,
} from '#store/accounts/accounts.ts';
import type { Query } from '#store/database/database.ts';
import { notify } from '#store/database/notices.ts';

export interface SubAccountOrder extends ContactPerson {
  readonly settings?: Partial<AccountSettings>;
}

export interface CreatedSubAccount {
  readonly account: Account;
  /** An address at `sub-accounts.com`, as in the original; no mail is sent to it. */
  readonly login: string;
  readonly apiKey: string;
}

/** docs/dialects/octopush.md#rest-the-account. */
const maxSubAccounts = 20;

export async function createSubAccount(
  context: Pick<Context, 'database' | 'clock'>,
  parent: Account,
  order: SubAccountOrder,
  onCreated: (query: Query, account: Account) => Promise<void> = async () => {},
): Promise<CreatedSubAccount> {
  if (parent.parentId !== null) throw subAccountOfSubAccount();
  const nowMs = context.clock.now();
  const login = `${randomToken(16).toLowerCase()}@sub-accounts.com`;
  const apiKey = randomToken(32);
  const { firstName, lastName, company, settings = {} } = order;
  const account = await context.database.transaction(async (query) => {
    if ((await countSubAccounts(query, parent.id)) >= maxSubAccounts)
      throw tooManySubAccounts(maxSubAccounts);
    const created = await insertAccount(
      query,
      {
        // In the bucket of its parent, so that a transfer between them is one transaction in one bucket.
        bucket: parent.bucket,
        email: login,
        name: company || `${firstName} ${lastName}`.trim(),
        serviceName: `sms-${randomToken(7).toLowerCase()}-1`,
        settings,
        parentId: parent.id,
        contactPerson: { firstName, lastName, company },
      },
      nowMs,
    );
    if (created === null) throw new Error(`assertion failed: the login ${login} is taken`);
    await insertCredential(query, created.id, 'octopush', login, hashSecret(apiKey), nowMs);
    await onCreated(query, created);
    await notify(query, 'accounts');
    return created;
  });
  return { account, login, apiKey };
}
