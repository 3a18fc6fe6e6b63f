// Mail that leaves: one message at a time to the operator's relay, which knows the rest. Answers like a POST does, so
// that what could not be handed over is tried again.
import { createTransport } from 'nodemailer';

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export interface MailRelay {
  /** What went wrong, in words; null when the relay took it. */
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
      // Replies are other people's words: nothing in them is a file or an address to fetch.
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
