// Receipts and replies of the simulated carrier as deliver_sm. Used by carrier.ts. The fields of all receipts are one
// object, filled again for each: the session writes them immediately.

import { encodeGsm7, isGsm7 } from '#gsm/alphabet.ts';
import { splitText } from '#gsm/segments.ts';
import { renderConcatenationHeader } from '#gsm/udh.ts';
import { type Fields, noOctets, type Tlvs } from '#smpp/protocol/commands.ts';
import type { Delivery } from '#smpp/server/server-session.ts';
import { type Receipt, type ReceiptProfile, receiptTlvs, renderReceipt } from './receipt-profile.ts';

type DeliverFields = Partial<Fields<'deliver_sm'>>;
/** Fields of submit_sm that its receipt returns. */
export type Addresses = Pick<
  Fields<'submit_sm'>,
  | 'source_addr'
  | 'source_addr_ton'
  | 'source_addr_npi'
  | 'destination_addr'
  | 'dest_addr_ton'
  | 'dest_addr_npi'
>;

export interface CarrierDelivery extends Delivery {
  readonly kind: 'receipt' | 'reply';
}

const receiptFields = {
  source_addr: '',
  source_addr_ton: 0,
  source_addr_npi: 0,
  destination_addr: '',
  dest_addr_ton: 0,
  dest_addr_npi: 0,
  esm_class: 0,
  data_coding: 0,
  short_message: new Uint8Array(0),
};

/** Leaves as a head without octets; faulty-line.ts gives it a length beyond the PDU. */
const brokenTlv: readonly [number, Uint8Array] = [0x1454, noOctets];

export class ReceiptDelivery implements CarrierDelivery {
  readonly kind = 'receipt';
  readonly tlvs: Tlvs | undefined;
  readonly #receipt: Receipt;
  readonly #addresses: Addresses;
  readonly #isFinal: boolean;
  readonly #profile: ReceiptProfile;

  constructor(receipt: Receipt, addresses: Addresses, isFinal: boolean, profile: ReceiptProfile) {
    this.#receipt = receipt;
    this.#addresses = addresses;
    this.#isFinal = isFinal;
    this.#profile = profile;
    const tlvs = receiptTlvs(receipt.id, receipt.stat, profile);
    this.tlvs = profile.receiptForm === 'broken-tlvs' ? new Map([...(tlvs ?? []), brokenTlv]) : tlvs;
  }

  /** From the phone to the sender: the addresses of the message, exchanged. */
  fields(): DeliverFields {
    const from = this.#addresses;
    const fields = receiptFields;
    fields.source_addr = from.destination_addr;
    fields.source_addr_ton = from.dest_addr_ton;
    fields.source_addr_npi = from.dest_addr_npi;
    fields.destination_addr = from.source_addr;
    fields.dest_addr_ton = from.source_addr_ton;
    fields.dest_addr_npi = from.source_addr_npi;
    const { octets, dataCoding, esmClass } = renderReceipt(this.#receipt, this.#isFinal, this.#profile);
    fields.esm_class = esmClass;
    fields.data_coding = dataCoding;
    fields.short_message = octets;
    return fields;
  }
}

class ReplyDelivery implements CarrierDelivery {
  readonly kind = 'reply';
  readonly tlvs = undefined;
  readonly #fields: DeliverFields;

  constructor(fields: DeliverFields) {
    this.#fields = fields;
  }

  fields(): DeliverFields {
    return this.#fields;
  }
}

/** One deliver_sm for each part, with a user data header if there are several. */
export function replyDeliveries(
  from: string,
  to: string,
  text: string,
  reference: number,
): CarrierDelivery[] {
  const isGsm = isGsm7(text);
  const parts = splitText(text, isGsm ? 'gsm7' : 'ucs2');
  return parts.map((part, index) => {
    const octets = isGsm ? encodeGsm7(part) : Buffer.from(part, 'utf16le').swap16();
    const header = renderConcatenationHeader({ reference, total: parts.length, part: index + 1 });
    return new ReplyDelivery({
      source_addr: from,
      source_addr_ton: 1,
      source_addr_npi: 1,
      destination_addr: to,
      esm_class: parts.length > 1 ? 0x40 : 0,
      data_coding: isGsm ? 0 : 8,
      short_message: parts.length > 1 ? Buffer.concat([header, octets]) : octets,
    });
  });
}
