// Status of a message: one SMS to one recipient. Used by every file that reads or writes messages.
//
// accepted    stored, waits for its due time or for a carrier
// submitted   a carrier took it (its reference is stored)
// delivered | undelivered | expired | rejected | cancelled | unknown   final
//
// accepted → submitted → delivered | undelivered | expired | rejected | unknown
// accepted → rejected (the carrier refuses) | expired (its validity ended) | cancelled
// accepted → delivered | undelivered | … if the receipt arrives before the outcome is recorded
// unknown → delivered | undelivered | expired | rejected: the receipt window closed without a receipt, and a later receipt
// corrects the status.

/** The numbers are stored and never change their meaning. */
export const messageStatusCodes = {
  accepted: 0,
  submitted: 1,
  delivered: 2,
  undelivered: 3,
  expired: 4,
  rejected: 5,
  cancelled: 6,
  unknown: 7,
} as const;

export type MessageStatus = keyof typeof messageStatusCodes;

const statusByCode: readonly MessageStatus[] = Object.keys(messageStatusCodes) as MessageStatus[];

export function messageStatus(code: number): MessageStatus {
  const status = statusByCode[code];
  if (status === undefined) throw new Error(`assertion failed: message status ${code}`);
  return status;
}

/** True if no later receipt or outcome changes the status. */
export function isFinal(status: MessageStatus): boolean {
  return status !== 'accepted' && status !== 'submitted' && status !== 'unknown';
}
