// Changes the defaults of a customer's campaigns: callback addresses, sender, alerts. Private addresses of the customer are
// refused unless the operator allows them; addresses that the operator set stay trusted.
// Refusals: option-invalid.

import type {
  Account,
  AccountSettings,
  AutomaticTopUp,
  CampaignParameters,
  CreditAlert,
} from '#domain/account/account.ts';
import { optionInvalid, repliesUnanswered } from '#domain/account/account-refusals.ts';
import {
  type CallbacksChange,
  changeCallbacks,
  urlNames,
  urlProblems,
} from '#domain/account/callback-urls.ts';
import { changeReplies, type ReplyChange } from '#domain/account/change-replies.ts';
import type { AlertTemplates } from '#domain/account/user-alert.ts';
import type { BillingDetails } from '#domain/money/invoices.ts';
import { judgeCallbackUrl } from '#lib/net/address-guard.ts';
import type { Context } from '#pipeline/context.ts';
import { lockAccount, updateSettings } from '#store/accounts/accounts.ts';
import type { Query } from '#store/database/database.ts';
import { notify } from '#store/database/notices.ts';

/** An absent field is not changed. */
export interface ParametersChange {
  readonly callbacks?: CallbacksChange;
  readonly campaign?: Partial<CampaignParameters>;
  /** A threshold of 0 ends the alert. */
  readonly alert?: Partial<CreditAlert>;
  readonly replies?: ReplyChange;
  readonly topUp?: Partial<AutomaticTopUp>;
  readonly alertTemplates?: Partial<AlertTemplates>;
  readonly description?: string;
  /** The buyer on invoices. Their tax is the operator's. */
  readonly billing?: Omit<BillingDetails, 'vatPercent'>;
}

interface EditOptions {
  /** Customers can set private callback addresses. */
  readonly allowPrivate: boolean;
  /** Runs in the transaction of the change: the audit entry. */
  readonly also?: (query: Query, before: AccountSettings) => Promise<void>;
}

export async function editParameters(
  context: Pick<Context, 'database'>,
  account: Account,
  change: ParametersChange,
  { allowPrivate, also }: EditOptions,
): Promise<void> {
  const before = account.settings.callbacks;
  for (const name of urlNames) {
    const url = change.callbacks?.[name] ?? null;
    if (url !== null && url !== before[name]) await assertCallable(url, allowPrivate);
  }
  const replyUrl = change.replies?.url ?? null;
  if (replyUrl !== null && replyUrl !== before.replyUrl) await assertCallable(replyUrl, allowPrivate);
  await context.database.transaction(async (query) => {
    // The account of the access value can be ten seconds old.
    const { settings } = (await lockAccount(query, account.id))!;
    await updateSettings(query, account.id, changeSettings(settings, change));
    await also?.(query, settings);
    await notify(query, 'accounts');
  });
}

function changeSettings(before: AccountSettings, change: ParametersChange): Partial<AccountSettings> {
  const { campaign, creditAlert, automaticTopUp, alertTemplates, billing, description } = before;
  const alert = { bound: 0, tier: 'premium', email: null, ...creditAlert, ...change.alert } as const;
  return {
    ...changeReplying(before, change),
    campaign: { ...campaign, ...change.campaign },
    creditAlert: alert.bound === 0 ? null : alert,
    automaticTopUp: { ...automaticTopUp, ...change.topUp },
    alertTemplates: { ...alertTemplates, ...change.alertTemplates },
    billing: { ...billing, ...change.billing },
    description: change.description ?? description,
  };
}

function changeReplying(
  { callbacks, replyPolicy }: AccountSettings,
  change: ParametersChange,
): Pick<AccountSettings, 'callbacks' | 'replyPolicy'> {
  const before = { callbacks: changeCallbacks(callbacks, change.callbacks ?? {}), replyPolicy };
  if (change.replies === undefined) return before;
  const after = changeReplies(before, change.replies);
  if (after === null) throw repliesUnanswered();
  return after;
}

/** Settings of a new account with addresses that a customer chose. */
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
  if (verdict !== 'callable') throw optionInvalid(urlProblems[verdict]);
}
