// What is inside a submit_sm or data_sm, as far as the simulated carrier looks: its user data and its place in a
// longer text. Serves the carrier. Octets are views into what was received.

import { type Concatenation, readUserDataHeader } from '#gsm/udh.ts';
import { noOctets, type PduOf } from '#smpp/protocol/commands.ts';
import { tlvInt, tlvTags } from '#smpp/protocol/tlvs.ts';

export type SubmitPdu = PduOf<'submit_sm' | 'data_sm'>;

export function octetsOf(pdu: SubmitPdu): Uint8Array {
  if (pdu.command === 'submit_sm' && pdu.short_message.length > 0) return pdu.short_message;
  return pdu.tlvs.get(tlvTags.message_payload) ?? noOctets;
}

/** As its TLVs tell it; null when they do not. */
export function placeOf(pdu: SubmitPdu): Concatenation | null {
  if (pdu.tlvs.size === 0) return null;
  const reference = tlvInt(pdu.tlvs, tlvTags.sar_msg_ref_num);
  const total = tlvInt(pdu.tlvs, tlvTags.sar_total_segments);
  const part = tlvInt(pdu.tlvs, tlvTags.sar_segment_seqnum);
  if (reference === undefined || total === undefined || part === undefined) return null;
  return { reference, total, part };
}

/** As its header or its TLVs tell it; null for a whole text. */
export function placeIn(pdu: SubmitPdu): Concatenation | null {
  const header = pdu.esm_class & 0x40 ? readUserDataHeader(octetsOf(pdu)).concatenation : null;
  return header ?? placeOf(pdu);
}

/** A phone replies once, when it has the whole text. */
export function isLastPart(pdu: SubmitPdu): boolean {
  const place = placeIn(pdu);
  return place === null || place.part === place.total;
}

/** FNV-1a, 32 bits. */
export function hashOf(octets: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < octets.length; i++) hash = Math.imul(hash ^ octets[i]!, 0x01000193);
  return hash >>> 0;
}
