// Lanes and fair order: what leaves first when not everything can leave at once.
//
// A lane is a priority: a one-time code does not wait behind a campaign. Within a lane, chunks leave in the order of
// their rank. An account that submits faster than its share is ranked into the future (start-time fair queueing):
// another account's chunk, accepted later, ranks before the rest of a flood.
import type { Purpose } from './campaign.ts';

export const priorityClasses = {
  transactional: 0,
  transactionalBulk: 1,
  marketing: 2,
  marketingBulk: 3,
} as const;

export const priorityClassCount = 4;

/** The most messages that are claimed, worked on and finished together. */
export const maxChunkSize = 500;

/** Up to so many recipients, a submission is not bulk. */
const bulkFrom = 20;

export type Priority = 'high' | 'medium' | 'low' | 'veryLow';

/** In lanes, from the one of its purpose and size. */
const shiftOf: Readonly<Record<Priority, number>> = {
  high: -1,
  medium: 0,
  low: 1,
  veryLow: priorityClassCount,
};

export function priorityClassOf(
  purpose: Purpose,
  messageCount: number,
  priority: Priority = 'medium',
): number {
  const lane = usualLane(purpose, messageCount >= bulkFrom) + shiftOf[priority];
  return Math.min(Math.max(lane, 0), priorityClassCount - 1);
}

function usualLane(purpose: Purpose, isBulk: boolean): number {
  if (purpose === 'transactional')
    return isBulk ? priorityClasses.transactionalBulk : priorityClasses.transactional;
  return isBulk ? priorityClasses.marketingBulk : priorityClasses.marketing;
}

/** What one message costs an account in rank: the share of one account among several, at 20,000 messages/s. */
const rankStepMs = 0.05;
/** The claim looks an hour ahead of now (store/pipeline/chunks.ts): ranks must not run further. */
const maxAheadMs = 3_000_000;

export class FairOrder {
  readonly #nextRankMs = new Map<number, number>();

  /** The rank of an account's next chunk. */
  rank(accountId: number, messageCount: number, dueAtMs: number, nowMs: number): number {
    const start = Math.max(nowMs, dueAtMs, this.#nextRankMs.get(accountId) ?? 0);
    const rank = Math.min(start, Math.max(nowMs, dueAtMs) + maxAheadMs);
    if (dueAtMs <= nowMs) this.#nextRankMs.set(accountId, rank + messageCount * rankStepMs);
    if (this.#nextRankMs.size > 10_000) this.#forgetThePast(nowMs);
    return rank;
  }

  #forgetThePast(nowMs: number): void {
    for (const [accountId, rank] of this.#nextRankMs) if (rank <= nowMs) this.#nextRankMs.delete(accountId);
  }
}
