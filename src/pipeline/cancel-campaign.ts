// Cancels a campaign if none of its messages was sent, and releases its hold. Used by the services of campaigns and reviews.
// Never cancels a part: if one message was sent, or a dispatcher has claimed it, nothing changes.
import type { Account } from '#domain/account/account.ts';
import type { DialectName } from '#domain/base/submission.ts';
import { endReview } from '#store/campaigns/campaign-reviews.ts';
import { dialectsOverBinds } from '#store/database/codes.ts';
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
import { wantsCallback } from './callback-wishes.ts';
import type { Context } from './context.ts';

/** `cancelled` also if it was cancelled before; `unknown` if the account has no such campaign. */
export type Cancellation = 'cancelled' | 'too-late' | 'unknown';

/** Error of the messages of a campaign that the operator refused after review. */
export const refusedByOperator = 'refused by the operator';

/** Rolls back the cancellation when one message was sent. */
class TooLate extends Error {}

/** With an `error` (a cancellation that is not the customer's), each message has a callback; over a bind in any case. */
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
      const dialect = cancelled[0]?.dialect;
      if (dialect !== undefined && reportsCancellation(account, dialect, error)) {
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

/** SMPP 3.4 §5.2.28: DELETED is the receipt of a message that its customer cancelled. */
function reportsCancellation(account: Account, dialect: DialectName, error: string | null): boolean {
  return (error !== null || dialectsOverBinds.has(dialect)) && wantsCallback(account, dialect, 'receipt');
}
