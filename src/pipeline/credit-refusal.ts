// The refusal of a submission that its account cannot pay. Shared by submit-campaign.ts and submit-recipient-list.ts.
import type { Account } from '#domain/account/account.ts';
import type { RefusedError } from '#domain/base/refusals.ts';
import { outOfCredit } from '#domain/money/credit-refusals.ts';
import type { Query } from '#store/database/database.ts';
import { countOpenOrders } from '#store/money/orders.ts';
import { isTransferOpen } from '#store/money/transfers.ts';

/** Names the open transfer or the unpaid order if one of them is the cause. */
export async function creditRefusalOf(query: Query, account: Account, nowMs: number): Promise<RefusedError> {
  return outOfCredit({
    isTransferOpen: await isTransferOpen(query, account, nowMs),
    isOrdered: (await countOpenOrders(query, account)) > 0,
  });
}
