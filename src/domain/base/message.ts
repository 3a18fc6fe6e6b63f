// A message: one short message to one recipient; the unit of state and of price.
//
// accepted    durable with us, waits for its time or for a carrier
// submitted   the carrier took it (its reference is stored)
// delivered | undelivered | expired | rejected | cancelled | unknown   final
//
// accepted → submitted → delivered | undelivered | expired | rejected | unknown
// accepted → rejected (the carrier refuses) | expired (its validity ran out) | cancelled
// A receipt may overtake the record of its own submission, so accepted → delivered … is legal too.
// `unknown` is what a submitted message becomes when the receipt window closes without a receipt; one that comes later
// corrects it.

/** The number is what the table stores; it never changes its meaning. */
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

const legalSteps: Readonly<Record<MessageStatus, readonly MessageStatus[]>> = {
  accepted: ['submitted', 'delivered', 'undelivered', 'expired', 'rejected', 'cancelled', 'unknown'],
  submitted: ['delivered', 'undelivered', 'expired', 'rejected', 'unknown'],
  delivered: [],
  undelivered: [],
  expired: [],
  rejected: [],
  cancelled: [],
  unknown: ['delivered', 'undelivered', 'expired', 'rejected'],
};

export function isLegalStep(from: MessageStatus, to: MessageStatus): boolean {
  return legalSteps[from].includes(to);
}

export function isFinal(status: MessageStatus): boolean {
  return legalSteps[status].length === 0;
}
