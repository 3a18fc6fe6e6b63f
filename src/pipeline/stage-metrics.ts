// Counts the work of the stages, once for each batch after its commit. Used by the stages of the pipeline.
import type { Connector } from '#domain/delivery/connector.ts';
import { counter, duration } from '#lib/observability/metrics.ts';

export const acceptedMessages = counter({
  name: 'chappe_messages_accepted_total',
  help: 'Messages of accepted campaigns, by the dialect of the request. Counted after the commit.',
  labels: ['dialect'],
});
const outcomes = counter({
  name: 'chappe_outcomes_total',
  help: 'Recorded outcomes of messages at a carrier, by kind: submitted, elsewhere, refused, expired, in-doubt, try-later (the time of the message ran out). `none`: no carrier was asked.',
  labels: ['connector', 'outcome'],
});
const receipts = counter({
  name: 'chappe_receipts_total',
  help: 'Recorded receipts of carriers, by state. One for each segment.',
  labels: ['connector', 'state'],
});
const receiptTime = duration({
  name: 'chappe_receipt_seconds',
  help: 'Time from the answer of the carrier to its receipt. Of a batch of more than 20 receipts, 20 are measured.',
  labels: ['connector'],
});
const recordedReplies = counter({
  name: 'chappe_replies_total',
  help: 'Recorded replies of phones, by kind: reply or opt-out.',
  labels: ['kind'],
});
export const callbackAttempts = counter({
  name: 'chappe_callback_attempts_total',
  help: 'Attempts to deliver a callback, by outcome: delivered, failed (another answer than 2xx), unreachable (no answer).',
  labels: ['outcome'],
});
export const callbackTime = duration({
  name: 'chappe_callback_seconds',
  help: 'Time from the commit of an event to the delivery of its callback, retries included.',
});

/** An observation costs 1 µs, and a busy process records 12,000 receipts a second. */
const measuredOfBatch = 20;

type Connectors = ReadonlyMap<number, Pick<Connector, 'name'>>;

const nameOf = (connectors: Connectors, id: number | null): string =>
  id === null ? 'none' : (connectors.get(id)?.name ?? 'removed');

export function countOutcomes(
  connectors: Connectors,
  recorded: readonly { readonly connectorId: number | null; readonly outcome: { readonly kind: string } }[],
): void {
  for (const [id, ofConnector] of Map.groupBy(recorded, ({ connectorId }) => connectorId))
    for (const [kind, { length }] of Map.groupBy(ofConnector, ({ outcome }) => outcome.kind))
      outcomes.add({ connector: nameOf(connectors, id), outcome: kind }, length);
}

export function countReplies(recorded: readonly { readonly isOptOut: boolean }[]): void {
  for (const { isOptOut } of recorded) recordedReplies.add({ kind: isOptOut ? 'opt-out' : 'reply' });
}

interface CountedReceipt {
  readonly connectorId: number;
  readonly receipt: { readonly state: string };
  /** Null: it does not belong to a known message yet. */
  readonly segment: { readonly submittedAtMs: number } | null;
}

export function countReceipts(
  connectors: Connectors,
  recorded: readonly CountedReceipt[],
  nowMs: number,
): void {
  for (const [id, ofConnector] of Map.groupBy(recorded, ({ connectorId }) => connectorId))
    for (const [state, { length }] of Map.groupBy(ofConnector, ({ receipt }) => receipt.state))
      receipts.add({ connector: nameOf(connectors, id), state }, length);
  const step = Math.ceil(recorded.length / measuredOfBatch);
  for (let i = 0; i < recorded.length; i += step) {
    const { connectorId, segment } = recorded[i]!;
    if (segment === null) continue;
    receiptTime.observe({ connector: nameOf(connectors, connectorId) }, nowMs - segment.submittedAtMs);
  }
}
