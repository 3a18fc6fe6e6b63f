// What a carrier hands us (deliver_sm, data_sm), in our words: a receipt, a reply, a part of a longer reply.
// Serves the connector. It never throws; what it can make nothing of, it names.

import type { CarrierReceipt, CarrierReply } from '#domain/delivery/connector.ts';
import { type Concatenation, isPortAddressed, readUserDataHeader, type UserDataHeader } from '#gsm/udh.ts';
import type { PduOf } from '#smpp/protocol/commands.ts';
import { looksLikeReceipt, readReceipt } from '#smpp/protocol/receipt-text.ts';
import { tlvInt, tlvTags } from '#smpp/protocol/tlvs.ts';
import { decodeReply, isWaitingIndication } from './decode-reply.ts';

export type DeliveryPdu = PduOf<'deliver_sm' | 'data_sm'>;

export type Delivery =
  | { readonly kind: 'receipt'; readonly receipt: CarrierReceipt }
  | { readonly kind: 'reply'; readonly reply: CarrierReply }
  /** Nobody's business; `why` is for the log. */
  | { readonly kind: 'nothing'; readonly why: string };

// esm_class, SMPP 3.4 §5.2.12
const messageTypeBits = 0x3c;
const receiptType = 0x04;
const intermediateType = 0x20;
const headerBit = 0x40;

const latin1 = Buffer.prototype.latin1Slice;

/** `country` is that of the link, for replies; null: not set. */
export function readDelivery(pdu: DeliveryPdu, nowMs: number, country: string | null = null): Delivery {
  const octets = userDataOf(pdu);
  const type = pdu.esm_class & messageTypeBits;
  const isMarked = type === receiptType || type === intermediateType;
  const header = pdu.esm_class & headerBit ? readUserDataHeader(octets) : null;
  // Quirk: carriers send receipts without marking them; Appendix B's text gives them away.
  const ascii = isMarked || header === null ? asciiOf(octets, pdu.data_coding) : '';
  if (isMarked || looksLikeReceipt(ascii)) {
    const receipt = readReceipt(ascii, pdu.tlvs, nowMs);
    return receipt === null
      ? { kind: 'nothing', why: 'a receipt without an id' }
      : { kind: 'receipt', receipt };
  }
  return readReply(pdu, octets, header, nowMs, country);
}

function readReply(
  pdu: DeliveryPdu,
  octets: Uint8Array,
  header: UserDataHeader | null,
  nowMs: number,
  country: string | null,
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
  const content = decodeReply(body, pdu.data_coding, isAddressed);
  return { kind: 'reply', reply: { source, to: pdu.destination_addr, ...content, place, atMs: nowMs } };
}

/** data_sm has no short_message; deliver_sm may leave it empty for the TLV. */
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

/** The words of a receipt are the same in every alphabet of one octet, so the fastest reads them. */
function asciiOf(octets: Uint8Array, dataCoding: number): string {
  return alphabetOf(dataCoding) === 'ucs2' ? decodeUcs2(octets) : latin1.call(octets, 0, octets.length);
}

/** SMPP 3.4 §5.2.19, and for the groups it leaves to GSM, 3GPP TS 23.038 §4. */
function alphabetOf(dataCoding: number): 'gsm7' | 'ucs2' | 'latin1' {
  if (dataCoding === 0) return 'gsm7';
  if (dataCoding === 8) return 'ucs2';
  if (dataCoding < 0x10) return 'latin1'; // IA5, Latin-1, octets; other scripts have no better reading here
  if (dataCoding >= 0xf0) return dataCoding & 0x04 ? 'latin1' : 'gsm7';
  if (dataCoding >= 0xe0) return 'ucs2';
  if (dataCoding >= 0xc0) return 'gsm7';
  const bits = dataCoding & 0x0c;
  return bits === 0x08 ? 'ucs2' : bits === 0x04 ? 'latin1' : 'gsm7';
}

/** An odd octet at the end is half a character and is dropped. */
function decodeUcs2(octets: Uint8Array): string {
  return Buffer.from(octets.subarray(0, octets.length & ~1))
    .swap16()
    .toString('utf16le');
}
