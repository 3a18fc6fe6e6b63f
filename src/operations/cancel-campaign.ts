// A campaign that still waits as a whole is called off: no message of it leaves, its credit comes back.
// All or nothing: when any of its messages has left, or a dispatcher has it in hand, nothing is changed.
import type { Account } from '#domain/account.ts';
import { cancelWaiting, countNotCancelled, lockCampaign, markCancelled } from '#store/cancellations.ts';
import type { Context } from './context.ts';

/** `cancelled` too when it was so already; `unknown` when it is not a campaign of the account. */
export type Cancellation = 'cancelled' | 'too-late' | 'unknown';

/** Rolls back what was cancelled before a message turned out to have left. */
class TooLate extends Error {}

export async function cancelCampaign(
  context: Pick<Context, 'database' | 'clock'>,
  account: Account,
  campaignId: number,
): Promise<Cancellation> {
  const { bucket, id: accountId } = account;
  try {
    return await context.database.transaction(async (query) => {
      const campaign = await lockCampaign(query, bucket, accountId, campaignId);
      if (campaign === null) return 'unknown';
      if (campaign.cancelledAtMs !== null) return 'cancelled';
      const nowMs = context.clock.now();
      const ids = Array.from({ length: campaign.messageCount }, (_, i) => campaign.firstMessageId + i);
      await cancelWaiting(query, bucket, ids, null, nowMs);
      if ((await countNotCancelled(query, bucket, campaign)) > 0) throw new TooLate();
      await markCancelled(query, bucket, accountId, campaignId, nowMs);
      return 'cancelled';
    });
  } catch (error) {
    if (error instanceof TooLate) return 'too-late';
    throw error;
  }
}
