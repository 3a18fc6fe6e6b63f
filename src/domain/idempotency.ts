// Under which key a submission is remembered, so that the same one sends once. Serves the acceptance and the drafts.
import type { Submission } from './submission.ts';

export interface IdempotencyKey {
  /** Keys that are remembered for ever (legacy, mail), those that expire (REST) and those of drafts do not meet. */
  readonly scope: number;
  readonly key: string;
  /** How long it is remembered; null for ever. */
  readonly ttlMs: number | null;
}

export const draftScope = 2;

/** A draft has its own id for a key: it is confirmed once, or dropped (store/drafts.ts). */
export function idempotencyKeyOf({
  draftId,
  idempotencyKey: key,
  idempotencyTtlMs: ttlMs,
}: Submission): IdempotencyKey | null {
  if (draftId !== undefined) return { scope: draftScope, key: String(draftId), ttlMs: null };
  return key === null ? null : { scope: ttlMs === null ? 0 : 1, key, ttlMs };
}
