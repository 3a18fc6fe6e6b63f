// An account changes what it may change of itself: where replies are forwarded, below which credit it is told.
import type { Account } from '#domain/account/account.ts';
import type { Tier } from '#domain/base/campaign.ts';
import type { Context } from '#pipeline/context.ts';
import { lockAccount, updateSettings } from '#store/accounts/accounts.ts';
import { notify } from '#store/database/notices.ts';

/** What is absent stays as it is. */
export interface AccountOptions {
  /** Null: replies are not forwarded by mail any more. */
  readonly replyEmail?: string | null;
  /** 0: no alert any more. */
  readonly alertBound?: number;
  readonly alertTier?: Tier;
}

export async function editOptions(
  context: Pick<Context, 'database'>,
  account: Account,
  { replyEmail, alertBound, alertTier }: AccountOptions,
): Promise<void> {
  await context.database.transaction(async (query) => {
    // What the door knows of the account may be some seconds old.
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
