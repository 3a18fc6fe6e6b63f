// Blocks the demo account when the first carrier is added: its keys were printed, and a carrier costs money. Used by service.ts,
// in the transaction that adds the carrier. The operator can activate it again (chappe account set --status active).
import { findAccount, setAccountStatus } from '#store/accounts/accounts.ts';
import type { Query } from '#store/database/database.ts';
import { notify } from '#store/database/notices.ts';
import { demoKey, readPlatformSetting } from '#store/platform/platform-settings.ts';

/** The service name of the account that was blocked; null: there is no active demo account. */
export async function blockDemo(query: Query): Promise<string | null> {
  const demo = await readPlatformSetting<{ readonly login: string }>(query, demoKey);
  const account = demo && (await findAccount(query, demo.login));
  if (account?.status !== 'active') return null;
  await setAccountStatus(query, account.id, 'blocked');
  await notify(query, 'accounts');
  return account.serviceName;
}
