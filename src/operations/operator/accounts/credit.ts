// Changes of an account's credit by the operator: a top-up, and a correction that never exceeds the available credit. Used by
// the operator's service of accounts.
import type { AccountKey } from '#domain/account/account.ts';
import { OperatorRefusal } from '#domain/base/operator-refusal.ts';
import { formatEuro, parseEuro } from '#domain/money/micros.ts';
import type { Query } from '#store/database/database.ts';
import { type Balance, insertTopUp, readBalance } from '#store/money/ledger.ts';
import { lockMoney } from '#store/money/quotas.ts';

/** Far above any payment: a larger amount is a typing mistake, and can exceed the range of a balance. */
const maxMicros = 1_000_000_000_000_000n;

export interface CreditChange {
  readonly kind: 'top_up' | 'adjustment';
  readonly micros: bigint;
  readonly note: string | null;
}

/** Locks the account. Refuses a change that would make the available credit negative. */
export async function adjustCredit(
  query: Query,
  account: AccountKey,
  { kind, micros, note }: CreditChange,
  nowMs: number,
): Promise<{ readonly before: Balance; readonly after: Balance }> {
  await lockMoney(query, account.bucket, [account.id]);
  const before = await readBalance(query, account);
  if (before.availableMicros + micros < 0n)
    throw new OperatorRefusal(
      `only ${euro(before.availableMicros)} EUR is available: ${euro(before.heldMicros)} of ` +
        `${euro(before.balanceMicros)} EUR is held for messages under way and quotas of users`,
    );
  const after = await insertTopUp(query, account, { kind, amountMicros: micros, note }, nowMs);
  return { before, after };
}

export const euro = (micros: bigint) => formatEuro(micros, 6);

/** An amount above 0 in euro, such as 25.50. */
export function readAmount(written: string): bigint {
  if (/^\d+,\d+$/.test(written))
    throw new OperatorRefusal(`"${written}" has a decimal comma; write ${written.replace(',', '.')}`);
  const micros = parseEuro(written);
  if (micros === null || micros <= 0n)
    throw new OperatorRefusal(`"${written}" must be an amount in euro above 0 such as 25.50`);
  if (micros > maxMicros)
    throw new OperatorRefusal(`"${written}" is more than ${formatEuro(maxMicros, 0)} EUR`);
  return micros;
}
