// What a customer sets for all of his campaigns: where he is called back, his sender, his alerts. Addresses of his that
// are not public are refused, unless the operator allows them; those that the operator set stay as trusted as they were.
// Refusals: option-invalid.
import type { Account, AccountSettings, CampaignParameters, CreditAlert } from '#domain/account.ts';
import { type CallbacksChange, changeCallbacks, urlNames, urlProblems } from '#domain/callback-urls.ts';
import { RefusedError } from '#domain/refusals.ts';
import { judgeCallbackUrl } from '#lib/address-guard.ts';
import { lockAccount, updateSettings } from '#store/accounts.ts';
import { notify } from '#store/notices.ts';
import type { Context } from './context.ts';

/** What is not named stays as it is. */
export interface ParametersChange {
  readonly callbacks?: CallbacksChange;
  readonly campaign?: Partial<CampaignParameters>;
  /** A bound of 0 ends it. */
  readonly alert?: Partial<CreditAlert>;
}

export async function editParameters(
  context: Pick<Context, 'database'>,
  account: Account,
  change: ParametersChange,
  allowPrivate: boolean,
): Promise<void> {
  const before = account.settings.callbacks;
  for (const name of urlNames) {
    const url = change.callbacks?.[name] ?? null;
    if (url !== null && url !== before[name]) await assertCallable(url, allowPrivate);
  }
  await context.database.transaction(async (query) => {
    // What the door knows of the account may be some seconds old.
    const { callbacks, campaign, creditAlert } = (await lockAccount(query, account.id))!.settings;
    const alert = { bound: 0, tier: 'premium', email: null, ...creditAlert, ...change.alert } as const;
    await updateSettings(query, account.id, {
      callbacks: changeCallbacks(callbacks, change.callbacks ?? {}),
      campaign: { ...campaign, ...change.campaign },
      creditAlert: alert.bound === 0 ? null : alert,
    });
    await notify(query, 'accounts');
  });
}

/** The settings of a new account that its owner's customer names addresses for. */
export async function customerCallbacks(
  defaults: AccountSettings,
  callbacks: CallbacksChange,
  allowPrivate: boolean,
): Promise<Partial<AccountSettings>> {
  for (const name of urlNames) {
    const url = callbacks[name] ?? null;
    if (url !== null) await assertCallable(url, allowPrivate);
  }
  return { callbacks: changeCallbacks(defaults.callbacks, callbacks) };
}

async function assertCallable(written: string, allowPrivate: boolean): Promise<void> {
  const verdict = await judgeCallbackUrl(written, allowPrivate);
  if (verdict !== 'callable') throw new RefusedError('option-invalid', urlProblems[verdict]);
}
