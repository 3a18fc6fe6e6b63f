// SMS and mails that the platform sends for an account; the account pays for an SMS. Used by the reply recorder.

import type { Account } from '#domain/account/account.ts';
import { hourMs } from '#lib/time/duration.ts';

export type Notification =
  | {
      readonly media: 'sms';
      readonly recipient: string;
      /** Null: the platform's default sender. */
      readonly sender: string | null;
      readonly text: string;
    }
  | { readonly media: 'mail'; readonly recipient: string; readonly subject: string; readonly text: string };

export interface AnswerableReply {
  readonly msisdn: number;
  /** The destination of the reply. */
  readonly recipient: string;
  readonly text: string;
  readonly isOptOut: boolean;
}

/**
 * Notifications after a reply, by the reply policy of the account: an answer to the phone from the number that it wrote to,
 * unless the reply is a STOP or `isTalkative`; and a copy to each address that the policy names.
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

/** In characters: two or three segments for any reply. */
const maxCopy = 300;

/** Maximum number of automatic answers to one phone within `talkativeMs`: more replies may come from a machine. */
export const talkativeReplies = 5;
export const talkativeMs = hourMs;
