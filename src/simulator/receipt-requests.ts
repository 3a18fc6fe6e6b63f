// The receipts that a submit_sm requests, and the state that query_sm returns. Used by carrier.ts.
import { renderAbsoluteTime } from '#smpp/protocol/time.ts';
import type { ReceivedPart } from './inbox.ts';
import { type ReceiptProfile, stateCodeOf } from './receipt-profile.ts';
import { concatenationOf, type SubmitPdu } from './submit-pdu.ts';

const successOnly = 3;
const failureOnly = 2;
const intermediateBit = 0x10;

export function isIntermediateWanted(
  { registered_delivery }: SubmitPdu,
  { alwaysIntermediate }: ReceiptProfile,
): boolean {
  return alwaysIntermediate || (registered_delivery & intermediateBit) !== 0;
}

/** Bits 1 and 0 of registered_delivery (SMPP 3.4 §5.2.17; 3 is success only in SMPP 5.0). */
export function isFinalWanted(registeredDelivery: number, stat: string): boolean {
  const wanted = registeredDelivery & 0x03;
  if (wanted === failureOnly) return stat !== 'DELIVRD';
  return wanted === successOnly ? stat === 'DELIVRD' : wanted !== 0;
}

/** Whether this part of a text gets a receipt. */
export function hasReceipt(pdu: SubmitPdu, { receipts }: ReceiptProfile): boolean {
  const place = receipts === 'each' ? null : concatenationOf(pdu);
  return place === null || place.part === (receipts === 'first' ? 1 : place.total);
}

/** final_date is empty and the state ENROUTE until the end (SMPP 3.4 §4.8.2). */
export function stateOf(part: ReceivedPart, nowMs: number) {
  if (part.stat === null || nowMs < part.finalAtMs) return { message_state: stateCodeOf('ENROUTE') };
  const error = Number(part.err);
  return {
    final_date: renderAbsoluteTime(part.finalAtMs),
    message_state: stateCodeOf(part.stat),
    error_code: error >= 0 && error <= 255 ? error : 0,
  };
}
