// English catalogue of causes: the sentence for a failure and its remedy, by the code of the contract. Used by the page of a
// message and by Home. A code without an entry is shown as it is, with the carrier's own text.
export interface CauseWords {
  readonly says: string;
  readonly remedy: string;
}

/** By exact code, then by the beginning of a code that ends with a colon. */
export const causes: { readonly unknown: CauseWords; readonly list: Readonly<Record<string, CauseWords>> } = {
  unknown: {
    says: 'The carrier gave a reason of its own.',
    remedy: 'Ask the carrier with the reference of the message.',
  },
  list: {
    'refused:number-invalid': {
      says: 'It is no telephone number.',
      remedy: 'Correct the number in the list. It cost nothing.',
    },
    'refused:': {
      says: 'It was refused when the campaign was accepted.',
      remedy: 'Check the number and the sender. It cost nothing.',
    },
    validity: {
      says: 'Its time was over before a carrier could take it.',
      remedy: 'Start earlier, or give a longer validity. The reserved credit was given back.',
    },
    'no-receipt': {
      says: 'No receipt came in time.',
      remedy:
        'Often the carrier sends none for this destination. The message stays charged: the carrier took it.',
    },
    carrier: {
      says: 'The carrier refused it for a reason of its own.',
      remedy: 'Ask the carrier with the reference of the message.',
    },
    'receipt:undelivered': {
      says: 'The phone could not be reached, finally for the carrier.',
      remedy:
        'The number may be out of service. A look-up tells more; remove the number if it happens again.',
    },
    'receipt:expired': {
      says: 'The phone was off or without network until the validity ended.',
      remedy: 'Give a longer validity, or send at another hour.',
    },
    'receipt:rejected': {
      says: 'The network of the recipient rejected it.',
      remedy: 'Check the sender and the text: some networks reject names and links.',
    },
    'receipt:unknown': {
      says: 'The carrier does not know the result.',
      remedy: 'It stays charged. Often this destination gives no receipts.',
    },
    'smpp:ESME_RINVDSTADR': {
      says: 'The carrier does not take this number.',
      remedy: 'Check the number, or look it up. It was not charged.',
    },
    'smpp:ESME_RINVSRCADR': {
      says: 'The carrier does not take this sender.',
      remedy: 'Use a sender that is registered with the carrier. It was not charged.',
    },
    'smpp:ESME_RMSGQFUL': {
      says: 'The queue of the carrier was full.',
      remedy: 'Send again later. It was not charged.',
    },
    'smpp:ESME_RSUBMITFAIL': {
      says: 'The carrier could not take it.',
      remedy: 'Send again later. It was not charged.',
    },
    'smpp:ESME_RTHROTTLED': {
      says: 'The carrier limited the rate.',
      remedy: 'The operator lowers the rate of the carrier’s link. It was not charged.',
    },
    'smpp:': {
      says: 'The carrier refused it.',
      remedy: 'The code is one of SMPP 3.4 §5.1.3 or of the carrier. It was not charged.',
    },
    'receipt:': {
      says: 'The carrier reported that it was not delivered.',
      remedy: 'Ask the carrier with the reference.',
    },
    'opted-out': {
      says: 'The recipient said STOP.',
      remedy: 'Marketing is not sent to this number. See the opt-outs of the account.',
    },
    'refused-by-operator': {
      says: 'The operator refused its campaign.',
      remedy: 'The reserved credit was given back. The operator knows the reason.',
    },
    'no-answer': {
      says: 'The carrier gave no answer to six attempts.',
      remedy: 'The reserved credit was given back. Send again later.',
    },
    cancelled: { says: 'It was cancelled before it left.', remedy: 'The reserved credit was given back.' },
  },
};
