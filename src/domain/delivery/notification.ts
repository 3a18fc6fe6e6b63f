// What the platform sends of itself on behalf of an account: one SMS, at the account's expense, or one mail.

import type { Account } from '#domain/account/account.ts';
import { hourMs } from '#lib/time/duration.ts';

export type Notification =
  | {
      readonly media: 'sms';
      readonly recipient: string;
      /** Null: the usual one. */
      readonly sender: string | null;
      readonly text: string;
    }
  | { readonly media: 'mail'; readonly recipient: string; readonly subject: string; readonly text: string };

export interface AnswerableReply {
  readonly msisdn: number;
  /** The number it was sent to. */
  readonly recipient: string;
  readonly text: string;
  readonly isOptOut: boolean;
}

/**
 * What a reply sets off by the policy of its account: a text back to the phone from the number it wrote to, unless it
 * said STOP or `isTalkative`; a copy to each who wants one.
 */
export function notificationsOfReply(
  { settings: { replyPolicy } }: Account,
  { msisdn, recipient, text, isOptOut }: AnswerableReply,
  isTalkative: boolean,
): Notification[] {
  const { answersWithText, text: answer, forwards, forwardSender } = replyPolicy;
  const notifications: Notification[] = [];
  if (answersWithText && answer !== null && !isOptOut && !isTalkative)
    notifications.push({ media: 'sms', recipient: `+${msisdn}`, sender: recipient, text: answer });
  for (const { media, sender, target } of forwards)
    if (media === 'mail')
      notifications.push({ media, recipient: target, subject: `SMS from +${msisdn}`, text: `${text}\n` });
    else
      notifications.push({
        media,
        recipient: target,
        sender: sender || forwardSender,
        text: `+${msisdn}: ${text}`.slice(0, maxCopy),
      });
  return notifications;
}

/** Characters: two or three segments, whatever the reply was. */
const maxCopy = 300;

/** Replies of one phone within `talkativeMs` above which it is not answered by itself any more: it may be a machine. */
export const talkativeReplies = 5;
export const talkativeMs = hourMs;
