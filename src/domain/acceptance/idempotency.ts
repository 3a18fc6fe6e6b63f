// The key under which a submission is stored, so that a repeated submission sends once. Used by the acceptance and by drafts.
import type { Account } from '#domain/account/account.ts';
import type { Submission } from '#domain/base/submission.ts';

export interface IdempotencyKey {
  /** 0: kept with its campaign (legacy, mail); 1: expires (REST); 2: reserved campaign ids. Equal keys of two scopes differ. */
  readonly scope: number;
  readonly key: string;
  /** Lifetime of the key; null: as long as its campaign. */
  readonly ttlMs: number | null;
}

export const draftScope = 2;

/** The key of a draft is its reserved campaign id: a draft is confirmed once or deleted (store/campaigns/drafts.ts). */
export function idempotencyKeyOf({
  draftId,
  idempotencyKey: key,
  idempotencyTtlMs: ttlMs,
}: Pick<Submission, 'draftId' | 'idempotencyKey' | 'idempotencyTtlMs'>): IdempotencyKey | null {
  if (draftId !== undefined) return { scope: draftScope, key: String(draftId), ttlMs: null };
  return key === null ? null : { scope: ttlMs === null ? 0 : 1, key, ttlMs };
}

/** Keeps the first submission of each key. The result of the others depends on whether it is accepted. */
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
