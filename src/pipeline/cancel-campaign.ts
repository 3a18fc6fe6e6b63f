// Cancels a campaign of which no message has left, and releases its hold. Used by the services of campaigns and reviews.
// All or nothing: if one message has left, or a dispatcher has claimed it, nothing changes.
import type { Account } from '#domain/account/account.ts';
import { isSetForAny } from '#domain/account/callback-urls.ts';
import { endReview } from '#store/campaigns/campaign-reviews.ts';
import type { Query } from '#store/database/database.ts';
import { notify } from '#store/database/notices.ts';
import { returnReleased } from '#store/money/quotas.ts';
import { enqueueCallbacks } from '#store/pipeline/callbacks.ts';
import {
  cancelWaiting,
  countNotCancelled,
  lockCampaign,
  markCancelled,
} from '#store/pipeline/cancellations.ts';
import type { Context } from './context.ts';

/** `cancelled` too when it was so already; `unknown` when it is not a campaign of the account. */
export type Cancellation = 'cancelled' | 'too-late' | 'unknown';

/** What stands with the messages of a campaign that the operator refused after review. */
export const refusedByOperator = 'refused by the operator';

/** Rolls back what was cancelled before a message turned out to have left. */
class TooLate extends Error {}

/** `error` tells why, when it was not the customer who wanted it: then he is told of each message. */
export async function cancelCampaign(
  context: Pick<Context, 'database' | 'clock'>,
  account: Account,
  campaignId: number,
  error: string | null = null,
  record: (query: Query) => Promise<void> = async () => {},
): Promise<Cancellation> {
  const { bucket, id: accountId } = account;
  try {
    return await context.database.transaction(async (query) => {
      const campaign = await lockCampaign(query, bucket, accountId, campaignId);
      if (campaign === null) return 'unknown';
      if (campaign.cancelledAtMs !== null) return 'cancelled';
      const nowMs = context.clock.now();
      const ids = Array.from({ length: campaign.messageCount }, (_, i) => campaign.firstMessageId + i);
      const cancelled = await cancelWaiting(query, bucket, ids, error, nowMs);
      if ((await countNotCancelled(query, bucket, campaign)) > 0) throw new TooLate();
      const messageIds = cancelled.map(({ messageId }) => messageId);
      await returnReleased(query, bucket, messageIds, nowMs);
      await markCancelled(query, bucket, accountId, campaignId, nowMs);
      await endReview(query, account, campaignId, error === null ? 'cancelled' : 'refused', nowMs);
      if (error !== null && cancelled.length > 0 && isSetForAny(account.settings.callbacks, 'receiptUrl')) {
        const { dialect } = cancelled[0]!;
        await enqueueCallbacks(query, bucket, [{ accountId, kind: 'receipt', dialect, messageIds }], nowMs);
        await notify(query, 'callbacks');
      }
      await record(query);
      return 'cancelled';
    });
  } catch (error) {
    if (error instanceof TooLate) return 'too-late';
    throw error;
  }
}
