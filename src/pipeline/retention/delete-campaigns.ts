// Campaigns that are older than they are kept go: with their whole partition when all of it is old, and one by one when it
// is not and they have waited for it. Their messages follow (forget-messages.ts).
//
// Promises: what is open stays (a message without its end, a receipt that may come, a callback that is owed), and what is
// gone goes on counting in the books. Whoever ends in the middle leaves something that the next round goes on with.
import type { Round } from '#domain/delivery/retention.ts';
import type { Context } from '#pipeline/context.ts';
import { dropPartitions, type Judgement, type Partition } from '#store/database/partitions.ts';
import {
  addCost,
  type Costs,
  carryLedgerForward,
  carryLedgerForwardOf,
} from '#store/money/ledger-carry-forward.ts';
import {
  deleteCampaigns,
  dropTraces,
  findLowestPromise,
  findOver,
  hasCampaignAfter,
  listAccountIds,
  listCampaignsAfter,
  listCampaignsWithin,
  type OldCampaign,
} from '#store/retention/campaigns.ts';

type Needs = Pick<Context, 'database' | 'log'>;

const pageSize = 500;
/** Of the campaigns that are looked at in one statement. */
const mostMessages = 20_000;

/** Answers whether something was left for later because it was in use. */
export async function forgetCampaigns(context: Needs, round: Round): Promise<boolean> {
  const { query } = context.database;
  const judge = (partition: Partition) => judgePartition(context, round, partition);
  const isLeft = await dropPartitions(context, round, 'campaigns', judge);
  for (const bucket of round.buckets)
    for (const accountId of await listAccountIds(query, bucket)) {
      if (round.isStopping()) return isLeft;
      await forgetOfAccount(context, round, bucket, accountId);
    }
  return isLeft;
}

async function judgePartition({ database }: Needs, round: Round, partition: Partition): Promise<Judgement> {
  const { query } = database;
  // A promise may be kept yet, in this partition.
  if (partition.end > (await findLowestPromise(query))) return 'kept';
  const costs = new Map<number, Costs>();
  for await (const { bucket, campaigns } of pagesOf(database.query, round, partition)) {
    const kept = campaigns.find((campaign) => keptUntil(round, campaign) > round.nowMs);
    if (kept !== undefined) return { keptUntilMs: keptUntil(round, kept) };
    for (const group of groupsOf(campaigns)) {
      if (round.isStopping()) return 'kept';
      const over = await findOver(query, bucket, group, round.receiptsFromMs);
      if (over.length < group.length) return 'kept';
    }
    const ofBucket = costs.get(bucket) ?? new Map();
    costs.set(bucket, ofBucket);
    for (const { accountId, costMicros } of campaigns) addCost(ofBucket, accountId, costMicros);
  }
  if (!(await hasCampaignAfter(query, round.buckets, partition, round.settledFromMs))) return 'kept';
  for await (const { bucket, campaigns } of pagesOf(database.query, round, partition)) {
    if (round.isStopping()) return 'kept';
    await database.transaction((inTransaction) => dropTraces(inTransaction, bucket, campaigns));
  }
  return { beside: (inTransaction) => carryLedgerForwardOf(inTransaction, 'campaigns', costs) };
}

async function* pagesOf(
  query: Needs['database']['query'],
  { buckets }: Round,
  partition: Partition,
): AsyncGenerator<{ readonly bucket: number; readonly campaigns: readonly OldCampaign[] }> {
  for (const bucket of buckets) {
    let after = { accountId: 0, id: 0 };
    for (;;) {
      const campaigns = await listCampaignsWithin(query, bucket, partition, after, pageSize);
      if (campaigns.length > 0) yield { bucket, campaigns };
      if (campaigns.length < pageSize) break;
      after = campaigns.at(-1)!;
    }
  }
}

/** Until when a campaign is kept in any case: it is counted from its last message. */
function keptUntil({ keepMs }: Round, { createdAtMs, dueAtMs }: OldCampaign): number {
  return Math.max(createdAtMs, dueAtMs) + keepMs + 1;
}

/** Of so many messages that looking at them takes no time. */
function groupsOf(campaigns: readonly OldCampaign[]): OldCampaign[][] {
  const groups: OldCampaign[][] = [];
  let messages = mostMessages;
  for (const campaign of campaigns) {
    if (messages + campaign.messageCount > mostMessages) {
      groups.push([]);
      messages = 0;
    }
    groups.at(-1)!.push(campaign);
    messages += campaign.messageCount;
  }
  return groups;
}

/** Row by row: what has waited in vain for its partition to go. */
async function forgetOfAccount(
  { database }: Needs,
  round: Round,
  bucket: number,
  accountId: number,
): Promise<void> {
  const isOld = ({ createdAtMs, dueAtMs }: OldCampaign) => Math.max(createdAtMs, dueAtMs) < round.rowsFromMs;
  let id = 0;
  for (;;) {
    const page = await listCampaignsAfter(database.query, bucket, { accountId, id }, pageSize);
    for (const group of groupsOf(page.filter(isOld))) {
      if (round.isStopping()) return;
      await database.transaction(async (query) => {
        const over = await findOver(query, bucket, group, round.receiptsFromMs);
        if (over.length === 0) return;
        await dropTraces(query, bucket, over);
        const costs: Costs = new Map();
        for (const gone of await deleteCampaigns(query, bucket, over))
          addCost(costs, gone.accountId, gone.costMicros);
        await carryLedgerForward(query, bucket, 'campaigns', costs);
      });
    }
    // Ids rise with time; a promised one may have been accepted long after, but not a page of them.
    if (page.length < pageSize || page.every(({ createdAtMs }) => createdAtMs >= round.rowsFromMs)) return;
    id = page.at(-1)!.id;
  }
}
