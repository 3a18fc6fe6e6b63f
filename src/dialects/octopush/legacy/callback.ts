// Writes the pushes of the legacy dialect: receipts, replies and opt-outs as forms. Used by the callback pusher through
// CallbackChannel. Runs once for each message, so it only joins strings. Source: the push pages of the legacy manual (S2),
// docs/dialects/octopush.md#pushes. Receivers distinguish the three kinds by their date field.

import { isUnknownNumber } from '#dialects/shared/carrier-error.ts';
import { renderParisTime } from '#dialects/shared/paris-time.ts';
import type { Account, NumberFormat } from '#domain/account/account.ts';
import type { MessageStatus } from '#domain/base/message.ts';
import {
  accountAddress,
  type Callback,
  type CallbackChannel,
  type HttpCallback,
  type ReceiptCallback,
  type ReplyCallback,
} from '#domain/delivery/callback.ts';
import { optedOutError } from '#domain/recipients/opt-out.ts';
import { legacyTicket } from './response.ts';

/** The status names of the manual. Null: not pushed. */
const statuses: Readonly<Record<MessageStatus, string | null>> = {
  accepted: null,
  submitted: null,
  delivered: 'DELIVERED',
  undelivered: 'NOT_DELIVERED',
  expired: 'NOT_DELIVERED',
  rejected: 'NOT_ALLOWED',
  cancelled: null,
  unknown: 'UNKNOWN_DELIVERY',
};

const numberPrefixes: Readonly<Record<NumberFormat, string>> = { plus: '%2B', zeros: '00', bare: '' };

export const legacyCallbackChannel: CallbackChannel<HttpCallback> = {
  dialect: 'octopush-legacy',
  reach: 'any-process',
  addressOf: accountAddress,
  prepare(account: Account, callback: Callback): HttpCallback | null {
    const { receiptUrl, replyUrl, optOutUrl, formNumberFormat } = account.settings.callbacks;
    const number = numberPrefixes[formNumberFormat] + callback.msisdn;
    switch (callback.kind) {
      case 'receipt': {
        const body = receiptUrl === null ? null : renderReceipt(callback, number);
        return body === null ? null : formPost(receiptUrl!, body);
      }
      case 'reply':
        return replyUrl === null ? null : formPost(replyUrl, renderReply(callback, number));
      case 'opt-out':
        return optOutUrl === null ? null : formPost(optOutUrl, renderOptOut(callback, number));
    }
  },
};

function formPost(url: string, body: string): HttpCallback {
  return {
    kind: 'http',
    method: 'POST',
    url,
    contentType: 'application/x-www-form-urlencoded; charset=UTF-8',
    body,
  };
}

function renderReceipt(receipt: ReceiptCallback, number: string): string | null {
  const status = statusOf(receipt);
  if (status === null) return null;
  const ticket = legacyTicket(receipt.campaignId);
  return `message_id=${ticket}&number=${number}&status=${status}&delivery_date=${renderDate(receipt.atMs)}`;
}

function statusOf({ status, error }: ReceiptCallback): string | null {
  // Quirk: not in the manual, but a receiver of 2020 handles it (docs/dialects/octopush.md#pushes).
  if (error === optedOutError) return 'BLACKLISTED_NUMBER';
  if (status === 'rejected' && isUnknownNumber(error)) return 'INVALID_DESTINATION_ADDRESS';
  // A cancellation by the customer is not pushed, one for another reason is.
  return status === 'cancelled' && error !== null ? 'NOT_ALLOWED' : statuses[status];
}

function renderReply(reply: ReplyCallback, number: string): string {
  const ticket = reply.campaignId === null ? '' : legacyTicket(reply.campaignId);
  const date = renderDate(reply.atMs);
  // Quirk: the manual calls the date answer_date, a client of 2020 reads reception_date (docs/dialects/octopush.md#pushes).
  return (
    `message_id=${ticket}&number=${number}&text=${encodeForm(reply.text)}` +
    `&sms_ticket=${ticket}&answer_date=${date}&reception_date=${date}`
  );
}

function renderOptOut(optOut: ReplyCallback, number: string): string {
  return `number=${number}&text=${encodeForm(optOut.text)}&stop_date=${renderDate(optOut.atMs)}`;
}

function renderDate(atMs: number): string {
  const date = renderParisTime(atMs);
  return `${date.slice(0, 10)}+${date.slice(11, 13)}%3A${date.slice(14, 16)}%3A${date.slice(17)}`;
}

function encodeForm(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll('%20', '+');
}
