// The installation at a glance, for the operator: accounts with their balance and their traffic of today, the messages of
// the last hour, what waits, what needs a decision. Used by the console. "Traffic" are messages that carriers took, with their price and
// cost by the ledger. Never counts the messages table: the answer costs the same at any size of the history.
import type { Account, AccountStatus } from '#domain/account/account.ts';
import { minuteMs } from '#lib/time/duration.ts';
import type { OperatorAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { ProcessContext } from '#pipeline/context.ts';
import { listAccountPage, listAccountsById } from '#store/accounts/accounts.ts';
import { type Balance, listBalances } from '#store/money/ledger.ts';
import { type ChargedTraffic, listChargedTraffic, listChargesByMinute } from '#store/money/traffic.ts';
import { type QueueDepths, readQueueDepths } from '#store/pipeline/queue-depths.ts';
import { countOpenDecisions, type OpenDecisions } from '#store/platform/open-decisions.ts';

export interface AccountTraffic {
  readonly messages: number;
  readonly segments: number;
  readonly priceMicros: bigint;
  /** Of the messages whose carrier price is known; null: of none. */
  readonly marginMicros: bigint | null;
}

interface OverviewAccount {
  readonly account: Account;
  readonly createdAtMs: number;
  readonly balance: Balance;
  readonly today: AccountTraffic;
}

interface BusyAccount {
  readonly account: Account;
  readonly today: AccountTraffic;
}

interface InstallationOverview {
  readonly queues: QueueDepths;
  readonly today: AccountTraffic;
  /** Messages that carriers took in each of the last 60 minutes, the oldest first. */
  readonly lastHour: readonly { readonly atMs: number; readonly messages: number }[];
  /** The accounts with the most messages of today, at most `limit`. */
  readonly busiest: readonly BusyAccount[];
}

export interface Overview {
  /** `todayMs` is the begin of the reader's day. */
  read(access: OperatorAccess, todayMs: number, limit: number): Promise<InstallationOverview>;
  listAccounts(
    access: OperatorAccess,
    page: {
      readonly part: string | null;
      readonly status: AccountStatus | null;
      readonly afterId: number;
      readonly limit: number;
      readonly todayMs: number;
    },
  ): Promise<OverviewAccount[]>;
  /** Campaigns, senders, templates and orders that wait for a decision. */
  countTodo(access: OperatorAccess): Promise<OpenDecisions>;
}

const noTraffic: AccountTraffic = { messages: 0, segments: 0, priceMicros: 0n, marginMicros: null };
/** Several consoles ask every two seconds; the sums of a busy day take longer than one of them needs to be fresh. */
const freshMs = 5_000;
const hourMinutes = 60;

type Needs = Pick<ProcessContext, 'database' | 'clock' | 'buckets'>;

export function createOverview({ database, clock, buckets }: Needs): Overview {
  let read: { atMs: number; fromMs: number; traffic: Promise<Map<number, AccountTraffic>> } | null = null;

  function trafficSince(fromMs: number): Promise<Map<number, AccountTraffic>> {
    const nowMs = clock.now();
    if (read !== null && read.fromMs === fromMs && nowMs - read.atMs < freshMs) return read.traffic;
    const traffic = sumTraffic(fromMs, nowMs);
    read = { atMs: nowMs, fromMs, traffic };
    // A failure is not remembered.
    traffic.catch(() => {
      read = null;
    });
    return traffic;
  }

  async function sumTraffic(fromMs: number, toMs: number): Promise<Map<number, AccountTraffic>> {
    const sums = new Map<number, AccountTraffic>();
    for (const bucket of buckets())
      for (const row of await listChargedTraffic(database.query, bucket, { accountId: null, fromMs, toMs }))
        sums.set(row.accountId, added(sums.get(row.accountId) ?? noTraffic, row));
    return sums;
  }

  async function readLastHour(nowMs: number): Promise<InstallationOverview['lastHour']> {
    const toMs = Math.ceil(nowMs / minuteMs) * minuteMs;
    const fromMs = toMs - hourMinutes * minuteMs;
    const counts = Array.from({ length: hourMinutes }, () => 0);
    for (const bucket of buckets())
      for (const { minute, messages } of await listChargesByMinute(database.query, bucket, { fromMs, toMs }))
        if (minute >= 0 && minute < hourMinutes) counts[minute]! += messages;
    return counts.map((messages, minute) => ({ atMs: fromMs + minute * minuteMs, messages }));
  }

  return {
    async read(access, todayMs, limit) {
      authorize(access, 'system.read');
      const nowMs = clock.now();
      const traffic = await trafficSince(todayMs);
      const busiest = [...traffic].sort(([, a], [, b]) => b.messages - a.messages).slice(0, limit);
      const accounts = await listAccountsById(
        database.query,
        busiest.map(([id]) => id),
      );
      return {
        queues: await readQueueDepths(database.query, buckets(), nowMs),
        today: [...traffic.values()].reduce(sumOf, noTraffic),
        lastHour: await readLastHour(nowMs),
        busiest: busiest.flatMap(([id, today]) => {
          const account = accounts.get(id);
          return account === undefined ? [] : [{ account, today }];
        }),
      };
    },

    async listAccounts(access, { todayMs, ...page }) {
      authorize(access, 'accounts.read');
      const rows = await listAccountPage(database.query, page);
      const balances = await listBalances(
        database.query,
        rows.map(({ account }) => account),
      );
      const traffic = await trafficSince(todayMs);
      return rows.map(({ account, createdAtMs }) => ({
        account,
        createdAtMs,
        balance: balances.get(account.id) ?? { balanceMicros: 0n, heldMicros: 0n, availableMicros: 0n },
        today: traffic.get(account.id) ?? noTraffic,
      }));
    },

    async countTodo(access) {
      authorize(access, 'reviews.read');
      const sum = { campaigns: 0, senders: 0, templates: 0, orders: 0 };
      for (const bucket of buckets()) {
        const open = await countOpenDecisions(database.query, bucket);
        for (const kind of Object.keys(sum) as (keyof OpenDecisions)[]) sum[kind] += open[kind];
      }
      return sum;
    },
  };
}

function added(sum: AccountTraffic, row: ChargedTraffic): AccountTraffic {
  const isKnown = row.withoutCost < row.messages;
  const margin = row.costedPriceMicros - row.carrierCostMicros;
  return {
    messages: sum.messages + row.messages,
    segments: sum.segments + row.segments,
    priceMicros: sum.priceMicros + row.priceMicros,
    marginMicros: isKnown ? (sum.marginMicros ?? 0n) + margin : sum.marginMicros,
  };
}

function sumOf(a: AccountTraffic, b: AccountTraffic): AccountTraffic {
  return {
    messages: a.messages + b.messages,
    segments: a.segments + b.segments,
    priceMicros: a.priceMicros + b.priceMicros,
    marginMicros:
      a.marginMicros === null && b.marginMicros === null
        ? null
        : (a.marginMicros ?? 0n) + (b.marginMicros ?? 0n),
  };
}
