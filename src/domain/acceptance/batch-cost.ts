// Sums the cost of a batch of submissions for each account, and the share that quotas of users must cover. Used by the
// acceptance.
import type { Submitted } from './chunking.ts';

export interface QuotaUse {
  readonly accountId: number;
  readonly userId: number;
  readonly amountMicros: bigint;
}

/** The amount to hold for each account, in ascending order of accounts (the order of locking). */
export function amountsOf(batch: readonly Submitted[]): Map<number, bigint> {
  const amounts = new Map<number, bigint>();
  for (const { account, plan } of [...batch].sort((a, b) => a.account.id - b.account.id))
    amounts.set(account.id, (amounts.get(account.id) ?? 0n) + plan.costMicros);
  return amounts;
}

/** One entry for each user, with or without a quota. */
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

/** Whether the submission is sent for one of these users. */
export function isSentFor(users: ReadonlySet<number>, submitted: Submitted): boolean {
  const userId = userIdOf(submitted);
  return userId !== null && users.has(userId);
}

/** The batch without submissions that are sent for one of these users. */
export function leaveOut<T extends Submitted>(users: ReadonlySet<number>, batch: readonly T[]): readonly T[] {
  return users.size === 0 ? batch : batch.filter((submitted) => !isSentFor(users, submitted));
}

/** The campaigns of the batch, each with the user whose quota pays. */
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
