// Deletes campaigns after their retention: the whole partition when all its campaigns are old, or row by row after they
// have waited for that. Used by the role `maintenance`. delete-messages.ts deletes their messages later.
//
// Never deletes a campaign with open work (a message without a final status, a receipt that can arrive, a pending
// callback). The ledger keeps the sums of deleted campaigns. The next round continues an interrupted one.
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
/** Campaigns read in one statement. */
const mostMessages = 20_000;

/** Returns whether rows in use were left for a later round. */
export async function deleteExpiredCampaigns(context: Needs, round: Round): Promise<boolean> {
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
  // A campaign with a reserved id can still be accepted into this partition.
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

/** The retention ends at this time at the earliest: it counts from the last message of a campaign. */
function keptUntil({ keepMs }: Round, { createdAtMs, dueAtMs }: OldCampaign): number {
  return Math.max(createdAtMs, dueAtMs) + keepMs + 1;
}

/** Limit of messages whose reading takes negligible time. */
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

/** Deletes rows that have waited too long for their partition to be deleted. */
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
    // Ids rise with time. A reserved id can be accepted much later, but not a whole page of them.
    if (page.length < pageSize || page.every(({ createdAtMs }) => createdAtMs >= round.rowsFromMs)) return;
    id = page.at(-1)!.id;
  }
}
