// The installation as it runs: its processes with their leases, its database, its queues; and the facts that its rules come from:
// retention and sending hours. Used by the console.
import { leastDaysKept } from '#domain/delivery/retention.ts';
import { isHoliday } from '#domain/plan/holidays.ts';
import { defaultSendingHours, type SendingHours } from '#domain/plan/schedule.ts';
import { dayMs } from '#lib/time/duration.ts';
import type { OperatorAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { ProcessContext } from '#pipeline/context.ts';
import { type QueueDepths, readQueueDepths } from '#store/pipeline/queue-depths.ts';
import {
  type DatabaseFacts,
  listTableSizes,
  readDatabaseFacts,
  type TableSize,
} from '#store/platform/database-facts.ts';
import { listProcessDetails, type ProcessDetails } from '#store/platform/processes.ts';

export interface InstallationState {
  readonly processes: readonly Omit<ProcessDetails, 'health' | 'healthAtMs'>[];
  /** `offsetMs`: how far the clock of the database is ahead of this process. */
  readonly database: DatabaseFacts & { readonly offsetMs: number; readonly tables: readonly TableSize[] };
  readonly queues: QueueDepths;
}

interface CountryHours extends Pick<SendingHours, 'timeZones' | 'week'> {
  readonly country: string;
  /** Days of the year on which marketing waits, as `2026-12-25`. */
  readonly holidays: readonly string[];
}

export interface Installation {
  read(access: OperatorAccess): Promise<InstallationState>;
  /** By country, in the order of its code. */
  listHours(access: OperatorAccess, year: number): Promise<CountryHours[]>;
}

/** Retention shorter than this would lose a STOP. */
export const leastRetentionDays = leastDaysKept;

export function createInstallation({
  database: { query },
  clock,
  buckets,
}: Pick<ProcessContext, 'database' | 'clock' | 'buckets'>): Installation {
  return {
    async read(access) {
      authorize(access, 'system.read');
      const nowMs = clock.now();
      const facts = await readDatabaseFacts(query);
      const processes = await listProcessDetails(query);
      return {
        processes: processes.map(({ health: _health, healthAtMs: _at, ...process }) => process),
        database: { ...facts, offsetMs: facts.nowMs - nowMs, tables: await listTableSizes(query) },
        queues: await readQueueDepths(query, buckets(), nowMs),
      };
    },
    async listHours(access, year) {
      authorize(access, 'system.read');
      const days = daysOf(year);
      return Object.entries(defaultSendingHours)
        .map(([country, { timeZones, week, holidays }]) => ({
          country,
          timeZones,
          week,
          holidays:
            holidays.length === 0
              ? []
              : days.filter(({ month, day }) => isHoliday(holidays, year, month, day)).map(({ iso }) => iso),
        }))
        .sort((a, b) => (a.country < b.country ? -1 : 1));
    },
  };
}

function daysOf(year: number) {
  const firstMs = Date.UTC(year, 0, 1);
  const count = Math.round((Date.UTC(year + 1, 0, 1) - firstMs) / dayMs);
  return Array.from({ length: count }, (_, index) => {
    const date = new Date(firstMs + index * dayMs);
    return { month: date.getUTCMonth() + 1, day: date.getUTCDate(), iso: date.toISOString().slice(0, 10) };
  });
}
