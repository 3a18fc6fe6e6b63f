// The two things the simulated carrier tells its customers: a receipt and a reply, as deliver_sm. Serves the carrier.
// The fields of all receipts are one object, filled again for each: the session writes them out at once.

import { encodeGsm7, isGsm7 } from '#gsm/alphabet.ts';
import { splitText } from '#gsm/segments.ts';
import { renderConcatenationHeader } from '#gsm/udh.ts';
import type { Fields, Tlvs } from '#smpp/protocol/commands.ts';
import { renderReceiptText } from '#smpp/protocol/receipt-text.ts';
import { intOctets, textOctets, tlvTags } from '#smpp/protocol/tlvs.ts';
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

const receiptOctets = Buffer.alloc(254);
const receiptFields = {
  source_addr: '',
  source_addr_ton: 0,
  source_addr_npi: 0,
  destination_addr: '',
  dest_addr_ton: 0,
  dest_addr_npi: 0,
  esm_class: 0x04,
  short_message: receiptOctets as Uint8Array,
};

/** message_state (SMPP 3.4 §5.2.28). */
const stateCodes: Readonly<Record<string, number>> = {
  DELIVRD: 2,
  EXPIRED: 3,
  DELETED: 4,
  UNDELIV: 5,
  REJECTD: 8,
};

export class ReceiptDelivery implements Delivery {
  readonly kind = 'receipt';
  readonly tlvs: Tlvs | undefined;
  readonly #id: string;
  readonly #addresses: Addresses;
  readonly #stat: string;
  readonly #err: string;
  readonly #submittedAtMs: number;
  readonly #doneAtMs: number;

  constructor(
    id: string,
    addresses: Addresses,
    end: { readonly stat: string; readonly err: string; readonly withTlvs: boolean },
    submittedAtMs: number,
    doneAtMs: number,
  ) {
    this.#id = id;
    this.#addresses = addresses;
    this.#stat = end.stat;
    this.#err = end.err;
    this.#submittedAtMs = submittedAtMs;
    this.#doneAtMs = doneAtMs;
    this.tlvs = end.withTlvs
      ? new Map([
          [tlvTags.receipted_message_id, textOctets(id)],
          [tlvTags.message_state, intOctets(stateCodes[end.stat] ?? 7, 1)],
        ])
      : undefined;
  }

  /** From the handset back to the sender: the addresses of the message, exchanged. */
  fields(): DeliverFields {
    const text = renderReceiptText({
      id: this.#id,
      stat: this.#stat,
      err: this.#err,
      submittedAtMs: this.#submittedAtMs,
      doneAtMs: this.#doneAtMs,
      text: '',
    });
    const from = this.#addresses;
    const fields = receiptFields;
    fields.source_addr = from.destination_addr;
    fields.source_addr_ton = from.dest_addr_ton;
    fields.source_addr_npi = from.dest_addr_npi;
    fields.destination_addr = from.source_addr;
    fields.dest_addr_ton = from.source_addr_ton;
    fields.dest_addr_npi = from.source_addr_npi;
    fields.short_message = receiptOctets.subarray(0, receiptOctets.write(text, 0, 'latin1'));
    return fields;
  }
}

class ReplyDelivery implements Delivery {
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
