// Changes the status and the settings of an account. Used by `chappe account set` and the console, through service.ts.
import { type Account, defaultSmppSettings } from '#domain/account/account.ts';
import { setAccountStatus, updateSettings } from '#store/accounts/accounts.ts';
import type { Query } from '#store/database/database.ts';
import type { SettingsChange } from './setting-table.ts';

/** Returns the names of the changed settings, as in the code. */
export async function changeSettings(
  query: Query,
  account: Account,
  { status, settings, callbacks, smpp, billing }: SettingsChange,
): Promise<string[]> {
  const { settings: before } = account;
  const changed = {
    ...settings,
    ...(Object.keys(smpp).length > 0 && { smpp: { ...(before.smpp ?? defaultSmppSettings), ...smpp } }),
    ...(Object.keys(billing).length > 0 && { billing: { ...before.billing, ...billing } }),
    ...(Object.keys(callbacks).length > 0 && { callbacks: { ...before.callbacks, ...callbacks } }),
  };
  if (status !== undefined) await setAccountStatus(query, account.id, status);
  await updateSettings(query, account.id, changed);
  return [...Object.keys(changed), ...(status === undefined ? [] : ['status'])];
}
