// Changes options of an account by its customer: the mail addresses of forwarded replies, the threshold of the credit alert.
import type { Account } from '#domain/account/account.ts';
import type { Tier } from '#domain/base/campaign.ts';
import type { Context } from '#pipeline/context.ts';
import { lockAccount, updateSettings } from '#store/accounts/accounts.ts';
import { notify } from '#store/database/notices.ts';

/** An absent field is not changed. */
export interface AccountOptions {
  /** Null: replies are not forwarded by mail. */
  readonly replyEmail?: string | null;
  /** 0: no alert. */
  readonly alertBound?: number;
  readonly alertTier?: Tier;
}

export async function editOptions(
  context: Pick<Context, 'database'>,
  account: Account,
  { replyEmail, alertBound, alertTier }: AccountOptions,
): Promise<void> {
  await context.database.transaction(async (query) => {
    // The account of the access value can be ten seconds old.
    const { callbacks, creditAlert } = (await lockAccount(query, account.id))!.settings;
    const bound = alertBound ?? creditAlert?.bound ?? 0;
    const tier = alertTier ?? creditAlert?.tier ?? 'premium';
    await updateSettings(query, account.id, {
      callbacks: replyEmail === undefined ? callbacks : { ...callbacks, replyEmail },
      creditAlert: bound === 0 ? null : { bound, tier, email: creditAlert?.email ?? null },
    });
    await notify(query, 'accounts');
  });
}
