// Reads a deliver_sm or data_sm of a carrier: a receipt, a reply, or a part of a longer reply.
// Used by the connector. Never throws: an unreadable PDU is returned with the reason.

import type { CarrierReply } from '#domain/delivery/connector.ts';
import { type DefaultAlphabet, decodeContent, isWaitingIndication } from '#gsm/data-coding.ts';
import {
  type Concatenation,
  isPortAddressed,
  readNationalTables,
  readUserDataHeader,
  type UserDataHeader,
} from '#gsm/udh.ts';
import type { PduOf } from '#smpp/protocol/commands.ts';
import {
  looksLikeReceipt,
  type ReceiptReading,
  type ReceiptRules,
  readReceipt,
} from '#smpp/protocol/receipt-text.ts';
import { tlvInt, tlvTags } from '#smpp/protocol/tlvs.ts';

export type DeliveryPdu = PduOf<'deliver_sm' | 'data_sm'>;

export type Delivery =
  | { readonly kind: 'receipt'; readonly reading: ReceiptReading }
  | { readonly kind: 'reply'; readonly reply: CarrierReply }
  /** Neither a receipt nor a reply; `why` is for the log. */
  | { readonly kind: 'nothing'; readonly why: string };

// esm_class, SMPP 3.4 §5.2.12
const receiptBit = 0x04;
const intermediateBit = 0x20;
/** An acknowledgement by the phone or its user: neither a receipt nor a reply. */
const acknowledgementBits = 0x18;
const headerBit = 0x40;

const latin1 = Buffer.prototype.latin1Slice;

/** Notations of this carrier. */
export interface DeliveryRules {
  readonly rules?: ReceiptRules;
  /** ISO 3166 country of the link, for replies. Null or absent: not set. */
  readonly country?: string | null;
  /** Of data_coding 0 in replies; absent: gsm. */
  readonly alphabet?: DefaultAlphabet;
}

export function readDelivery(
  pdu: DeliveryPdu,
  nowMs: number,
  { rules, country = null, alphabet = 'gsm' }: DeliveryRules = {},
): Delivery {
  const octets = userDataOf(pdu);
  const header = pdu.esm_class & headerBit ? readUserDataHeader(octets) : null;
  // Quirk: the bits come together (0x24, 0x44), as Kannel tests them too.
  const isMarked = (pdu.esm_class & (receiptBit | intermediateBit)) !== 0;
  // Quirk: carriers send receipts without the mark; the text of Appendix B or the TLVs identify them.
  const ascii = isMarked || header === null ? receiptTextOf(octets, header?.length ?? 0) : '';
  if (isMarked || looksLikeReceipt(ascii) || isReceiptByTlvs(pdu, octets)) {
    const reading = readReceipt(ascii, pdu.tlvs, nowMs, rules);
    if (reading === null) return { kind: 'nothing', why: 'a receipt without an id' };
    const isIntermediate = (pdu.esm_class & (receiptBit | intermediateBit)) === intermediateBit;
    return { kind: 'receipt', reading: isIntermediate ? asIntermediate(reading) : reading };
  }
  if ((pdu.esm_class & acknowledgementBits) !== 0) {
    return { kind: 'nothing', why: 'an acknowledgement by a phone' };
  }
  return readReply(pdu, octets, header, { nowMs, country, alphabet });
}

function readReply(
  pdu: DeliveryPdu,
  octets: Uint8Array,
  header: UserDataHeader | null,
  { nowMs, country, alphabet }: { nowMs: number; country: string | null; alphabet: DefaultAlphabet },
): Delivery {
  if (isWaitingIndication(pdu.data_coding)) return { kind: 'nothing', why: 'a message waiting indication' };
  const isAddressed =
    (header !== null && isPortAddressed(octets)) || pdu.tlvs.get(tlvTags.destination_port) !== undefined;
  const body = header === null ? octets : octets.subarray(header.length);
  const source = {
    address: pdu.source_addr,
    ton: pdu.source_addr_ton,
    npi: pdu.source_addr_npi,
    country,
  };
  const place = header?.concatenation ?? placeInTlvs(pdu);
  const content = decodeContent(body, pdu.data_coding, {
    isAddressed,
    defaultAlphabet: alphabet,
    ...(header !== null && { tables: readNationalTables(octets), headerLength: header.length }),
  });
  return { kind: 'reply', reply: { source, to: pdu.destination_addr, ...content, place, atMs: nowMs } };
}

/** In a PDU with a text, receipted_message_id alone can name the message that a reply answers. */
function isReceiptByTlvs({ tlvs }: DeliveryPdu, octets: Uint8Array): boolean {
  if (tlvs.size === 0) return false;
  const hasId = tlvs.has(tlvTags.receipted_message_id);
  const hasState = tlvs.has(tlvTags.message_state);
  return octets.length === 0 ? hasId || hasState : hasId && hasState;
}

/** An intermediate notification reports a failed attempt: the carrier continues (SMPP 3.4 §5.2.12). */
function asIntermediate(reading: ReceiptReading): ReceiptReading {
  if (reading.receipt.state === 'delivered') return reading;
  return { ...reading, receipt: { ...reading.receipt, state: 'underway' } };
}

/** data_sm has no short_message; in deliver_sm it can be empty in favour of the TLV. */
function userDataOf(pdu: DeliveryPdu): Uint8Array {
  const payload = pdu.tlvs.size > 0 ? pdu.tlvs.get(tlvTags.message_payload) : undefined;
  if (pdu.command === 'deliver_sm' && (pdu.short_message.length > 0 || payload === undefined)) {
    return pdu.short_message;
  }
  return payload ?? new Uint8Array(0);
}

function placeInTlvs(pdu: DeliveryPdu): Concatenation | null {
  const reference = tlvInt(pdu.tlvs, tlvTags.sar_msg_ref_num);
  const total = tlvInt(pdu.tlvs, tlvTags.sar_total_segments);
  const part = tlvInt(pdu.tlvs, tlvTags.sar_segment_seqnum);
  if (reference === undefined || total === undefined || part === undefined) return null;
  return total < 2 || part < 1 || part > total ? null : { reference, total, part };
}

/**
 * Receipts are equal in every one-octet alphabet, so the fastest decoder reads them. Quirk: carriers write ASCII and
 * announce UCS-2, or the reverse; zero octets decide. The bit of a header can be wrong too.
 */
function receiptTextOf(octets: Uint8Array, headerLength: number): string {
  if (headerLength > 0 && headerLength < octets.length) {
    const whole = receiptTextOf(octets, 0);
    return looksLikeReceipt(whole) ? whole : receiptTextOf(octets.subarray(headerLength), 0);
  }
  if (octets.length < 2) return '';
  if (octets[0] === 0 || octets[0] === 0xfe) return decodeUcs2(octets);
  if (octets[1] === 0 || octets[0] === 0xff)
    return Buffer.from(octets.subarray(0, octets.length & ~1)).toString('utf16le');
  return latin1.call(octets, 0, octets.length);
}

/** An odd octet at the end is half a character and is dropped. */
function decodeUcs2(octets: Uint8Array): string {
  return Buffer.from(octets.subarray(0, octets.length & ~1))
    .swap16()
    .toString('utf16le');
}
