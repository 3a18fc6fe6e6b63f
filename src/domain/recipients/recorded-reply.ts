// A reply that has just been recorded, with the account it belongs to. Used by its recording and by what follows from it.
import type { Account } from '#domain/account/account.ts';
import type { DialectName } from '#domain/base/submission.ts';
import type { AnswerableReply } from '#domain/delivery/notification.ts';

/** The account a reply is for, and the message it answers, as far as one is known. */
export interface Answered {
  readonly bucket: number;
  readonly accountId: number;
  readonly dialect: DialectName;
  readonly messageId: number | null;
  readonly campaignId: number | null;
}

export interface RecordedReply {
  readonly id: number;
  readonly reply: AnswerableReply;
  readonly answered: Answered;
  readonly account: Account;
}
