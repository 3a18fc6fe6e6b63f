// What we owe the customer: word of a receipt, a reply or an opt-out, in the dialect the request came in.

import type { Account } from '#domain/account/account.ts';
import type { MessageStatus } from '#domain/base/message.ts';
import type { DialectName } from '#domain/base/submission.ts';

export type CallbackKind = 'receipt' | 'reply' | 'opt-out';

/** How a message is filed, and whether a carrier had it: looked up for the channels that tell of it. */
export interface CallbackFacts {
  readonly tag: string | null;
  readonly userId: number | null;
  readonly wasTaken: boolean;
}

/** The facts of one receipt, from which a dialect writes its push. */
export interface ReceiptCallback {
  readonly kind: 'receipt';
  /** As its customer knows it: of a part of a campaign on a list, the whole. */
  readonly campaignId: number;
  /** The list that the campaign went to, or null. */
  readonly listName: string | null;
  /** Null for a recipient who was skipped. */
  readonly messageId: number | null;
  /** 0 where only `writtenNumber` is known. */
  readonly msisdn: number;
  /** Of a recipient who was skipped and whose number cannot be read: as it was sent. */
  readonly writtenNumber?: string;
  readonly status: MessageStatus;
  /** The carrier's error code, as text, or null. */
  readonly error: string | null;
  readonly costMicros: bigint;
  readonly atMs: number;
  readonly facts?: CallbackFacts;
}

export interface ReplyCallback {
  readonly kind: 'reply' | 'opt-out';
  readonly replyId: number;
  /** The campaign and message it answers, or null when none is known. */
  readonly campaignId: number | null;
  readonly messageId: number | null;
  readonly msisdn: number;
  /** The number it was sent to. */
  readonly to: string;
  readonly text: string;
  readonly atMs: number;
  readonly facts?: CallbackFacts;
}

export type Callback = ReceiptCallback | ReplyCallback;

/** One request, ready to leave. */
export interface CallbackRequest {
  /** A GET tells everything in its URL; its body and type are empty. */
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly contentType: string;
  readonly body: string;
}

/** How a dialect hands a callback to its customer. */
export interface CallbackChannel {
  readonly dialect: DialectName;
  /** Its callbacks come with their facts, which cost a look-up for each row. */
  readonly needsFacts?: boolean;
  /** Where it goes, as it was set; null when nobody wants it. */
  addressOf(account: Account, callback: Callback): string | null;
  /** Null too when the dialect has no word for it. */
  render(account: Account, callback: Callback): CallbackRequest | null;
}

/** Where an account is told, by its settings alone. */
export function accountAddress(account: Account, { kind }: Callback): string | null {
  const { receiptUrl, replyUrl, optOutUrl } = account.settings.callbacks;
  return kind === 'receipt' ? receiptUrl : kind === 'reply' ? replyUrl : optOutUrl;
}
