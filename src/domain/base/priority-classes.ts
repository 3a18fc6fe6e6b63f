// Priority classes and the fair order of chunks. Used by the acceptance.
//
// A one-time code does not wait for a campaign: each priority class leaves before the next one. In a class, chunks leave in
// the order of their start tags (start-time fair queueing): an account that submits more than its share gets later start
// tags, so that a later chunk of another account leaves before the rest of a large campaign.
import type { Purpose } from './campaign.ts';

export const priorityClasses = {
  transactional: 0,
  transactionalBulk: 1,
  marketing: 2,
  marketingBulk: 3,
} as const;

export const priorityClassCount = 4;

/** Maximum number of messages that are claimed, sent and finished together. */
export const maxChunkSize = 500;

/** Number of recipients from which a submission is bulk. */
const bulkThreshold = 20;

export type Priority = 'high' | 'medium' | 'low' | 'veryLow';

/** Added to the priority class of the purpose and the size. */
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
  const priorityClass = classOfPurpose(purpose, messageCount >= bulkThreshold) + shiftOf[priority];
  return Math.min(Math.max(priorityClass, 0), priorityClassCount - 1);
}

function classOfPurpose(purpose: Purpose, isBulk: boolean): number {
  if (purpose === 'transactional')
    return isBulk ? priorityClasses.transactionalBulk : priorityClasses.transactional;
  return isBulk ? priorityClasses.marketingBulk : priorityClasses.marketing;
}

/** Distance of start tags for each message: the share of one account among several at 20,000 messages/s. */
const stepMs = 0.05;
/** The claim looks one hour ahead (store/pipeline/chunks.ts): start tags must not be later. */
const maxAheadMs = 3_000_000;

export class FairOrder {
  readonly #nextRankMs = new Map<number, number>();

  /** The start tag of an account's next chunk. */
  rank(accountId: number, messageCount: number, dueAtMs: number, nowMs: number): number {
    const start = Math.max(nowMs, dueAtMs, this.#nextRankMs.get(accountId) ?? 0);
    const rank = Math.min(start, Math.max(nowMs, dueAtMs) + maxAheadMs);
    if (dueAtMs <= nowMs) this.#nextRankMs.set(accountId, rank + messageCount * stepMs);
    if (this.#nextRankMs.size > 10_000) this.#forgetThePast(nowMs);
    return rank;
  }

  #forgetThePast(nowMs: number): void {
    for (const [accountId, rank] of this.#nextRankMs) if (rank <= nowMs) this.#nextRankMs.delete(accountId);
  }
}
