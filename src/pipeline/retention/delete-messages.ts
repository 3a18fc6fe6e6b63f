// Deletes the messages of deleted campaigns (delete-campaigns.ts): the whole partition when all its messages are such, or
// row by row after they have waited for that. Used by the role `maintenance`.
//
// Never deletes a message before its campaign. The ledger keeps the sums of deleted messages.
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
  deleteMessages,
  deleteResendsOf,
  findMessageWithin,
  hasMessageAfter,
  listMessagesAfter,
  type OldMessage,
  sumMessages,
} from '#store/retention/messages.ts';

type Needs = Pick<Context, 'database' | 'log'>;

const sliceSize = 20_000;
const pageSize = 2_000;

/** Returns whether rows in use were left for a later round. */
export async function deleteExpiredMessages(context: Needs, round: Round): Promise<boolean> {
  const judge = (partition: Partition) => judgePartition(context, round, partition);
  const isLeft = await dropPartitions(context, round, 'messages', judge);
  for (const bucket of round.buckets) await forgetRows(context, round, bucket);
  return isLeft;
}

async function judgePartition({ database }: Needs, round: Round, partition: Partition): Promise<Judgement> {
  const { query } = database;
  if (!(await hasMessageAfter(query, round.buckets, partition, round.settledFromMs))) return 'kept';
  const costs = new Map<number, Costs>();
  for (const bucket of round.buckets) {
    const ofBucket: Costs = new Map();
    costs.set(bucket, ofBucket);
    let { first } = partition;
    for (;;) {
      if (round.isStopping()) return 'kept';
      const id = await findMessageWithin(query, bucket, first, partition.end);
      if (id === null) break;
      first = Math.min(id + sliceSize, partition.end);
      for (const { accountId, costMicros, keptDueAtMs } of await sumMessages(query, bucket, id, first)) {
        if (keptDueAtMs !== null) return { keptUntilMs: keptDueAtMs + round.keepMs };
        addCost(ofBucket, accountId, costMicros);
      }
    }
  }
  return {
    async beside(inTransaction) {
      for (const bucket of round.buckets) await deleteResendsOf(inTransaction, bucket, partition);
      await carryLedgerForwardOf(inTransaction, 'messages', costs);
    },
  };
}

/** Deletes rows that have waited too long for their partition to be deleted. */
async function forgetRows({ database }: Needs, round: Round, bucket: number): Promise<void> {
  const isOld = ({ dueAtMs, acceptedAtMs }: OldMessage) =>
    acceptedAtMs === null && dueAtMs < round.rowsFromMs;
  /** Ids rise with time: after a page without an old message there is no old one. */
  const isYoung = ({ dueAtMs, acceptedAtMs }: OldMessage) => (acceptedAtMs ?? dueAtMs) >= round.rowsFromMs;
  let afterId = -1;
  for (;;) {
    if (round.isStopping()) return;
    const page = await listMessagesAfter(database.query, bucket, afterId, pageSize);
    const old = page.filter(isOld).map(({ id }) => id);
    if (old.length > 0)
      await database.transaction(async (query) => {
        const costs: Costs = new Map();
        for (const { accountId, costMicros } of await deleteMessages(query, bucket, old))
          addCost(costs, accountId, costMicros);
        await carryLedgerForward(query, bucket, 'messages', costs);
      });
    if (page.length < pageSize || page.every(isYoung)) return;
    afterId = page.at(-1)!.id;
  }
}
