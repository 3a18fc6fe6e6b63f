// The contract of callbacks: reports of a receipt, a reply or an opt-out to a customer, in the dialect of the campaign.
// Used by the dialects and the callback pusher.

import type { Account } from '#domain/account/account.ts';
import type { MessageStatus } from '#domain/base/message.ts';
import type { ReturnPath, WrittenAddress } from '#domain/base/return-path.ts';
import type { DialectName } from '#domain/base/submission.ts';

export type CallbackKind = 'receipt' | 'reply' | 'opt-out';

/** Facts of a message besides its status. Read for channels whose callbacks contain them. */
export interface CallbackFacts {
  readonly tag: string | null;
  readonly userId: number | null;
  /** A carrier accepted it. */
  readonly wasTaken: boolean;
  /** Null: no receipt is wanted, or the dialect has none. */
  readonly returnPath: ReturnPath | null;
  /** The first 20 characters. */
  readonly textStart: string;
  readonly acceptedAtMs: number;
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

/** A callback as one HTTP request. Its transport signs it. */
export interface HttpCallback {
  readonly kind: 'http';
  /** A GET has all values in its URL; its body and type are empty. */
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly contentType: string;
  readonly body: string;
}

/** A callback as one e-mail. */
export interface MailCallback {
  readonly kind: 'mail';
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** A short message to the software of a customer, as fields of a deliver_sm (SMPP 3.4 §4.6.1). */
export interface BindMessage {
  readonly source: WrittenAddress;
  readonly destination: WrittenAddress;
  /** esm_class: the kind of a receipt, and whether the octets begin with a header. */
  readonly esmClass: number;
  readonly dataCoding: number;
  readonly octets: Uint8Array;
  /** Optional parameters by tag. Peers of version 3.3 get none. */
  readonly tlvs: ReadonlyMap<number, Uint8Array>;
}

/** A callback as messages over a bind of the account. It is delivered when each has a response. */
export interface BindCallback {
  readonly kind: 'bind';
  readonly accountId: number;
  readonly messages: readonly BindMessage[];
}

export type PreparedCallback = HttpCallback | MailCallback | BindCallback;

/** The content of callbacks to customers in one dialect. A transport delivers it. */
export interface CallbackChannel<Prepared extends PreparedCallback = PreparedCallback> {
  readonly dialect: DialectName;
  /** `bound-process`: only a process with a bind of the account delivers them. */
  readonly reach: 'any-process' | 'bound-process';
  /** The callbacks need CallbackFacts, which cost one query for each row. */
  readonly needsFacts?: boolean;
  /** The configured address, as a URL; null if callbacks of this kind are off. Callbacks of one server share a queue. Not asked for binds. */
  addressOf(account: Account, callback: Callback): string | null;
  /** Also null if the dialect has no form for this callback. Called immediately before the delivery. */
  prepare(account: Account, callback: Callback): Prepared | null;
}

/** The result of one delivery. `durationMs`: until the status, or the failure; absent: it is not measured. */
export type AttemptResult = { readonly durationMs?: number } & (
  | { readonly kind: 'delivered' }
  /** The endpoint answered with another status than 2xx. `answer`: the begin of its body. */
  | { readonly kind: 'failed'; readonly status: number; readonly reason: string; readonly answer?: string }
  /** The endpoint did not answer, or there is no bind. */
  | { readonly kind: 'unreachable'; readonly reason: string }
);

export const delivered: AttemptResult = { kind: 'delivered' };

export interface HttpDelivery {
  /** Null: the request is not signed. */
  readonly signingKey: string | null;
  /** The address is a customer's: it is called only if it is public. */
  readonly isGuarded: boolean;
}

/** Delivers prepared callbacks, in one way for each kind. */
export interface CallbackTransports {
  /** Never rejects. */
  http(prepared: HttpCallback, delivery: HttpDelivery): Promise<AttemptResult>;
  /** Never rejects. */
  mail(prepared: MailCallback): Promise<AttemptResult>;
  /** Aborts deliveries in progress. */
  close(): Promise<void>;
}

/** The address in the settings of an account. */
export function accountAddress(account: Account, { kind }: Callback): string | null {
  const { receiptUrl, replyUrl, optOutUrl } = account.settings.callbacks;
  return kind === 'receipt' ? receiptUrl : kind === 'reply' ? replyUrl : optOutUrl;
}
