// What a batch of submissions costs its accounts, and what of it the quotas of users must cover. Serves the acceptance.
import type { Submitted } from './chunking.ts';

export interface QuotaUse {
  readonly accountId: number;
  readonly userId: number;
  readonly amountMicros: bigint;
}

/** What each account must hold, in ascending order of accounts (the order of locking). */
export function amountsOf(batch: readonly Submitted[]): Map<number, bigint> {
  const amounts = new Map<number, bigint>();
  for (const { account, plan } of [...batch].sort((a, b) => a.account.id - b.account.id))
    amounts.set(account.id, (amounts.get(account.id) ?? 0n) + plan.costMicros);
  return amounts;
}

/** One entry for each user, whether he has a quota or not. */
export function quotaUsesOf(batch: readonly Submitted[]): QuotaUse[] {
  const uses = new Map<number, QuotaUse>();
  for (const submitted of batch) {
    const userId = userIdOf(submitted);
    if (userId === null) continue;
    const before = uses.get(userId)?.amountMicros ?? 0n;
    const amountMicros = before + submitted.plan.costMicros;
    uses.set(userId, { accountId: submitted.account.id, userId, amountMicros });
  }
  return [...uses.values()];
}

/** Whether it is sent for one of these users. */
export function isSentFor(users: ReadonlySet<number>, submitted: Submitted): boolean {
  const userId = userIdOf(submitted);
  return userId !== null && users.has(userId);
}

/** Without what is sent for one of these users. */
export function leaveOut<T extends Submitted>(users: ReadonlySet<number>, batch: readonly T[]): readonly T[] {
  return users.size === 0 ? batch : batch.filter((submitted) => !isSentFor(users, submitted));
}

/** With whose quota pays for each. */
export function quotaCampaignsOf(batch: readonly Submitted[]) {
  return batch.map((submitted) => ({
    accountId: submitted.account.id,
    campaignId: submitted.campaignId,
    userId: userIdOf(submitted)!,
  }));
}

function userIdOf({ submission }: Submitted): number | null {
  return submission.label?.userId ?? null;
}
