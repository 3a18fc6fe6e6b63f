// How the simulated carrier writes ids and receipts: every habit is one of real carriers. Used by the carrier and by
// tests of the links to it. It decides nothing about the fate of a message.

import type { Tlvs } from '#smpp/protocol/commands.ts';
import { renderReceiptText } from '#smpp/protocol/receipt-text.ts';
import { intOctets, textOctets, tlvTags } from '#smpp/protocol/tlvs.ts';

/**
 * Of the id in the answer and in the receipt:
 * text         an opaque text in both
 * hexadecimal  answered in hexadecimal, told in decimal
 * decimal      answered in decimal, told in hexadecimal
 * padded       answered in hexadecimal, told with leading zeros to sixteen digits
 * upper        answered in lower case with leading zeros, told in upper case without
 */
export type IdNotation = 'text' | 'hexadecimal' | 'decimal' | 'padded' | 'upper';

/**
 * text         the text of Appendix B
 * ucs2         the same in UCS-2
 * false-ucs2   the same in ASCII, announced as UCS-2
 * tlvs         nothing but TLVs, and no mark in esm_class
 * broken-tlvs  the text, and a TLV that is longer than the PDU
 */
export type ReceiptForm = 'text' | 'ucs2' | 'false-ucs2' | 'tlvs' | 'broken-tlvs';

export interface CarrierHabits {
  readonly idNotation: IdNotation;
  readonly receiptForm: ReceiptForm;
  /** Receipts name the message in TLVs too. */
  readonly receiptTlvs: boolean;
  /** Of a long text: a receipt for each part, or for one part only. */
  readonly receipts: 'each' | 'first' | 'last';
  /** Every part of a long text is answered with the id of its first one. */
  readonly isOneIdForAll: boolean;
  /** Words told before the end, each in a receipt of its own; not only when they were asked for. */
  readonly wordsBefore: readonly string[];
  /** Other words for the states, such as `DELIVRD` → `DELIVERED`. */
  readonly words: Readonly<Record<string, string>>;
  /** How far the clock of the dates is ahead of UTC, in minutes. */
  readonly clockAheadMinutes: number;
}

export const usualHabits: CarrierHabits = {
  idNotation: 'text',
  receiptForm: 'text',
  receiptTlvs: false,
  receipts: 'each',
  isOneIdForAll: false,
  wordsBefore: [],
  words: {},
  clockAheadMinutes: 0,
};

export interface ReceiptToTell {
  readonly id: string;
  readonly stat: string;
  readonly err: string;
  readonly submittedAtMs: number;
  readonly doneAtMs: number;
}

export interface WrittenReceipt {
  readonly octets: Uint8Array<ArrayBuffer>;
  readonly dataCoding: number;
  readonly esmClass: number;
}

const receiptOctets: Buffer<ArrayBuffer> = Buffer.alloc(508);
const receiptType = 0x04;
const intermediateType = 0x20;

/** The user data of a receipt; good until the next one is written. */
export function writeReceipt(
  receipt: ReceiptToTell,
  isFinal: boolean,
  habits: CarrierHabits,
): WrittenReceipt {
  const { receiptForm, clockAheadMinutes, words } = habits;
  const esmClass = receiptForm === 'tlvs' ? 0 : isFinal ? receiptType : intermediateType;
  if (receiptForm === 'tlvs') return { octets: receiptOctets.subarray(0, 0), dataCoding: 0, esmClass };
  const aheadMs = clockAheadMinutes * 60_000;
  const text = renderReceiptText({
    id: receipt.id,
    stat: words[receipt.stat] ?? receipt.stat,
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

/** message_state (SMPP 3.4 §5.2.28). */
const stateCodes: Readonly<Record<string, number>> = {
  ENROUTE: 1,
  DELIVRD: 2,
  EXPIRED: 3,
  DELETED: 4,
  UNDELIV: 5,
  ACCEPTD: 6,
  REJECTD: 8,
};

export function tlvsOf(id: string, stat: string, habits: CarrierHabits): Tlvs | undefined {
  if (!habits.receiptTlvs && habits.receiptForm !== 'tlvs') return undefined;
  return new Map([
    [tlvTags.receipted_message_id, textOctets(id)],
    [tlvTags.message_state, intOctets(stateCodes[stat] ?? 1, 1)],
  ]);
}
