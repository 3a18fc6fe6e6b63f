// Writes the callbacks of OVH's dialect (docs/dialects/ovh.md#callbacks): receipts and STOPs as GETs that extend the query of the
// customer's address, replies as forms. Used by the callback pusher through CallbackChannel, for SMS sent through the API,
// http2sms or mail.

import { renderParisTime } from '#dialects/shared/paris-time.ts';
import type { Account } from '#domain/account/account.ts';
import {
  accountAddress,
  type Callback,
  type CallbackChannel,
  type HttpCallback,
  type ReceiptCallback,
  type ReplyCallback,
} from '#domain/delivery/callback.ts';
import { deliveryNames, deliveryOf } from './delivery.ts';

export const ovhCallbackChannel: CallbackChannel<HttpCallback> = {
  dialect: 'ovh',
  reach: 'any-process',
  needsFacts: true,

  /** The sending user's addresses take precedence over the account's; a reply goes to the account. */
  addressOf(account: Account, callback: Callback): string | null {
    const own = account.settings.callbacks.userUrls[String(callback.facts?.userId)];
    const ownAddress = callback.kind === 'receipt' ? own?.receiptUrl : own?.optOutUrl;
    return (callback.kind === 'reply' ? null : ownAddress) ?? accountAddress(account, callback);
  },

  prepare(account: Account, callback: Callback): HttpCallback | null {
    const address = this.addressOf(account, callback);
    if (address === null) return null;
    switch (callback.kind) {
      case 'receipt':
        return getOf(address, receiptFields(callback));
      case 'opt-out':
        return getOf(address, optOutFields(callback));
      case 'reply':
        return formOf(address, replyFields(callback));
    }
  },
};

type Fields = Readonly<Record<string, string>>;

function receiptFields(receipt: ReceiptCallback): Fields {
  const { messageId, status, error, atMs, facts } = receipt;
  const wasTaken = facts?.wasTaken ?? false;
  const { deliveryReceipt, ptt } = deliveryOf({ status, error, wasTaken });
  return {
    id: String(messageId ?? 0),
    ptt: String(ptt),
    date: renderParisTime(atMs),
    description: String(deliveryReceipt),
    descriptionDlr: deliveryNames[deliveryReceipt],
    // Quirk: RaspiSMS reads this one only (docs/dialects/ovh.md#callbacks).
    dlr: String(deliveryReceipt),
  };
}

/** `id` is the id of the answered SMS, or of the reply itself if no SMS is known. */
function optOutFields({ messageId, replyId, msisdn, atMs }: ReplyCallback): Fields {
  const id = String(messageId ?? replyId);
  return { action: 'stop', id, date: renderParisTime(atMs), receiver: `+${msisdn}` };
}

function replyFields({ replyId, msisdn, text, to, facts }: ReplyCallback): Fields {
  return {
    id: String(replyId),
    senderid: `+${msisdn}`,
    message: text.toWellFormed(),
    tag: facts?.tag ?? '',
    shortcode: to,
  };
}

/**
 * Keeps the query of the customer's address: receivers recognize the platform by it (docs/dialects/ovh.md#callbacks).
 */
function getOf(address: string, fields: Fields): HttpCallback {
  const url = new URL(address);
  const kept = url.search.replace(/^\?/, '').replace(/&$/, '');
  const added = new URLSearchParams(fields).toString();
  url.search = kept === '' ? added : `${kept}&${added}`;
  url.hash = '';
  return { kind: 'http', method: 'GET', url: url.href, contentType: '', body: '' };
}

function formOf(url: string, fields: Fields): HttpCallback {
  const contentType = 'application/x-www-form-urlencoded; charset=UTF-8';
  return { kind: 'http', method: 'POST', url, contentType, body: new URLSearchParams(fields).toString() };
}
