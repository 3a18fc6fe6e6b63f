// The monthly report for the operator: messages, segments, receipts, price, carrier's cost and margin of the messages that
// carriers took in a month, by account, country and carrier. Used by `chappe report`.
// The price is exactly the charges of the ledger in that month. Refuses, as OperatorRefusal: an unknown account, a month
// that does not exist or has not begun.
import { readMonth } from '#domain/base/calendar-month.ts';
import { OperatorRefusal } from '#domain/base/operator-refusal.ts';
import type { OperatorAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import { requireAccountNamed } from '#operations/access/find-account.ts';
import type { Context } from '#pipeline/context.ts';
import { listAccounts } from '#store/accounts/accounts.ts';
import { keepPartitions } from '#store/money/ledger.ts';
import {
  type ChargedTraffic,
  type DeliveredTraffic,
  listChargedTraffic,
  listConnectorNames,
  listDeliveredTraffic,
} from '#store/money/traffic.ts';

interface ReportQuestion {
  /** Such as 2026-11, in UTC. */
  readonly month: string;
  /** Service name or e-mail; undefined: all accounts. */
  readonly account: string | undefined;
}

export interface ReportSums {
  readonly messages: number;
  readonly segments: number;
  readonly delivered: number;
  readonly priceMicros: bigint;
  /** Of the messages whose carrier price is known. */
  readonly costMicros: bigint;
  /** Price minus cost of the messages whose carrier price is known; null: none is. */
  readonly marginMicros: bigint | null;
  /** Messages whose carrier price is unknown: their route had no cost. */
  readonly withoutCost: number;
  /** Messages that retention has deleted: they count as messages, not as delivered. */
  readonly deleted: number;
}

interface ReportRow extends ReportSums {
  readonly account: string;
  /** Null: unknown. */
  readonly country: string | null;
  readonly carrier: string | null;
}

export interface Report {
  readonly fromMs: number;
  /** Before this instant. */
  readonly toMs: number;
  /** By account, country and carrier. */
  readonly rows: readonly ReportRow[];
  readonly total: ReportSums;
}

export interface Reports {
  read(access: OperatorAccess, question: ReportQuestion): Promise<Report>;
}

/** The carrier of an installation that has none (main/connector-set.ts). */
const simulatorId = 0;

type Traffic = ChargedTraffic & Pick<DeliveredTraffic, 'stored' | 'delivered'>;

export function createReports({ database, clock }: Pick<Context, 'database' | 'clock'>): Reports {
  return {
    async read(access, { month: written, account: name }) {
      authorize(access, 'reports.read');
      const month = requireMonth(written, clock.now());
      return database.transaction(async (query) => {
        // One snapshot of the ledger and the messages, independent of concurrent writes.
        await query('set transaction isolation level repeatable read, read only');
        await keepPartitions(query);
        const account = name === undefined ? null : await requireAccountNamed(query, name);
        const accounts = account === null ? await listAccounts(query) : [account];
        const period = { ...month, accountId: account?.id ?? null };
        const traffic: Traffic[] = [];
        for (const bucket of new Set(accounts.map((one) => one.bucket))) {
          const charged = await listChargedTraffic(query, bucket, period);
          if (charged.length === 0) continue;
          const span = {
            firstId: Math.min(...charged.map(({ firstId }) => firstId)),
            lastId: Math.max(...charged.map(({ lastId }) => lastId)),
          };
          traffic.push(...joined(charged, await listDeliveredTraffic(query, bucket, period, span)));
        }
        const services = new Map(accounts.map(({ id, serviceName }) => [id, serviceName]));
        const carriers = await listConnectorNames(query);
        const rows = traffic.map(
          (one): ReportRow => ({
            account: services.get(one.accountId)!,
            country: one.country,
            carrier: carrierOf(one.connectorId, carriers),
            ...sumsOf([one]),
          }),
        );
        return { ...month, rows: rows.sort(inOrder), total: sumsOf(traffic) };
      });
    },
  };
}

function requireMonth(written: string, nowMs: number) {
  const month = readMonth(written);
  if (month === null)
    throw new OperatorRefusal(`"${written}" is not a month; write the year and the month, such as 2026-11`);
  if (month.fromMs > nowMs)
    throw new OperatorRefusal(`the month ${written} has not begun; ask for a month up to now`);
  return month;
}

const keyOf = ({ accountId, country, connectorId }: Pick<Traffic, 'accountId' | 'country' | 'connectorId'>) =>
  `${accountId} ${country} ${connectorId}`;

function joined(charged: readonly ChargedTraffic[], delivered: readonly DeliveredTraffic[]): Traffic[] {
  const byKey = new Map(delivered.map((row) => [keyOf(row), row]));
  return charged.map((row) => {
    const found = byKey.get(keyOf(row));
    return { ...row, stored: found?.stored ?? 0, delivered: found?.delivered ?? 0 };
  });
}

function sumsOf(traffic: readonly Traffic[]): ReportSums {
  const count = (of: (one: Traffic) => number) => traffic.reduce((sum, one) => sum + of(one), 0);
  const amount = (of: (one: Traffic) => bigint) => traffic.reduce((sum, one) => sum + of(one), 0n);
  const messages = count((one) => one.messages);
  const withoutCost = count((one) => one.withoutCost);
  const costMicros = amount((one) => one.carrierCostMicros);
  return {
    messages,
    segments: count((one) => one.segments),
    delivered: count((one) => one.delivered),
    priceMicros: amount((one) => one.priceMicros),
    costMicros,
    marginMicros: withoutCost === messages ? null : amount((one) => one.costedPriceMicros) - costMicros,
    withoutCost,
    deleted: messages - count((one) => one.stored),
  };
}

function carrierOf(connectorId: number | null, names: ReadonlyMap<number, string>): string | null {
  if (connectorId === null) return null;
  return connectorId === simulatorId ? 'simulator' : (names.get(connectorId) ?? null);
}

function inOrder(a: ReportRow, b: ReportRow): number {
  const compare = (x: string | null, y: string | null) => (x ?? '~').localeCompare(y ?? '~', 'en');
  return compare(a.account, b.account) || compare(a.country, b.country) || compare(a.carrier, b.carrier);
}
