// Cancels a waiting campaign within the limits of the REST API (docs/dialects/octopush.md#rest-campaigns-on-lists-and-tags): fewer than three
// recipients, at least ten minutes ahead, at most a thousand requests in a calendar month (UTC). Used by the REST dialect.
import type { Account } from '#domain/account/account.ts';
import { minuteMs } from '#lib/time/duration.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import { type Cancellation, cancelCampaign } from '#pipeline/cancel-campaign.ts';
import type { Context } from '#pipeline/context.ts';
import { countCancelRequest, readCampaignSize } from '#store/campaigns/cancel-requests.ts';

type CancellationJudgement = 'allowed' | 'unknown' | 'too-many-recipients' | 'too-late' | 'too-often';
export type RequestedCancellation = Cancellation | Exclude<CancellationJudgement, 'allowed'>;

export interface Campaigns {
  cancel(access: AccountAccess, campaignId: number): Promise<RequestedCancellation>;
}

const fewerThan = 3;
const aheadMs = 10 * minuteMs;
const requestsAMonth = 1000;

export function createCampaigns(context: Pick<Context, 'database' | 'clock'>): Campaigns {
  return {
    async cancel(access, campaignId) {
      const account = authorize(access, 'campaigns.cancel');
      const judgement = await judgeCancellation(context, account, campaignId);
      return judgement === 'allowed' ? cancelCampaign(context, account, campaignId) : judgement;
    },
  };
}

/** Every request counts, with any result. */
async function judgeCancellation(
  context: Pick<Context, 'database' | 'clock'>,
  account: Account,
  campaignId: number,
): Promise<CancellationJudgement> {
  const { query } = context.database;
  const nowMs = context.clock.now();
  const today = new Date(nowMs);
  const month = today.getUTCFullYear() * 12 + today.getUTCMonth();
  if (!(await countCancelRequest(query, account, month, requestsAMonth))) return 'too-often';
  const size = await readCampaignSize(query, account, campaignId);
  if (size === null) return 'unknown';
  if (size.messages >= fewerThan) return 'too-many-recipients';
  return size.dueAtMs - nowMs < aheadMs ? 'too-late' : 'allowed';
}
