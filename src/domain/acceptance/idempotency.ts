// Under which key a submission is remembered, so that the same one sends once. Serves the acceptance and the drafts.
import type { Account } from '#domain/account/account.ts';
import type { Submission } from '#domain/base/submission.ts';

export interface IdempotencyKey {
  /** Keys that are remembered as long as their campaign (legacy, mail), those that expire (REST) and those of drafts do not meet. */
  readonly scope: number;
  readonly key: string;
  /** How long it is remembered; null for as long as its campaign is. */
  readonly ttlMs: number | null;
}

export const draftScope = 2;

/** A draft has its own id for a key: it is confirmed once, or dropped (store/campaigns/drafts.ts). */
export function idempotencyKeyOf({
  draftId,
  idempotencyKey: key,
  idempotencyTtlMs: ttlMs,
}: Submission): IdempotencyKey | null {
  if (draftId !== undefined) return { scope: draftScope, key: String(draftId), ttlMs: null };
  return key === null ? null : { scope: ttlMs === null ? 0 : 1, key, ttlMs };
}

/** Of those with one key only the first: whether the others are refused depends on its fate. */
export function onePerKey<T extends { readonly account: Account; readonly submission: Submission }>(
  batch: readonly T[],
): T[] {
  const seen = new Set<string>();
  return batch.filter(({ account, submission }) => {
    const claim = idempotencyKeyOf(submission);
    if (claim === null) return true;
    const key = `${account.id} ${claim.scope} ${claim.key}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
