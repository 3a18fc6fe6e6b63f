// Pauses and resumes campaigns, and cancels the messages of them that wait. Used by the console; `cancel` by the REST dialect,
// within the limits of that API (docs/dialects/octopush.md#rest-campaigns-on-lists-and-tags): fewer than three recipients, at
// least ten minutes ahead, at most a thousand requests in a calendar month (UTC).
import type { Account } from '#domain/account/account.ts';
import { formatEuro } from '#domain/money/micros.ts';
import { createSemaphore } from '#lib/async/semaphore.ts';
import { minuteMs } from '#lib/time/duration.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { auditChange } from '#operations/access/audit-change.ts';
import { authorize } from '#operations/access/authorize.ts';
import { type Cancellation, cancelCampaign } from '#pipeline/cancel-campaign.ts';
import type { Context } from '#pipeline/context.ts';
import {
  type CancelledRest,
  cancelRest,
  type Pausing,
  pauseCampaign,
  type Resuming,
  resumeCampaign,
} from '#pipeline/pause-campaign.ts';
import { listPartIds } from '#store/campaigns/campaign-origins.ts';
import { countCancelRequest, readCampaignSize } from '#store/campaigns/cancel-requests.ts';

type CancellationJudgement = 'allowed' | 'unknown' | 'too-many-recipients' | 'too-late' | 'too-often';
export type RequestedCancellation = Cancellation | Exclude<CancellationJudgement, 'allowed'>;

export interface Campaigns {
  cancel(access: AccountAccess, campaignId: number): Promise<RequestedCancellation>;
  /** The messages that no carrier has wait until the campaign resumes. */
  pause(access: AccountAccess, campaignId: number): Promise<Pausing>;
  resume(access: AccountAccess, campaignId: number): Promise<Resuming>;
  /** Cancels the messages that wait, also of a campaign that is being sent. Null: the account has no such campaign. */
  cancelRest(access: AccountAccess, campaignId: number): Promise<CancelledRest | null>;
}

const fewerThan = 3;
const aheadMs = 10 * minuteMs;
const requestsAMonth = 1000;

export function createCampaigns(context: Pick<Context, 'database' | 'clock'>): Campaigns {
  const { clock, database } = context;
  return {
    async cancel(access, campaignId) {
      const account = authorize(access, 'campaigns.cancel');
      const judgement = await judgeCancellation(context, account, campaignId);
      return judgement === 'allowed' ? cancelCampaign(context, account, campaignId) : judgement;
    },
    async pause(access, campaignId) {
      const account = authorize(access, 'campaigns.pause');
      const results: Pausing[] = [];
      for (const id of await listPartIds(database.query, account, campaignId))
        results.push(
          await pauseCampaign(context, account, id, {
            actor: access.actor.actor,
            record: (query) =>
              auditChange(query, access, { action: 'campaign.paused', target: targetOf(id) }, clock.now()),
          }),
        );
      return resultOf(results, 'paused');
    },
    async resume(access, campaignId) {
      const account = authorize(access, 'campaigns.pause');
      const results: Resuming[] = [];
      for (const id of await listPartIds(database.query, account, campaignId))
        results.push(
          await resumeCampaign(context, account, id, (query) =>
            auditChange(query, access, { action: 'campaign.resumed', target: targetOf(id) }, clock.now()),
          ),
        );
      return resultOf(results, 'resumed');
    },
    async cancelRest(access, campaignId) {
      const account = authorize(access, 'campaigns.cancel');
      const cancel = (id: number) =>
        cancelRest(context, account, id, {
          actor: access.actor.actor,
          record: (query, { cancelled, releasedMicros }) =>
            auditChange(
              query,
              access,
              {
                action: 'campaign.cancelled',
                target: targetOf(id),
                after: { messages: cancelled, released: formatEuro(releasedMicros, 6) },
              },
              clock.now(),
            ),
        });
      // A few together: each waits 3 s at most for the dispatchers to release messages, and then locks the balance.
      const limited = createSemaphore(partsAtOnce);
      const partIds = await listPartIds(database.query, account, campaignId);
      const ended = await Promise.all(partIds.map((id) => limited(() => cancel(id))));
      const rests = ended.filter((rest) => rest !== null);
      return rests.length === 0 ? null : rests.reduce(sumOfRests);
    },
  };
}

/** Of ten pooled connections: the others serve the rest of the process. */
const partsAtOnce = 4;

/** Of the parts: what was wanted, if one part could do it; otherwise the answer of the first. */
function resultOf<Result>(results: readonly Result[], wanted: Result): Result {
  return results.includes(wanted) ? wanted : results[0]!;
}

const sumOfRests = (a: CancelledRest, b: CancelledRest): CancelledRest => ({
  ...a,
  cancelled: a.cancelled + b.cancelled,
  releasedMicros: a.releasedMicros + b.releasedMicros,
  claimed: a.claimed + b.claimed,
});

const targetOf = (campaignId: number) => `campaign ${campaignId}`;

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
