// A campaign that was held because its text looks like advertising may leave after all: at the time it asked for, or now.
import type { Account } from '#domain/account/account.ts';
import type { Context } from '#pipeline/context.ts';
import { endReview, releaseHeldChunks } from '#store/campaigns/campaign-reviews.ts';
import { notify } from '#store/database/notices.ts';

/** False when it is not held (any more). */
export function releaseCampaign(
  context: Pick<Context, 'database' | 'clock'>,
  account: Account,
  campaignId: number,
): Promise<boolean> {
  const nowMs = context.clock.now();
  return context.database.transaction(async (query) => {
    if (!(await endReview(query, account, campaignId, 'released', nowMs))) return false;
    await releaseHeldChunks(query, account, campaignId, nowMs);
    await notify(query, 'chunks');
    return true;
  });
}
