// From what is stored to what is told: the facts of one callback. Serves the pusher, which hands them to a dialect.

import { optedOutError } from '#domain/recipients/opt-out.ts';
import type { Callback, CallbackFacts, ReceiptCallback, ReplyCallback } from './callback.ts';

export function receiptPayload(message: Omit<ReceiptCallback, 'kind'>): ReceiptCallback {
  const { campaignId, listName, messageId, msisdn, status, error, costMicros, atMs } = message;
  return { kind: 'receipt', campaignId, listName, messageId, msisdn, status, error, costMicros, atMs };
}

/** Nothing was written for him: he had said STOP before. */
export function skippedPayload(
  skipped: Pick<ReceiptCallback, 'campaignId' | 'listName' | 'msisdn' | 'atMs'>,
): ReceiptCallback {
  const end = { messageId: null, status: 'cancelled', error: optedOutError, costMicros: 0n } as const;
  return { kind: 'receipt', ...skipped, ...end };
}

export function replyPayload(
  reply: Omit<ReplyCallback, 'kind' | 'to' | 'replyId'> & { readonly id: number; readonly recipient: string },
  kind: ReplyCallback['kind'],
): ReplyCallback {
  const { id: replyId, campaignId, messageId, msisdn, recipient, text, atMs } = reply;
  return { kind, replyId, campaignId, messageId, msisdn, to: recipient, text, atMs };
}

/** `factsOf`: by the ids of messages. */
export function tellFacts(
  callbacks: readonly Callback[],
  factsOf: ReadonlyMap<number, CallbackFacts>,
): Callback[] {
  return callbacks.map((callback) => {
    const facts = factsOf.get(callback.messageId ?? 0);
    return facts === undefined ? callback : { ...callback, facts };
  });
}
