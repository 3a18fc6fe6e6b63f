// Sends mails, one at a time, through the operator's relay. Used by callbacks by mail and notifications. The result has the
// form of an HTTP result, so that failed mails are tried again.
import { createTransport } from 'nodemailer';

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export interface MailRelay {
  /** Description of the failure; null if the relay accepted the mail. */
  send(mail: Mail): Promise<string | null>;
  close(): void;
}

export interface MailRelayOptions {
  /** smtp://user:password@host:port, or smtps://… */
  readonly url: string;
  readonly from: string;
  readonly timeoutMs: number;
}

export function createMailRelay({ url, from, timeoutMs }: MailRelayOptions): MailRelay {
  const transport = createTransport(
    {
      url,
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      // Replies are texts of other people: no content is read as a file or URL.
      disableFileAccess: true,
      disableUrlAccess: true,
    },
    { from },
  );
  return {
    async send({ to, subject, text }) {
      try {
        await transport.sendMail({ to: { name: '', address: to }, subject, text });
        return null;
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    },
    close: () => transport.close(),
  };
}
