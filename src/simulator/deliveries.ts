// The two things the simulated carrier tells its customers: a receipt and a reply, as deliver_sm. Serves the carrier.
// The fields of all receipts are one object, filled again for each: the session writes them out at once.

import { encodeGsm7, isGsm7 } from '#gsm/alphabet.ts';
import { splitText } from '#gsm/segments.ts';
import { renderConcatenationHeader } from '#gsm/udh.ts';
import type { Fields, Tlvs } from '#smpp/protocol/commands.ts';
import { type CarrierHabits, type ReceiptToTell, tlvsOf, writeReceipt } from './habits.ts';
import type { Delivery } from './mailbox.ts';

type DeliverFields = Partial<Fields<'deliver_sm'>>;
/** What a receipt takes over from the submit_sm it is about. */
export type Addresses = Pick<
  Fields<'submit_sm'>,
  | 'source_addr'
  | 'source_addr_ton'
  | 'source_addr_npi'
  | 'destination_addr'
  | 'dest_addr_ton'
  | 'dest_addr_npi'
>;

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

export class ReceiptDelivery implements Delivery {
  readonly kind = 'receipt';
  readonly tlvs: Tlvs | undefined;
  readonly isBroken: boolean;
  readonly #receipt: ReceiptToTell;
  readonly #addresses: Addresses;
  readonly #isFinal: boolean;
  readonly #habits: CarrierHabits;

  constructor(receipt: ReceiptToTell, addresses: Addresses, isFinal: boolean, habits: CarrierHabits) {
    this.#receipt = receipt;
    this.#addresses = addresses;
    this.#isFinal = isFinal;
    this.#habits = habits;
    this.isBroken = habits.receiptForm === 'broken-tlvs';
    this.tlvs = tlvsOf(receipt.id, receipt.stat, habits);
  }

  /** From the handset back to the sender: the addresses of the message, exchanged. */
  fields(): DeliverFields {
    const from = this.#addresses;
    const fields = receiptFields;
    fields.source_addr = from.destination_addr;
    fields.source_addr_ton = from.dest_addr_ton;
    fields.source_addr_npi = from.dest_addr_npi;
    fields.destination_addr = from.source_addr;
    fields.dest_addr_ton = from.source_addr_ton;
    fields.dest_addr_npi = from.source_addr_npi;
    const { octets, dataCoding, esmClass } = writeReceipt(this.#receipt, this.#isFinal, this.#habits);
    fields.esm_class = esmClass;
    fields.data_coding = dataCoding;
    fields.short_message = octets;
    return fields;
  }
}

class ReplyDelivery implements Delivery {
  readonly kind = 'reply';
  readonly tlvs = undefined;
  readonly isBroken = false;
  readonly #fields: DeliverFields;

  constructor(fields: DeliverFields) {
    this.#fields = fields;
  }

  fields(): DeliverFields {
    return this.#fields;
  }
}

/** One deliver_sm for each part, tied together by a user data header when there are several. */
export function replyDeliveries(from: string, to: string, text: string, reference: number): Delivery[] {
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
