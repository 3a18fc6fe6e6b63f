// The contract of callbacks: reports of a receipt, a reply or an opt-out to a customer, in the dialect of the campaign.
// Used by the dialects and the callback pusher.

import type { Account } from '#domain/account/account.ts';
import type { MessageStatus } from '#domain/base/message.ts';
import type { DialectName } from '#domain/base/submission.ts';

export type CallbackKind = 'receipt' | 'reply' | 'opt-out';

/** The label of a message and whether a carrier accepted it. Read for channels whose callbacks contain them. */
export interface CallbackFacts {
  readonly tag: string | null;
  readonly userId: number | null;
  readonly wasTaken: boolean;
}

/** The content of a receipt, from which a dialect renders its callback. */
export interface ReceiptCallback {
  readonly kind: 'receipt';
  /** The campaign id that the customer knows: for a part of a contact-list campaign, the id of the whole. */
  readonly campaignId: number;
  /** The recipient list of the campaign, or null. */
  readonly listName: string | null;
  /** Null for a skipped recipient. */
  readonly messageId: number | null;
  /** 0 if only `writtenNumber` is known. */
  readonly msisdn: number;
  /** The number as written, for a skipped recipient whose number cannot be read. */
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
  /** The campaign and message that the reply answers; null if none is known. */
  readonly campaignId: number | null;
  readonly messageId: number | null;
  readonly msisdn: number;
  /** The destination of the reply. */
  readonly to: string;
  readonly text: string;
  readonly atMs: number;
  readonly facts?: CallbackFacts;
}

export type Callback = ReceiptCallback | ReplyCallback;

/** One request, ready to send. */
export interface CallbackRequest {
  /** A GET has all values in its URL; its body and type are empty. */
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly contentType: string;
  readonly body: string;
}

/** Delivers callbacks to a customer in one dialect. */
export interface CallbackChannel {
  readonly dialect: DialectName;
  /** The callbacks need CallbackFacts, which cost one query for each row. */
  readonly needsFacts?: boolean;
  /** The configured address; null if callbacks of this kind are off. */
  addressOf(account: Account, callback: Callback): string | null;
  /** Also null if the dialect has no form for this callback. */
  render(account: Account, callback: Callback): CallbackRequest | null;
}

/** The address in the settings of an account. */
export function accountAddress(account: Account, { kind }: Callback): string | null {
  const { receiptUrl, replyUrl, optOutUrl } = account.settings.callbacks;
  return kind === 'receipt' ? receiptUrl : kind === 'reply' ? replyUrl : optOutUrl;
}
