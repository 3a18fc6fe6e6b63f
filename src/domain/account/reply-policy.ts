// Treatment of a reply in addition to its callback: an automatic answer, and copies to other recipients. Used by the reply
// recorder. The address of the callback is in the callback settings.

export interface ReplyForward {
  readonly media: 'mail' | 'sms';
  /** Sender of a copy by SMS; empty: the default. */
  readonly sender: string;
  /** An e-mail address, or a number. */
  readonly target: string;
}

export interface ReplyPolicy {
  readonly answersWithText: boolean;
  readonly text: string | null;
  /** Address of an inactive callback; stored for the customer. */
  readonly parkedUrl: string | null;
  readonly forwards: readonly ReplyForward[];
  /** Sender of SMS copies that specify none. Null: the platform's default sender. */
  readonly forwardSender: string | null;
}

export const noReplyPolicy: ReplyPolicy = {
  answersWithText: false,
  text: null,
  parkedUrl: null,
  forwards: [],
  forwardSender: null,
};
