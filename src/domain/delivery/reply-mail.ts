// Renders a reply or an opt-out as an e-mail, for accounts that receive replies by mail
// (docs/dialects/octopush.md#two-way). Used by the callback pusher. The address of the callback is a mailto URL (RFC 6068),
// which main passes to the mail relay.
import type { Account } from '#domain/account/account.ts';
import type { Callback, CallbackRequest } from './callback.ts';

export const replyMail = {
  addressOf(account: Account, callback: Callback): string | null {
    const { replyEmail } = account.settings.callbacks;
    return replyEmail === null || callback.kind === 'receipt' ? null : mailtoOf(replyEmail);
  },

  render(account: Account, callback: Callback): CallbackRequest | null {
    const { replyEmail } = account.settings.callbacks;
    if (replyEmail === null || callback.kind === 'receipt') return null;
    const { kind, msisdn, to, text, atMs } = callback;
    const subject = kind === 'opt-out' ? `STOP from +${msisdn}` : `Reply from +${msisdn}`;
    const at = new Date(atMs).toISOString();
    return {
      method: 'POST',
      url: `${mailtoOf(replyEmail)}?subject=${encodeURIComponent(subject)}`,
      contentType: 'text/plain; charset=utf-8',
      body: `${text}\n\n-- \nFrom +${msisdn} to ${to}, ${at}\n`,
    };
  },
};

function mailtoOf(email: string): string {
  return `mailto:${encodeURIComponent(email)}`;
}

export interface MailAddress {
  readonly to: string;
  readonly subject: string;
}

/** Address and subject of a mailto URL of this file; null for any other URL. */
export function readMailto(url: string): MailAddress | null {
  const parts = /^mailto:([^?]*)\?subject=(.*)$/.exec(url);
  if (parts === null) return null;
  return { to: decodeURIComponent(parts[1]!), subject: decodeURIComponent(parts[2]!) };
}
