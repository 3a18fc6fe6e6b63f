// A recorded reply and its account. Used by the reply recorder and by the notifications of a reply.
import type { Account } from '#domain/account/account.ts';
import type { DialectName } from '#domain/base/submission.ts';
import type { AnswerableReply } from '#domain/delivery/notification.ts';

/** The account of a reply and the message that it answers, if they are known. */
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
