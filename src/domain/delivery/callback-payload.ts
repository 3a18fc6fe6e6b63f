// Builds the payload of one callback from the stored rows. Used by the callback pusher, which passes it to a dialect.

import { optedOutError } from '#domain/recipients/opt-out.ts';
import type { Callback, CallbackFacts, ReceiptCallback, ReplyCallback } from './callback.ts';

export function receiptPayload(message: Omit<ReceiptCallback, 'kind'>): ReceiptCallback {
  const { campaignId, listName, messageId, msisdn, status, error, costMicros, atMs } = message;
  return { kind: 'receipt', campaignId, listName, messageId, msisdn, status, error, costMicros, atMs };
}

/** For a recipient without a message. `error` is the reason of the refusal instead of a carrier's error. */
export function skippedPayload(
  { msisdn, writtenNumber = null, reason = null, createdAtMs }: SkippedRow,
  campaignId: number,
  listName: string | null,
): ReceiptCallback {
  const isOptedOut = reason === null || reason === 'recipient-opted-out';
  return {
    kind: 'receipt',
    campaignId,
    listName,
    messageId: null,
    msisdn: msisdn ?? 0,
    ...(writtenNumber !== null && { writtenNumber }),
    status: 'cancelled',
    error: isOptedOut ? optedOutError : reason,
    costMicros: 0n,
    atMs: createdAtMs,
  };
}

/** A skipped recipient that waits for its callback. */
export interface SkippedRow {
  /** Null when the number cannot be read; the callback then has the written form. */
  readonly msisdn: number | null;
  readonly writtenNumber?: string | null;
  /** A RefusalReason; null: opted out. */
  readonly reason?: string | null;
  readonly createdAtMs: number;
}

export function replyPayload(
  reply: Omit<ReplyCallback, 'kind' | 'to' | 'replyId'> & { readonly id: number; readonly recipient: string },
  kind: ReplyCallback['kind'],
): ReplyCallback {
  const { id: replyId, campaignId, messageId, msisdn, recipient, text, atMs } = reply;
  return { kind, replyId, campaignId, messageId, msisdn, to: recipient, text, atMs };
}

/** Adds the facts of `factsOf` (by message id) to the callbacks that have some. */
export function addFacts(
  callbacks: readonly Callback[],
  factsOf: ReadonlyMap<number, CallbackFacts>,
): Callback[] {
  return callbacks.map((callback) => {
    const facts = factsOf.get(callback.messageId ?? 0);
    return facts === undefined ? callback : { ...callback, facts };
  });
}
