// What becomes of a reply beside its callback: a text that answers it at once, and copies of it to others. Where replies
// are told by a callback stands among the callbacks.

export interface ReplyForward {
  readonly media: 'mail' | 'sms';
  /** Whom a copy by SMS is from; empty: the usual one. */
  readonly sender: string;
  /** An e-mail address, or a number. */
  readonly target: string;
}

export interface ReplyPolicy {
  readonly answersWithText: boolean;
  readonly text: string | null;
  /** The address of the callback while there is none; kept for the customer. */
  readonly parkedUrl: string | null;
  readonly forwards: readonly ReplyForward[];
  /** Whom copies by SMS are from that name nobody; null: the usual one. */
  readonly forwardSender: string | null;
}

export const noReplyPolicy: ReplyPolicy = {
  answersWithText: false,
  text: null,
  parkedUrl: null,
  forwards: [],
  forwardSender: null,
};
