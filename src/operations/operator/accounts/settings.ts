// Changes the status and the settings of an account. Used by `chappe account set`, through service.ts.
import type {
  Account,
  AccountSettings,
  AccountStatus,
  CallbackSettings,
  SmppSettings,
} from '#domain/account/account.ts';
import { setAccountStatus, updateSettings } from '#store/accounts/accounts.ts';
import type { Query } from '#store/database/database.ts';
import { changeSmppSettings } from './smpp-settings.ts';

/** An absent field is not changed. */
export interface SettingsChange {
  readonly status?: AccountStatus;
  readonly settings: Partial<Omit<AccountSettings, 'callbacks' | 'smpp'>>;
  readonly smpp?: Partial<SmppSettings>;
  readonly callbacks: Partial<CallbackSettings>;
}

/** Returns the names of the changed settings, as in the code. */
export async function changeSettings(
  query: Query,
  account: Account,
  { status, settings, callbacks, smpp = {} }: SettingsChange,
): Promise<string[]> {
  const changesCallbacks = Object.keys(callbacks).length > 0;
  const changed = {
    ...settings,
    ...(Object.keys(smpp).length > 0 && { smpp: changeSmppSettings(account.settings.smpp, smpp) }),
    ...(changesCallbacks && { callbacks: { ...account.settings.callbacks, ...callbacks } }),
  };
  if (status !== undefined) await setAccountStatus(query, account.id, status);
  await updateSettings(query, account.id, changed);
  return [...Object.keys(changed), ...(status === undefined ? [] : ['status'])];
}
