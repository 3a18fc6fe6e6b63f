// The home page of an account: figures, traffic, running campaigns, and what needs attention. Used by the console. Counts of
// messages are kept for five seconds for each account and period, and are null if counting takes longer than two seconds.
import type { Account } from '#domain/account/account.ts';
import { type MessageStatus, messageStatus } from '#domain/base/message.ts';
import { type Cause, causeCodeOf } from '#domain/delivery/failure-causes.ts';
import { quarterMs, quarterOf } from '#domain/delivery/traffic-quarters.ts';
import { ExpiringCache } from '#lib/async/expiring-cache.ts';
import { dayMs, minuteMs, secondMs } from '#lib/time/duration.ts';
import { type Guarded, guard } from '#operations/access/guard.ts';
import type { Context } from '#pipeline/context.ts';
import { listAccountKeys } from '#store/accounts/account-keys.ts';
import { findCampaignIdAfter } from '#store/campaigns/history.ts';
import { findNewestQuarter, readTrafficCounts, sumTrafficCharges } from '#store/campaigns/traffic-counts.ts';
import {
  countTraffic,
  type FirstSteps,
  listHeldCampaigns,
  listRunningCampaigns,
  listWaitingCampaigns,
  readFirstSteps,
  type TrafficCount,
  type WaitingCampaign,
} from '#store/campaigns/traffic-figures.ts';
import type { Query } from '#store/database/database.ts';
import { sumChargesSince } from '#store/money/entry-pages.ts';
import { type Balance, readBalance } from '#store/money/ledger.ts';
import { type PendingSummary, summarizePending } from '#store/pipeline/delivery-log.ts';

type OverviewPeriod = 'day' | 'week' | 'month';

interface TrafficStep {
  readonly atMs: number;
  readonly counts: Readonly<Partial<Record<MessageStatus, number>>>;
}

export interface Traffic {
  readonly stepMs: number;
  /** Null: there are too many messages to count. */
  readonly steps: readonly TrafficStep[] | null;
  /** Of failed messages, the most frequent first. */
  readonly causes: readonly { readonly cause: Cause; readonly messages: number }[];
}

interface HeldCampaign {
  readonly id: number;
  readonly atMs: number;
  readonly cues: readonly string[];
  readonly messages: number;
}

export interface Overview {
  /** Of the last 24 hours, by 15 minutes. */
  readonly lastDay: Traffic;
  readonly period: Traffic;
  readonly balance: Balance;
  /** Of seven days. */
  readonly spentMicros: bigint;
  readonly running: readonly WaitingCampaign[];
  readonly scheduled: readonly WaitingCampaign[];
  readonly held: readonly HeldCampaign[];
  readonly pending: PendingSummary;
  readonly steps: FirstSteps;
}

interface OverviewMethods {
  read(account: Account, period: OverviewPeriod): Promise<Overview>;
}

export type Overviews = Guarded<OverviewMethods>;

const cacheMs = 5 * secondMs;
const mostCached = 1000;
const maxCountMs = 2000;
const mostCauses = 8;
const mostPending = 1000;
/** Ids of campaigns rise with time, but each process reserves a block of them for ten minutes (store/database/ids.ts). */
const idSlackMs = 15 * minuteMs;

interface Shape {
  readonly lengthMs: number;
  readonly stepMs: number;
  /** For PostgreSQL. */
  readonly step: string;
}

const quarters: Shape = { lengthMs: dayMs, stepMs: 15 * minuteMs, step: '15 minutes' };
const shapes: Readonly<Record<OverviewPeriod, Shape>> = {
  day: { lengthMs: dayMs, stepMs: 60 * minuteMs, step: '1 hour' },
  week: { lengthMs: 7 * dayMs, stepMs: 6 * 60 * minuteMs, step: '6 hours' },
  month: { lengthMs: 30 * dayMs, stepMs: dayMs, step: '1 day' },
};

export function createOverviews(context: Pick<Context, 'database' | 'clock'>): Overviews {
  const { database, clock } = context;
  const cache = new ExpiringCache<string, Promise<Traffic>>({
    maxEntries: mostCached,
    expiry: { maxAgeMs: cacheMs, clock },
  });

  function trafficOf(account: Account, shape: Shape): Promise<Traffic> {
    const key = `${account.id} ${shape.step}`;
    const known = cache.get(key);
    if (known !== undefined) return known;
    const counted = count(context, account, shape);
    cache.set(key, counted);
    return counted;
  }

  return guard<OverviewMethods>(
    {
      async read(account, period) {
        const { query } = database;
        const nowMs = clock.now();
        const dayAgo = (await findCampaignIdAfter(query, account, nowMs - dayMs - idSlackMs)) ?? 0;
        const [lastDay, ofPeriod, balance, spentMicros, running, scheduled, held, pending, steps, keys] =
          await Promise.all([
            trafficOf(account, quarters),
            trafficOf(account, shapes[period]),
            readBalance(query, account),
            sumCharges(query, account, quarterOf(nowMs - 7 * dayMs)),
            listRunningCampaigns(query, account, dayAgo, 3),
            listWaitingCampaigns(query, account, nowMs, 3),
            listHeldCampaigns(query, account, 10),
            summarizePending(query, account, mostPending),
            readFirstSteps(query, account),
            listAccountKeys(query, account),
          ]);
        const hasKey = steps.hasKey || keys.length > 0;
        return {
          lastDay,
          period: ofPeriod,
          balance,
          spentMicros,
          running,
          scheduled,
          held,
          pending,
          steps: { ...steps, hasKey },
        };
      },
    },
    { read: 'history.read' },
  );
}

/** Quarters that are counted are read, later messages are counted. */
async function count(
  { database, clock }: Pick<Context, 'database' | 'clock'>,
  account: Account,
  { lengthMs, stepMs, step }: Shape,
): Promise<Traffic> {
  const fromMs = quarterOf(clock.now() - lengthMs);
  try {
    const counts = await database.transaction(async (query) => {
      await query(`set local statement_timeout = ${maxCountMs}`);
      const toMs = await countedTo(query, account, fromMs);
      const counted = await readTrafficCounts(query, account, { fromMs, toMs }, step);
      const fromId = (await findCampaignIdAfter(query, account, toMs - idSlackMs)) ?? Number.MAX_SAFE_INTEGER;
      return [...counted, ...(await countTraffic(query, account, { fromId, from: toMs, step }))];
    });
    return { stepMs, steps: stepsOf(counts), causes: causesOf(counts) };
  } catch (error) {
    // query_canceled: the time is over.
    if ((error as { code?: string }).code === '57014') return { stepMs, steps: null, causes: [] };
    throw error;
  }
}

/** End of the quarters that are counted; `fromMs` if none of the period is. */
async function countedTo(query: Query, account: Account, fromMs: number): Promise<number> {
  const newestMs = await findNewestQuarter(query, account.bucket);
  return newestMs === null ? fromMs : Math.max(fromMs, newestMs + quarterMs);
}

/** Since a quarter of an hour. */
async function sumCharges(query: Query, account: Account, fromMs: number): Promise<bigint> {
  const toMs = await countedTo(query, account, fromMs);
  const counted = await sumTrafficCharges(query, account, { fromMs, toMs });
  return counted + (await sumChargesSince(query, account, toMs));
}

function stepsOf(counts: readonly TrafficCount[]): TrafficStep[] {
  return [...Map.groupBy(counts, ({ atMs }) => atMs)]
    .sort(([a], [b]) => a - b)
    .map(([atMs, ofStep]) => {
      const sums: Partial<Record<MessageStatus, number>> = {};
      for (const row of ofStep)
        sums[messageStatus(row.status)] = (sums[messageStatus(row.status)] ?? 0) + row.messages;
      return { atMs, counts: sums };
    });
}

function causesOf(counts: readonly TrafficCount[]): Traffic['causes'] {
  const sums = new Map<string, { cause: Cause; messages: number }>();
  for (const row of counts) {
    const cause = causeCodeOf(messageStatus(row.status), row.error);
    if (cause === null) continue;
    const key = `${cause.code} ${cause.text}`;
    const known = sums.get(key);
    sums.set(key, { cause, messages: (known?.messages ?? 0) + row.messages });
  }
  return [...sums.values()].sort((a, b) => b.messages - a.messages).slice(0, mostCauses);
}
