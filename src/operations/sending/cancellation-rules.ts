// Whether a cancellation may be tried, by the limits of the REST API
// (docs/dialects/octopush.md#rest-campaigns-on-lists-and-tags): fewer than three recipients, at least ten minutes ahead,
// at most a thousand requests in a calendar month (UTC).
import type { Account } from '#domain/account/account.ts';
import type { Context } from '#pipeline/context.ts';
import { countCancelRequest, readCampaignSize } from '#store/campaigns/cancel-requests.ts';

export type CancellationJudgement = 'allowed' | 'unknown' | 'too-many-recipients' | 'too-late' | 'too-often';

const fewerThan = 3;
const aheadMs = 10 * 60_000;
const requestsAMonth = 1000;

/** Requests count whatever becomes of them. */
export async function judgeCancellation(
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
