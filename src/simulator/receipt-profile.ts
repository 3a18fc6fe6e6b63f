// Forms of ids and receipts of the simulated carrier; each form is one of real carriers. Used by carrier.ts, and by tests
// of links to carriers. It does not decide the fate of a message.

import type { Tlvs } from '#smpp/protocol/commands.ts';
import { renderReceiptText } from '#smpp/protocol/receipt-text.ts';
import { intOctets, textOctets, tlvTags } from '#smpp/protocol/tlvs.ts';

/**
 * The message id in the response and in the receipt.
 *
 * | notation | response | receipt |
 * | --- | --- | --- |
 * | text | an opaque text | the same |
 * | hexadecimal | hexadecimal | decimal |
 * | decimal | decimal | hexadecimal |
 * | padded | hexadecimal | hexadecimal with leading zeros, sixteen digits |
 * | upper | lower case with leading zeros | upper case without them |
 */
export const idNotations = ['text', 'hexadecimal', 'decimal', 'padded', 'upper'] as const;
export type IdNotation = (typeof idNotations)[number];

/**
 * | form | content of deliver_sm |
 * | --- | --- |
 * | text | the text of SMPP 3.4 Appendix B |
 * | ucs2 | the same in UCS-2 |
 * | false-ucs2 | the same in ASCII, with the data_coding of UCS-2 |
 * | tlvs | TLVs only; esm_class is 0 |
 * | broken-tlvs | the text, and a TLV that is longer than the PDU |
 */
export const receiptForms = ['text', 'ucs2', 'false-ucs2', 'tlvs', 'broken-tlvs'] as const;
export type ReceiptForm = (typeof receiptForms)[number];

/** Receipts of a long text: for each part, or for one part only. */
export const receiptCounts = ['each', 'first', 'last'] as const;

export interface ReceiptProfile {
  readonly idNotation: IdNotation;
  readonly receiptForm: ReceiptForm;
  /** Adds receipted_message_id and message_state. */
  readonly receiptTlvs: boolean;
  readonly receipts: (typeof receiptCounts)[number];
  /** Every part of a long text has the id of its first part. */
  readonly isOneIdForAll: boolean;
  /** States before the end, each in an intermediate receipt, if registered_delivery has bit 4. */
  readonly intermediateStates: readonly string[];
  /** Intermediate receipts are sent although registered_delivery has no bit 4. */
  readonly alwaysIntermediate: boolean;
  /** Other words for states, such as `DELIVRD` → `DELIVERED`. */
  readonly stateWords: Readonly<Record<string, string>>;
  /** Difference of the clock of the dates from UTC, in minutes. */
  readonly clockAheadMinutes: number;
}

export const defaultReceiptProfile: ReceiptProfile = {
  idNotation: 'text',
  receiptForm: 'text',
  receiptTlvs: false,
  receipts: 'each',
  isOneIdForAll: false,
  intermediateStates: [],
  alwaysIntermediate: false,
  stateWords: {},
  clockAheadMinutes: 0,
};

export interface Receipt {
  readonly id: string;
  readonly stat: string;
  readonly err: string;
  readonly submittedAtMs: number;
  readonly doneAtMs: number;
}

export interface ReceiptContent {
  readonly octets: Uint8Array<ArrayBuffer>;
  readonly dataCoding: number;
  readonly esmClass: number;
}

/** One buffer for all receipts: the session copies it immediately. */
const receiptOctets: Buffer<ArrayBuffer> = Buffer.alloc(508);
const receiptType = 0x04;
const intermediateType = 0x20;

/** The user data of a receipt, valid until the next call. */
export function renderReceipt(receipt: Receipt, isFinal: boolean, profile: ReceiptProfile): ReceiptContent {
  const { receiptForm, clockAheadMinutes, stateWords } = profile;
  const esmClass = receiptForm === 'tlvs' ? 0 : isFinal ? receiptType : intermediateType;
  if (receiptForm === 'tlvs') return { octets: receiptOctets.subarray(0, 0), dataCoding: 0, esmClass };
  const aheadMs = clockAheadMinutes * 60_000;
  const text = renderReceiptText({
    id: receipt.id,
    stat: stateWords[receipt.stat] ?? receipt.stat,
    err: receipt.err,
    submittedAtMs: receipt.submittedAtMs + aheadMs,
    doneAtMs: receipt.doneAtMs + aheadMs,
    text: '',
  });
  if (receiptForm === 'ucs2') {
    const octets = receiptOctets.subarray(0, receiptOctets.write(text, 0, 'utf16le')).swap16();
    return { octets, dataCoding: 8, esmClass };
  }
  const octets = receiptOctets.subarray(0, receiptOctets.write(text, 0, 'latin1'));
  return { octets, dataCoding: receiptForm === 'false-ucs2' ? 8 : 0, esmClass };
}

const enroute = 1;

/** message_state (SMPP 3.4 §5.2.28). */
const stateCodes: Readonly<Record<string, number>> = {
  ENROUTE: enroute,
  DELIVRD: 2,
  EXPIRED: 3,
  DELETED: 4,
  UNDELIV: 5,
  ACCEPTD: 6,
  REJECTD: 8,
};

export function stateCodeOf(stat: string): number {
  return stateCodes[stat] ?? enroute;
}

export function receiptTlvs(id: string, stat: string, profile: ReceiptProfile): Tlvs | undefined {
  if (!profile.receiptTlvs && profile.receiptForm !== 'tlvs') return undefined;
  return new Map([
    [tlvTags.receipted_message_id, textOctets(id)],
    [tlvTags.message_state, intOctets(stateCodeOf(stat), 1)],
  ]);
}
