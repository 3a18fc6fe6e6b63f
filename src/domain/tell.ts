// From what is stored to what is told: the facts of one callback. Serves the pusher, which hands them to a dialect.
import type { ReceiptCallback, ReplyCallback } from './callback.ts';
import { optedOutError } from './opt-out.ts';

export function tellReceipt(message: Omit<ReceiptCallback, 'kind'>): ReceiptCallback {
  const { campaignId, listName, messageId, msisdn, status, error, costMicros, atMs } = message;
  return { kind: 'receipt', campaignId, listName, messageId, msisdn, status, error, costMicros, atMs };
}

/** Nothing was written for him: he had said STOP before. */
export function tellSkipped(
  skipped: Pick<ReceiptCallback, 'campaignId' | 'listName' | 'msisdn' | 'atMs'>,
): ReceiptCallback {
  const end = { messageId: null, status: 'cancelled', error: optedOutError, costMicros: 0n } as const;
  return { kind: 'receipt', ...skipped, ...end };
}

export function tellReply(
  reply: Omit<ReplyCallback, 'kind' | 'to'> & { readonly recipient: string },
  kind: ReplyCallback['kind'],
): ReplyCallback {
  const { campaignId, messageId, msisdn, recipient, text, atMs } = reply;
  return { kind, campaignId, messageId, msisdn, to: recipient, text, atMs };
}
