// Writes the pushes of the REST dialect: receipts, replies and opt-outs as JSON, or as forms. Used by the callback pusher through
// CallbackChannel. Runs once for each message, so it only joins strings. Source: docs/dialects/octopush.md#pushes.
// Receivers match message_id and number together, and distinguish the kinds by their date field.

import { isUnknownNumber } from '#dialects/shared/carrier-error.ts';
import { renderParisTime } from '#dialects/shared/paris-time.ts';
import type { Account } from '#domain/account/account.ts';
import type { MessageStatus } from '#domain/base/message.ts';
import type { RefusalReason } from '#domain/base/refusals.ts';
import {
  accountAddress,
  type Callback,
  type CallbackChannel,
  type HttpCallback,
  type ReceiptCallback,
  type ReplyCallback,
} from '#domain/delivery/callback.ts';
import { optedOutError } from '#domain/recipients/opt-out.ts';
import { restTicket } from './ticket.ts';

/** The status names that every receiver knows. Null: not pushed. */
const statuses: Readonly<Record<MessageStatus, string | null>> = {
  accepted: null,
  submitted: 'ACK',
  delivered: 'DELIVERED',
  undelivered: 'NOT_DELIVERED',
  // Only the newest reference has EXPIRED; a receiver that does not know it would wait forever.
  expired: 'NOT_DELIVERED',
  rejected: 'NOT_ALLOWED',
  cancelled: null,
  unknown: 'UNKNOWN_DELIVERY',
};

export const restCallbackChannel: CallbackChannel<HttpCallback> = {
  dialect: 'octopush-rest',
  reach: 'any-process',
  addressOf: accountAddress,
  prepare(account: Account, callback: Callback): HttpCallback | null {
    const { receiptUrl, replyUrl, optOutUrl, restPayloadIsJson } = account.settings.callbacks;
    const post = restPayloadIsJson ? jsonPost : formPost;
    switch (callback.kind) {
      case 'receipt': {
        const body = receiptUrl === null ? null : renderReceipt(callback);
        return body === null ? null : post(receiptUrl!, body);
      }
      case 'reply':
        return replyUrl === null ? null : post(replyUrl, renderReply(callback));
      case 'opt-out':
        return optOutUrl === null ? null : post(optOutUrl, renderOptOut(callback));
    }
  },
};

function jsonPost(url: string, body: string): HttpCallback {
  return { kind: 'http', method: 'POST', url, contentType: 'application/json; charset=utf-8', body };
}

/** The same members as a form (payload_type html, docs/dialects/octopush.md#rest-the-account); null becomes empty. */
function formPost(url: string, json: string): HttpCallback {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(JSON.parse(json) as Record<string, unknown>))
    form.set(name, value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value));
  return {
    kind: 'http',
    method: 'POST',
    url,
    contentType: 'application/x-www-form-urlencoded; charset=utf-8',
    body: form.toString(),
  };
}

function renderReceipt(receipt: ReceiptCallback): string | null {
  const status = statusOf(receipt);
  if (status === null) return null;
  return (
    `{"channel":"sms","message_id":"${restTicket(receipt.campaignId)}","list_name":${renderName(receipt.listName)},` +
    `"number":${renderNumber(receipt)},"status":"${status}","unit_price":${Number(receipt.costMicros) / 1e6},` +
    `"delivery_date":"${renderParisTime(receipt.atMs)}","meta_data":{}}`
  );
}

/** Receivers match it: an invalid number is pushed as sent. */
function renderNumber({ msisdn, writtenNumber }: ReceiptCallback): string {
  return writtenNumber === undefined ? `"+${msisdn}"` : renderText(writtenNumber);
}

/** Reasons against a recipient that concern its number. */
const badNumberReasons: ReadonlySet<string | null> = new Set<RefusalReason>([
  'number-invalid',
  'number-not-mobile',
  'country-unknown',
]);

function statusOf({ status, error }: ReceiptCallback): string | null {
  if (error === optedOutError) return 'BLACKLISTED_NUMBER';
  if (status === 'cancelled' && badNumberReasons.has(error)) return 'BAD_DESTINATION';
  if (status === 'rejected' && isUnknownNumber(error)) return 'BAD_DESTINATION';
  // A cancellation by the customer is not pushed, one for another reason is.
  return status === 'cancelled' && error !== null ? 'NOT_ALLOWED' : statuses[status];
}

function renderReply(reply: ReplyCallback): string {
  return (
    `{"message_id":${renderTicket(reply)},"number":"+${reply.msisdn}","text":${renderText(reply.text)},` +
    `"sim_card_number":${renderText(reply.to)},"reception_date":"${renderParisTime(reply.atMs)}"}`
  );
}

function renderOptOut(optOut: ReplyCallback): string {
  return (
    `{"message_id":${renderTicket(optOut)},"number":"+${optOut.msisdn}","text":${renderText(optOut.text)},` +
    `"stop_date":"${renderParisTime(optOut.atMs)}"}`
  );
}

function renderTicket(reply: ReplyCallback): string {
  return reply.campaignId === null ? 'null' : `"${restTicket(reply.campaignId)}"`;
}

function renderName(name: string | null): string {
  return name === null ? 'null' : renderText(name);
}

function renderText(text: string): string {
  return JSON.stringify(text.toWellFormed());
}
