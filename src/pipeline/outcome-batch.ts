// The rows that a batch of outcomes stores, by bucket: carrier references, settlements, final statuses, finished chunks.
// A part of record-outcomes.ts. Pure, except that `countDown` changes the counts of chunks.

import type { MessageStatus } from '#domain/base/message.ts';
import type { DispatchChunk, FinalOutcome, RecordedOutcome } from '#domain/delivery/dispatch-state.ts';
import type { StatusUpdate } from '#domain/delivery/status-update.ts';
import { settlementKindOf } from '#domain/money/ledger-rules.ts';
import type { NewCarrierRef, Settlement } from '#store/pipeline/outcomes.ts';
import type { TakenResend } from '#store/pipeline/resends.ts';

/** An outcome, or a chunk that has no message left. */
export type OutcomeItem = RecordedOutcome | { readonly emptyChunk: DispatchChunk };

/** The rows of one bucket, stored in one transaction. */
export interface OutcomeBatch {
  readonly bucket: number;
  readonly references: readonly NewCarrierRef[];
  readonly settlements: readonly Settlement[];
  /** Messages whose hold is released. */
  readonly releasedIds: readonly number[];
  /** Final statuses of messages for which no receipt comes. */
  readonly updates: readonly StatusUpdate[];
  readonly chunkIds: readonly number[];
  /** Messages that another carrier took after a failure. */
  readonly resent: readonly TakenResend[];
}

/** Subtracts the outcomes from their chunks. Returns the chunks that are complete. */
export function countDown(items: readonly OutcomeItem[]): DispatchChunk[] {
  const complete: DispatchChunk[] = [];
  for (const item of items) {
    if ('emptyChunk' in item) complete.push(item.emptyChunk);
    else if (--item.message.chunk.unrecorded === 0) complete.push(item.message.chunk);
  }
  return complete;
}

/** Sorts the rows of each bucket by table. */
export function splitByBucket(
  items: readonly OutcomeItem[],
  completeChunks: readonly DispatchChunk[],
): OutcomeBatch[] {
  const batches: OutcomeBatch[] = [];
  for (const [bucket, ofBucket] of Map.groupBy(items, bucketOf)) {
    const outcomes = ofBucket.filter((item) => 'outcome' in item);
    // A message is paid by its first attempt.
    const settlements = outcomes.filter(({ message }) => message.resend === undefined).map(settlementOf);
    const released = settlements.filter(({ kind }) => kind === 'release');
    batches.push({
      bucket,
      references: outcomes.flatMap(referencesOf),
      settlements,
      releasedIds: released.map(({ messageId }) => messageId),
      updates: outcomes.flatMap(updatesOf),
      resent: outcomes.flatMap(resentOf),
      chunkIds: completeChunks.filter((chunk) => chunk.bucket === bucket).map(({ id }) => id),
    });
  }
  return batches;
}

function bucketOf(item: OutcomeItem): number {
  return 'emptyChunk' in item ? item.emptyChunk.bucket : item.message.chunk.bucket;
}

function settlementOf({ message, connectorId, outcome, segmentCostMicros }: RecordedOutcome): Settlement {
  const { id: messageId, accountId, costMicros, country, segments, tier } = message;
  const kind = settlementKindOf(outcome);
  const carriage = kind === 'charge' ? { connectorId, country, segments, tier, segmentCostMicros } : null;
  return { messageId, accountId, kind, costMicros, carriage };
}

function resentOf({
  message,
  connectorId,
  outcome,
  segmentCostMicros,
  atMs,
}: RecordedOutcome): TakenResend[] {
  const { id: messageId, segments, resend } = message;
  if (resend === undefined || outcome.kind !== 'submitted' || connectorId === null) return [];
  return [{ messageId, connectorId, segments, segmentCostMicros, atMs }];
}

function referencesOf({ message, connectorId, routeId, outcome, atMs }: RecordedOutcome): NewCarrierRef[] {
  if (outcome.kind !== 'submitted' || connectorId === null) return [];
  return outcome.references.map((reference, part) => ({
    messageId: message.id,
    part,
    connectorId,
    routeId: routeId ?? null,
    reference,
    atMs,
  }));
}

function updatesOf({ message, connectorId, outcome, atMs }: RecordedOutcome): StatusUpdate[] {
  if (outcome.kind === 'submitted') return [];
  const { resend } = message;
  // No other carrier took it: the failure that it was sent again for is its end.
  const isGivenUp = resend !== undefined && outcome.kind !== 'unanswered';
  const { status, error } = isGivenUp ? resend : endStatusOf(outcome);
  return [
    {
      ...{ messageId: message.id, deliveredSegments: 0, status, error, submittedAtMs: null, atMs },
      connectorId: isGivenUp ? null : connectorId,
    },
  ];
}

function endStatusOf(outcome: Exclude<FinalOutcome, { kind: 'submitted' }>): {
  status: MessageStatus;
  error: string;
} {
  switch (outcome.kind) {
    case 'refused':
      return { status: 'rejected', error: outcome.reason };
    case 'expired':
      return { status: 'expired', error: 'its validity ran out before a carrier took it' };
    case 'unanswered':
      return { status: 'unknown', error: `sent ${outcome.times} times, and no carrier answered` };
  }
}
