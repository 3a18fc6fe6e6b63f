// User data and concatenation of a submit_sm or data_sm. Used by carrier.ts and message-ids.ts.
// Octets are views into the received bytes.

import { type Concatenation, readUserDataHeader } from '#gsm/udh.ts';
import { noOctets, type PduOf } from '#smpp/protocol/commands.ts';
import { tlvInt, tlvTags } from '#smpp/protocol/tlvs.ts';

export type SubmitPdu = PduOf<'submit_sm' | 'data_sm'>;

export function octetsOf(pdu: SubmitPdu): Uint8Array {
  if (pdu.command === 'submit_sm' && pdu.short_message.length > 0) return pdu.short_message;
  return pdu.tlvs.get(tlvTags.message_payload) ?? noOctets;
}

/** By the sar_* TLVs; null without all three. */
export function concatenationInTlvs(pdu: SubmitPdu): Concatenation | null {
  if (pdu.tlvs.size === 0) return null;
  const reference = tlvInt(pdu.tlvs, tlvTags.sar_msg_ref_num);
  const total = tlvInt(pdu.tlvs, tlvTags.sar_total_segments);
  const part = tlvInt(pdu.tlvs, tlvTags.sar_segment_seqnum);
  if (reference === undefined || total === undefined || part === undefined) return null;
  return { reference, total, part };
}

/** By the user data header or the TLVs; null for a whole text. */
export function concatenationOf(pdu: SubmitPdu): Concatenation | null {
  const header = pdu.esm_class & 0x40 ? readUserDataHeader(octetsOf(pdu)).concatenation : null;
  return header ?? concatenationInTlvs(pdu);
}

/** A phone replies once, to the last part. */
export function isLastPart(pdu: SubmitPdu): boolean {
  const concatenation = concatenationOf(pdu);
  return concatenation === null || concatenation.part === concatenation.total;
}

/** FNV-1a, 32 bits. */
export function hashOf(octets: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < octets.length; i++) hash = Math.imul(hash ^ octets[i]!, 0x01000193);
  return hash >>> 0;
}
