// Writes receipts, replies and opt-outs as deliver_sm (docs/dialects/smpp.md#receipts). Used by the pusher of binds through
// CallbackChannel. The text of a receipt is the strictest form that clients parse (SMPP 3.4 Appendix B).

import type { Account } from '#domain/account/account.ts';
import type { MessageStatus } from '#domain/base/message.ts';
import type { ReturnPath, WrittenAddress } from '#domain/base/return-path.ts';
import type {
  BindCallback,
  BindMessage,
  Callback,
  CallbackChannel,
  CallbackFacts,
  ReceiptCallback,
  ReplyCallback,
} from '#domain/delivery/callback.ts';
import { optedOutError } from '#domain/recipients/opt-out.ts';
import { encodeGsm7, isGsm7 } from '#gsm/alphabet.ts';
import { splitText } from '#gsm/segments.ts';
import { renderConcatenationHeader } from '#gsm/udh.ts';
import { renderReceiptText } from '#smpp/protocol/receipt-text.ts';
import { intOctets, textOctets, tlvTags } from '#smpp/protocol/tlvs.ts';
import { messageIdOf } from './message-id.ts';

export const smppCallbackChannel: CallbackChannel<BindCallback> = {
  dialect: 'smpp',
  reach: 'bound-process',
  needsFacts: true,
  addressOf: () => null,
  prepare(account: Account, callback: Callback): BindCallback | null {
    const messages = callback.kind === 'receipt' ? receiptsOf(callback) : replyOf(account, callback);
    return messages.length === 0 ? null : { kind: 'bind', accountId: account.id, messages };
  },
};

interface FinalState {
  /** Seven letters. */
  readonly stat: string;
  /** message_state (SMPP 3.4 §5.2.28). */
  readonly code: number;
}

const states: Readonly<Record<MessageStatus, FinalState | null>> = {
  accepted: null,
  submitted: null,
  delivered: { stat: 'DELIVRD', code: 2 },
  undelivered: { stat: 'UNDELIV', code: 5 },
  expired: { stat: 'EXPIRED', code: 3 },
  rejected: { stat: 'REJECTD', code: 8 },
  cancelled: { stat: 'DELETED', code: 4 },
  unknown: { stat: 'UNKNOWN', code: 7 },
};

/** Final state of a message; null before it. A message that an opt-out stopped was refused, not deleted by the customer. */
export function finalStateOf(status: MessageStatus, error: string | null): FinalState | null {
  return status === 'cancelled' && error === optedOutError ? states.rejected : states[status];
}

const receiptClass = 0x04;
const headerClass = 0x40;
/** network_error_code of a GSM network (SMPP 3.4 §5.3.2.31). */
const gsmNetwork = 3;
/** An error without a number of one to three digits. */
const otherError = '999';

/** One for each id that the customer has of the message. Empty if this result was not asked for. */
function receiptsOf(receipt: ReceiptCallback): BindMessage[] {
  const { facts, status, error, msisdn, campaignId, messageId } = receipt;
  // Without a message: a part of a text that was refused as a whole.
  const state = messageId === null ? states.rejected : finalStateOf(status, error);
  const returnPath = facts?.returnPath ?? null;
  if (state === null || facts === undefined || returnPath === null) return [];
  if (!isWanted(returnPath, status)) return [];
  const { source, destination = [1, 1, String(msisdn)], partIds = [campaignId] } = returnPath;
  return partIds.map((id) => ({
    source: destination,
    destination: source,
    esmClass: receiptClass,
    dataCoding: 0,
    ...receiptContent(messageIdOf(id), state, receipt, facts),
  }));
}

function isWanted({ wants }: ReturnPath, status: MessageStatus): boolean {
  return wants === 'all' || (wants === 'successes') === (status === 'delivered');
}

function receiptContent(
  id: string,
  { stat, code }: FinalState,
  { status, error, atMs }: ReceiptCallback,
  { acceptedAtMs, textStart, returnPath }: CallbackFacts,
): Pick<BindMessage, 'octets' | 'tlvs'> {
  const number = error !== null && /^\d{1,3}$/.test(error) ? Number(error) : null;
  const err = status === 'delivered' ? '000' : number === null ? otherError : String(number).padStart(3, '0');
  const text = renderReceiptText({
    id,
    stat,
    err,
    submittedAtMs: acceptedAtMs,
    doneAtMs: atMs,
    // Receipts are read as ASCII.
    text: textStart.replace(/[^ -~]/g, '?'),
  });
  const tlvs = new Map<number, Uint8Array>([
    [tlvTags.receipted_message_id, textOctets(id)],
    [tlvTags.message_state, intOctets(code, 1)],
  ]);
  if (number !== null && number > 0)
    tlvs.set(tlvTags.network_error_code, Uint8Array.of(gsmNetwork, number >> 8, number & 0xff));
  const reference = returnPath?.reference;
  if (reference !== undefined) tlvs.set(tlvTags.user_message_reference, intOctets(reference, 2));
  return { octets: Buffer.from(text, 'latin1'), tlvs };
}

/** A long text leaves in parts with a header, as from a network. */
function replyOf({ settings }: Account, { text, msisdn, to, replyId }: ReplyCallback): BindMessage[] {
  const alphabet = settings.smpp?.alphabet === 'latin1' ? latin1 : gsm;
  const { dataCoding, split, encode } = alphabet.canWrite(text) ? alphabet : ucs2;
  const parts = split(text);
  return parts.map((part, index) => {
    const octets = encode(part);
    const place = { reference: replyId & 0xff, total: parts.length, part: index + 1 };
    return {
      source: [1, 1, String(msisdn)],
      destination: addressOf(to),
      esmClass: parts.length > 1 ? headerClass : 0,
      dataCoding,
      octets: parts.length > 1 ? Buffer.concat([renderConcatenationHeader(place), octets]) : octets,
      tlvs: new Map(),
    };
  });
}

interface ReplyAlphabet {
  readonly dataCoding: number;
  canWrite(text: string): boolean;
  split(text: string): string[];
  encode(text: string): Uint8Array;
}

const gsm: ReplyAlphabet = {
  dataCoding: 0,
  canWrite: isGsm7,
  split: (text) => splitText(text, 'gsm7'),
  encode: encodeGsm7,
};
const ucs2: ReplyAlphabet = {
  dataCoding: 8,
  canWrite: () => true,
  split: (text) => splitText(text, 'ucs2'),
  encode: (text) => Buffer.from(text, 'utf16le').swap16(),
};
/** One short_message holds 254 octets. */
const latin1: ReplyAlphabet = {
  dataCoding: 3,
  canWrite: (text) => Buffer.from(text, 'latin1').toString('latin1') === text,
  split: (text) => (text.length <= 254 ? [text] : splitText(text, 'ucs2')),
  encode: (text) => Buffer.from(text, 'latin1'),
};

const longestShortCode = 8;

/** A long number is international; a short code has an unknown type, as most clients expect. */
function addressOf(to: string): WrittenAddress {
  const digits = to.replace(/^\+/, '');
  if (!/^\d+$/.test(digits)) return [5, 0, to];
  return digits.length > longestShortCode ? [1, 1, digits] : [0, 1, digits];
}
