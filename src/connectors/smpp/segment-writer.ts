// Makes submit_sm from messages and caches the parts that messages of a campaign share: the octets of a text, a sender.
// Used by the connector, one instance for each: the fields are one object, filled again for each segment.

import type { OutboundMessage } from '#domain/delivery/connector.ts';
import {
  blankSubmit,
  encodeBodies,
  encodeDataCoding,
  encodeSource,
  encodeValidity,
  type SegmentBody,
  type SourceAddress,
  type SubmitFields,
} from './encode.ts';
import { Job, type Segment } from './job.ts';
import type { SmppOptions } from './options.ts';

export class SegmentWriter {
  readonly #options: SmppOptions;
  readonly #fields: SubmitFields;
  #reference: number;
  #text = '';
  #encoding: OutboundMessage['encoding'] = 'gsm7';
  #bodies: readonly SegmentBody[] = [];
  #sender: string | null = null;
  #source: SourceAddress | null;

  /** `reference`: the first reference of long texts. */
  constructor(options: SmppOptions, reference: number) {
    this.#options = options;
    this.#fields = blankSubmit(options);
    this.#source = encodeSource(null, options);
    this.#reference = reference;
  }

  /** Null if SMPP cannot carry the sender. */
  jobOf(message: OutboundMessage, done: Job['done']): Job | null {
    if (message.sender !== this.#sender) {
      this.#sender = message.sender;
      this.#source = encodeSource(message.sender, this.#options);
    }
    if (this.#source === null) return null;
    const dataCoding = encodeDataCoding(message, this.#options.defaultDataCoding);
    return new Job(message, this.#source, dataCoding, this.#bodiesOf(message), done);
  }

  /** Valid until the next call. */
  fieldsOf({ job, body }: Segment, nowMs: number): SubmitFields {
    const fields = this.#fields;
    fields.source_addr_ton = job.source.ton;
    fields.source_addr_npi = job.source.npi;
    fields.source_addr = job.source.address;
    fields.destination_addr = String(job.message.msisdn);
    fields.validity_period = encodeValidity(job.message.expiresAtMs - nowMs);
    fields.data_coding = job.dataCoding;
    fields.esm_class = job.segments.length > 1 && body.tlvs === undefined ? 0x40 : 0;
    fields.short_message = body.octets;
    return fields;
  }

  /** A long text is encoded again even if it is equal: each needs a separate reference. */
  #bodiesOf(message: OutboundMessage): readonly SegmentBody[] {
    const { text, encoding } = message;
    if (text === this.#text && encoding === this.#encoding && this.#bodies.length === 1) return this.#bodies;
    this.#text = text;
    this.#encoding = encoding;
    this.#bodies = encodeBodies(message, this.#options.splitMode, this.#reference);
    if (this.#bodies.length > 1) this.#reference = (this.#reference + 1) & 0xff;
    return this.#bodies;
  }
}
