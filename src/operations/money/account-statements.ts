// The statement of an account for a month in UTC: opening balance, purchases, consumption by country and tier, look-ups,
// corrections, closing balance. Used by the console and by `chappe account statement`.
// Promises: opening balance plus every sum is the closing balance, and the closing balance of a month is the opening balance
// of the next. Refuses, as OperatorRefusal: an unknown account, a month that does not exist or has not begun.
import type { AccountKey } from '#domain/account/account.ts';
import { readMonth } from '#domain/base/calendar-month.ts';
import { OperatorRefusal } from '#domain/base/operator-refusal.ts';
import type { AccountAccess, OperatorAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import { requireAccountNamed } from '#operations/access/find-account.ts';
import type { Context } from '#pipeline/context.ts';
import type { Query } from '#store/database/database.ts';
import { readBalance } from '#store/money/ledger.ts';
import {
  type Consumption,
  type EntrySum,
  listConsumptionOf,
  listMovementsOf,
  type Movement,
  sumEntriesSince,
} from '#store/money/statement-figures.ts';

export interface AccountStatement {
  /** Such as 2026-11. */
  readonly month: string;
  readonly fromMs: number;
  /** Before this instant. */
  readonly toMs: number;
  /** False: the month has not ended, and the sums are those up to now. */
  readonly isComplete: boolean;
  readonly openingMicros: bigint;
  /** Credit that was added. */
  readonly purchasesMicros: bigint;
  /** Charged for messages: positive. */
  readonly consumptionMicros: bigint;
  /** Charged for number look-ups, less refunds. */
  readonly lookupsMicros: bigint;
  /** Corrections and transfers, with their sign. */
  readonly correctionsMicros: bigint;
  readonly closingMicros: bigint;
  readonly consumption: readonly Consumption[];
  /** At most maxMovements, oldest first; the sums contain the rest too. */
  readonly movements: readonly Movement[];
  readonly hasMoreMovements: boolean;
}

export interface AccountStatements {
  /** Null: `month` is no month, or it has not begun. */
  read(access: AccountAccess, month: string): Promise<AccountStatement | null>;
}

export interface OperatorStatements {
  /** `account`: service name or e-mail. */
  read(access: OperatorAccess, account: string, month: string): Promise<AccountStatement>;
}

const maxMovements = 1000;

type Needs = Pick<Context, 'database' | 'clock'>;

export function createAccountStatements({ database, clock }: Needs): AccountStatements {
  return {
    async read(access, month) {
      const account = authorize(access, 'statements.read');
      return database.transaction((query) => readStatement(query, account, month, clock.now()));
    },
  };
}

export function createOperatorStatements({ database, clock }: Needs): OperatorStatements {
  return {
    async read(access, name, month) {
      authorize(access, 'operator-statements.read');
      const account = await requireAccountNamed(database.query, name);
      const found = await database.transaction((query) => readStatement(query, account, month, clock.now()));
      if (found !== null) return found;
      throw new OperatorRefusal(
        readMonth(month) === null
          ? `"${month}" is not a month; write the year and the month, such as 2026-11`
          : `the month ${month} has not begun; ask for a month up to now`,
      );
    },
  };
}

async function readStatement(
  query: Query,
  account: AccountKey,
  month: string,
  nowMs: number,
): Promise<AccountStatement | null> {
  const period = readMonth(month);
  if (period === null || period.fromMs > nowMs) return null;
  // One snapshot of the balance and the entries.
  await query('set transaction isolation level repeatable read, read only');
  const { balanceMicros } = await readBalance(query, account);
  const sums = await sumEntriesSince(query, account, period);
  const movements = await listMovementsOf(query, account, period, maxMovements + 1);
  // From the balance back: an account has far more entries before the month than since, and the audit of the ledger proves
  // that the balance is the sum of them all.
  const inPeriod = sums.filter(({ isAfter }) => !isAfter);
  const closingMicros = balanceMicros - changeOf(sums.filter(({ isAfter }) => isAfter));
  return {
    month,
    ...period,
    isComplete: period.toMs <= nowMs,
    openingMicros: closingMicros - changeOf(inPeriod),
    purchasesMicros: sumOf(inPeriod, ({ kind }) => kind === 'top_up'),
    consumptionMicros: sumOf(inPeriod, ({ kind }) => kind === 'charge'),
    lookupsMicros: -sumOf(inPeriod, ({ isLookup }) => isLookup),
    correctionsMicros: sumOf(inPeriod, ({ kind, isLookup }) => kind === 'adjustment' && !isLookup),
    closingMicros,
    consumption: await listConsumptionOf(query, account, period),
    movements: movements.slice(0, maxMovements),
    hasMoreMovements: movements.length > maxMovements,
  };
}

/** The change of the balance by these entries. */
function changeOf(sums: readonly EntrySum[]): bigint {
  return sums.reduce(
    (sum, { kind, amountMicros }) => sum + (kind === 'charge' ? -amountMicros : amountMicros),
    0n,
  );
}

function sumOf(sums: readonly EntrySum[], isCounted: (sum: EntrySum) => boolean): bigint {
  return sums.filter(isCounted).reduce((sum, { amountMicros }) => sum + amountMicros, 0n);
}
