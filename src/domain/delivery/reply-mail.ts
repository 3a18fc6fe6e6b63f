// Writes a reply or an opt-out as an e-mail, for accounts that receive replies by mail (docs/dialects/octopush.md#two-way).
// Used by the callback pusher.
import type { Account } from '#domain/account/account.ts';
import type { Callback, CallbackChannel, MailCallback } from './callback.ts';

export const replyMail: Omit<CallbackChannel<MailCallback>, 'dialect'> = {
  reach: 'any-process',
  /** A mailto URL (RFC 6068): mails to one mailbox share a queue. */
  addressOf(account: Account, callback: Callback): string | null {
    const { replyEmail } = account.settings.callbacks;
    return replyEmail === null || callback.kind === 'receipt' ? null : `mailto:${replyEmail}`;
  },

  prepare(account: Account, callback: Callback): MailCallback | null {
    const { replyEmail } = account.settings.callbacks;
    if (replyEmail === null || callback.kind === 'receipt') return null;
    const { kind, msisdn, to, text, atMs } = callback;
    return {
      kind: 'mail',
      to: replyEmail,
      subject: kind === 'opt-out' ? `STOP from +${msisdn}` : `Reply from +${msisdn}`,
      text: `${text}\n\n-- \nFrom +${msisdn} to ${to}, ${new Date(atMs).toISOString()}\n`,
    };
  },
};
