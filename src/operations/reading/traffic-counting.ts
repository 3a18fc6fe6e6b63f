// Counts the messages and charges of each quarter of an hour after it has ended, and again while messages have no final status,
// so that the home page reads sums. Used by the role `maintenance`. Reads only what is stored: no stage does anything for it.
// Never counts the current quarter: the overview adds it from the messages.
import { countAgainAt, countableTo, quarterMs, quarterOf } from '#domain/delivery/traffic-quarters.ts';
import { dayMs } from '#lib/time/duration.ts';
import type { ProcessContext } from '#pipeline/context.ts';
import {
  deleteOldTraffic,
  findFirstAcceptance,
  findNewestQuarter,
  listQuartersToCountAgain,
  type QuarterRange,
  replaceTrafficCharges,
  replaceTrafficCounts,
  upsertQuarters,
} from '#store/campaigns/traffic-counts.ts';

type Needs = Pick<ProcessContext, 'database' | 'clock' | 'isStopping'>;

/** The longest period of the home page is 30 days. */
const keptMs = 32 * dayMs;
/** In one transaction, of quarters that were never counted. */
const rangeMs = 6 * 60 * 60_000;
const againAtOnce = 50;

export interface TrafficCounting {
  /** Counts every quarter of the bucket that is due. */
  runOnce(bucket: number): Promise<void>;
}

export function createTrafficCounting(context: Needs): TrafficCounting {
  const { database, clock } = context;

  async function countRange(bucket: number, range: QuarterRange): Promise<void> {
    const nowMs = clock.now();
    await database.transaction(async (query) => {
      const open = await replaceTrafficCounts(query, bucket, range, nowMs);
      await replaceTrafficCharges(query, bucket, range);
      const byQuarter = new Map(open.map((row) => [row.atMs, row]));
      const quarters = [];
      for (let atMs = range.fromMs; atMs < range.toMs; atMs += quarterMs)
        quarters.push({ atMs, countAgainAtMs: countAgainAt(atMs, byQuarter.get(atMs) ?? noMessages, nowMs) });
      await upsertQuarters(query, bucket, quarters);
    });
  }

  return {
    async runOnce(bucket) {
      const { query } = database;
      const nowMs = clock.now();
      const endMs = countableTo(nowMs);
      const newestMs = await findNewestQuarter(query, bucket);
      const oldestMs = quarterOf(nowMs - keptMs);
      let fromMs: number;
      if (newestMs !== null) fromMs = Math.max(oldestMs, newestMs + quarterMs);
      else {
        // A new database begins now, and not with 32 days of empty quarters.
        const firstMs = await findFirstAcceptance(query, bucket, oldestMs);
        fromMs = Math.min(endMs - quarterMs, quarterOf(firstMs ?? nowMs));
      }
      while (fromMs < endMs && !context.isStopping()) {
        const toMs = Math.min(endMs, fromMs + rangeMs);
        await countRange(bucket, { fromMs, toMs });
        fromMs = toMs;
      }
      for (const atMs of await listQuartersToCountAgain(query, bucket, nowMs, againAtOnce)) {
        if (context.isStopping()) return;
        await countRange(bucket, { fromMs: atMs, toMs: atMs + quarterMs });
      }
      await deleteOldTraffic(query, bucket, oldestMs);
    },
  };
}

const noMessages = { waiting: 0, submitted: 0, lastDueMs: null, nextDueMs: null };
