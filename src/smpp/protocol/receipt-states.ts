// Words and codes of carriers for the state of a message, and their meaning. Used by the reading of
// receipts. A word that is not here never ends a message: it is reported, and an operator gives it a meaning.

export type ReceiptState = 'delivered' | 'undelivered' | 'expired' | 'rejected' | 'unknown' | 'underway';

export const receiptStates: readonly ReceiptState[] = [
  'delivered',
  'undelivered',
  'expired',
  'rejected',
  'unknown',
  'underway',
];

/** message_state (SMPP 3.4 §5.2.28) and the states of version 5 that carriers send all the same. */
export const statesByCode: readonly (ReceiptState | undefined)[] = [
  'underway', // 0 scheduled (5.0)
  'underway', // 1 enroute
  'delivered',
  'expired',
  'undelivered', // 4 deleted
  'undelivered',
  'underway', // 6 accepted
  'unknown',
  'rejected',
  'rejected', // 9 skipped (5.0)
];

/**
 * Quirk: SMPP 3.4 Appendix B has the seven-letter forms; carriers write the words out, or have some of their own
 * (Kannel reads ACKED, BUFFRED and BUFFERD; Clickatell, Infobip and goip send others).
 */
const statesByWord: ReadonlyMap<string, ReceiptState> = new Map([
  ['DELIVRD', 'delivered'],
  ['DELIVERED', 'delivered'],
  ['DELIVERD', 'delivered'],
  ['UNDELIV', 'undelivered'],
  ['UNDELIVRD', 'undelivered'],
  ['UNDELIVERED', 'undelivered'],
  ['UNDELIVERABLE', 'undelivered'],
  ['FAILED', 'undelivered'],
  ['DELETED', 'undelivered'],
  ['EXPIRED', 'expired'],
  ['REJECTD', 'rejected'],
  ['REJECTED', 'rejected'],
  ['SKIPPED', 'rejected'],
  ['ACCEPTD', 'underway'],
  ['ACCEPTED', 'underway'],
  ['ACKED', 'underway'],
  ['BUFFERD', 'underway'],
  ['BUFFERED', 'underway'],
  ['BUFFRED', 'underway'],
  ['ENROUTE', 'underway'],
  ['PENDING', 'underway'],
  ['QUEUED', 'underway'],
  ['RETRY', 'underway'],
  ['SCHEDULED', 'underway'],
  ['SENT', 'underway'],
  ['SUBMITTED', 'underway'],
  ['UNKNOWN', 'unknown'],
]);

/** The carrier's own words, in capitals; they win over the usual ones. */
export type StateWords = ReadonlyMap<string, ReceiptState>;

export function stateOfWord(word: string, words: StateWords | undefined): ReceiptState | undefined {
  const known = words === undefined || words.size === 0 ? undefined : words.get(word.toUpperCase());
  return known ?? statesByWord.get(word) ?? statesByWord.get(word.toUpperCase());
}
