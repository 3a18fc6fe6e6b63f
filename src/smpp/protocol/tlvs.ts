// Optional parameters (TLVs) by name: their tags (SMPP 3.4 §5.3.2) and how to read and write their values.
// Used by code that reads a TLV of a PDU; the codec passes every TLV raw, known or not.

import type { Tlvs } from './commands.ts';

export const tlvTags = {
  dest_addr_subunit: 0x0005,
  qos_time_to_live: 0x0017,
  user_message_reference: 0x0204,
  source_port: 0x020a,
  destination_port: 0x020b,
  sar_msg_ref_num: 0x020c,
  sar_total_segments: 0x020e,
  sar_segment_seqnum: 0x020f,
  sc_interface_version: 0x0210,
  network_error_code: 0x0423,
  message_payload: 0x0424,
  delivery_failure_reason: 0x0425,
  more_messages_to_send: 0x0426,
  message_state: 0x0427,
  additional_status_info_text: 0x001d,
  receipted_message_id: 0x001e,
} as const;

/** Reads an unsigned integer of one to four octets; undefined when the TLV is absent or of another length. */
export function tlvInt(tlvs: Tlvs, tag: number): number | undefined {
  const octets = tlvs.get(tag);
  if (octets === undefined || octets.length === 0 || octets.length > 4) return undefined;
  let value = 0;
  for (let i = 0; i < octets.length; i++) value = value * 256 + octets[i]!;
  return value;
}

/** Reads a C-octet string; its NUL may be missing. Undefined when the TLV is absent. */
export function tlvText(tlvs: Tlvs, tag: number): string | undefined {
  const octets = tlvs.get(tag);
  if (octets === undefined) return undefined;
  let text = '';
  for (let i = 0; i < octets.length && octets[i] !== 0; i++) text += String.fromCharCode(octets[i]!);
  return text;
}

export function intOctets(value: number, width: 1 | 2 | 4): Uint8Array {
  const octets = new Uint8Array(width);
  for (let i = width - 1, rest = value; i >= 0; i--) {
    octets[i] = rest & 0xff;
    rest = Math.floor(rest / 256);
  }
  return octets;
}

/** With its closing NUL. */
export function textOctets(text: string): Uint8Array {
  const octets = new Uint8Array(text.length + 1);
  for (let i = 0; i < text.length; i++) octets[i] = text.charCodeAt(i) & 0xff;
  return octets;
}
