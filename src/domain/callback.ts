// What we owe the customer: word of a receipt, a reply or an opt-out, in the dialect the request came in.

import type { Account } from './account.ts';
import type { MessageStatus } from './message.ts';
import type { DialectName } from './submission.ts';

export type CallbackKind = 'receipt' | 'reply' | 'opt-out';

/** The facts of one receipt, from which a dialect writes its push. */
export interface ReceiptCallback {
  readonly kind: 'receipt';
  /** As its customer knows it: of a part of a campaign on a list, the whole. */
  readonly campaignId: number;
  /** The list that the campaign went to, or null. */
  readonly listName: string | null;
  /** Null for a recipient who was skipped. */
  readonly messageId: number | null;
  readonly msisdn: number;
  readonly status: MessageStatus;
  /** The carrier's error code, as text, or null. */
  readonly error: string | null;
  readonly costMicros: bigint;
  readonly atMs: number;
}

export interface ReplyCallback {
  readonly kind: 'reply' | 'opt-out';
  /** The campaign and message it answers, or null when none is known. */
  readonly campaignId: number | null;
  readonly messageId: number | null;
  readonly msisdn: number;
  /** The number it was sent to. */
  readonly to: string;
  readonly text: string;
  readonly atMs: number;
}

export type Callback = ReceiptCallback | ReplyCallback;

/** One POST, ready to leave. */
export interface CallbackRequest {
  readonly url: string;
  readonly contentType: string;
  readonly body: string;
}

/** How a dialect hands a callback to its customer; null when the account wants none of this kind. */
export interface CallbackChannel {
  readonly dialect: DialectName;
  render(account: Account, callback: Callback): CallbackRequest | null;
}
