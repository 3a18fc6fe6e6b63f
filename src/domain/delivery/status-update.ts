// What receipts say about messages: one status update for each message, from the receipts of its segments. Pure. Used by
// the receipt and outcome stages; store/pipeline/messages.ts applies the updates.
import type { MessageStatus } from '../base/message.ts';
import type { Receipt } from './connector.ts';

/** A status update of one message: the fate of some of its segments, or of all. */
export interface StatusUpdate {
  readonly messageId: number;
  /** One bit for each segment reported delivered; bits beyond the last segment count for nothing. */
  readonly deliveredSegments: number;
  /** `delivered` takes effect when every segment is; any other status at once. */
  readonly status: MessageStatus;
  readonly error: string | null;
  readonly connectorId: number | null;
  readonly submittedAtMs: number | null;
  readonly atMs: number;
}

/** A receipt with the segment that it speaks of. */
export interface ReceiptOfSegment {
  readonly connectorId: number;
  readonly receipt: Receipt;
  readonly segment: {
    readonly messageId: number;
    /** One bit for each segment of the message that has this reference. */
    readonly parts: number;
    readonly submittedAtMs: number;
  };
}

/** All bits for `deliveredSegments`, independent of the number of segments. */
const allSegments = -1;

/** Null: an intermediate receipt, which changes nothing. */
const statusOf: Readonly<Record<Receipt['state'], MessageStatus | null>> = {
  underway: null,
  delivered: 'delivered',
  undelivered: 'undelivered',
  expired: 'expired',
  rejected: 'rejected',
  unknown: 'unknown',
};

/** An intermediate receipt changes nothing. */
export function isIntermediate(receipt: Receipt): boolean {
  return statusOf[receipt.state] === null;
}

/** One status update for each message, from all its segments in the batch. A failed segment fails the message. */
export function statusUpdatesOf(items: readonly ReceiptOfSegment[], nowMs: number): StatusUpdate[] {
  const updates = new Map<number, StatusUpdate>();
  for (const item of items) {
    const status = statusOf[item.receipt.state];
    if (status === null) continue;
    const { messageId } = item.segment;
    updates.set(messageId, addReceipt(updates.get(messageId), item, status, nowMs));
  }
  // All processes use one order, so that two batches cannot wait for each other.
  return [...updates.values()].sort((a, b) => a.messageId - b.messageId);
}

function addReceipt(
  before: StatusUpdate | undefined,
  { connectorId, receipt, segment }: ReceiptOfSegment,
  status: MessageStatus,
  nowMs: number,
): StatusUpdate {
  const isDelivered = status === 'delivered';
  const reported = receipt.speaksForAll === true ? allSegments : segment.parts;
  const hasFailed = before !== undefined && before.status !== 'delivered';
  return {
    messageId: segment.messageId,
    deliveredSegments: (before?.deliveredSegments ?? 0) | (isDelivered ? reported : 0),
    status: hasFailed ? before.status : status,
    error: hasFailed ? before.error : isDelivered ? null : receipt.error,
    connectorId,
    submittedAtMs: Math.min(before?.submittedAtMs ?? Number.POSITIVE_INFINITY, segment.submittedAtMs),
    atMs: Math.max(before?.atMs ?? 0, plausibleTime(receipt.atMs, segment.submittedAtMs, nowMs)),
  };
}

/**
 * The time of the receipt, by the carrier's clock if possible: receipts state whole minutes, often in the carrier's time
 * zone. Never before the submission, never in the future.
 */
function plausibleTime(reportedMs: number, submittedAtMs: number, nowMs: number): number {
  return reportedMs >= submittedAtMs && reportedMs <= nowMs ? reportedMs : nowMs;
}
