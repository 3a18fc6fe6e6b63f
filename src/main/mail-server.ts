// Opens the SMTP listener with the families of mail to SMS, as the operator configured it. Used by the role of listeners.
// Its library is loaded only if the listener is open.

import { octopushMail } from '#dialects/octopush/mail/session.ts';
import { ovhMail } from '#dialects/ovh/mail/session.ts';
import { createMailSessions } from '#dialects/shared/mail-sessions.ts';
import type { ConnectionGate } from '#lib/net/connection-gate.ts';
import { explainListening, urlOf } from '#listeners/listening.ts';
import type { Services } from '#operations/services.ts';
import { operatorCertificate } from './certificate.ts';
import type { Config } from './config/settings.ts';
import type { Runtime } from './runtime.ts';

export interface SmtpListener {
  readonly smtpUrl: string;
  stop(): Promise<void>;
}

export interface SmtpListenerOptions {
  readonly config: Config;
  readonly runtime: Runtime;
  readonly services: Services;
  /** Shared with the other listeners. */
  readonly gate: ConnectionGate;
}

/** Null: the listener is closed. */
export async function openSmtpListener(options: SmtpListenerOptions): Promise<SmtpListener | null> {
  const { config, runtime, services } = options;
  const { clock, log } = runtime;
  const { host, smtpPort: port } = config;
  if (port === 0) return null;
  // Not that of the local authority: mail programs use any STARTTLS that is offered and reject an unknown authority.
  const tls = await operatorCertificate(config);
  const { openMailListener } = await import('#listeners/smtp.ts');
  const listener = await openMailListener({
    host,
    port,
    tls,
    maxConnections: config.smtpConnections,
    admit: (socket) => options.gate.admit(socket),
    log,
    handler: createMailSessions({
      families: [
        ovhMail({ ...services, mailboxes: config.ovhMailboxes }),
        octopushMail({ ...services, clock, mailboxes: config.smtpMailboxes }),
      ],
      clock,
      log,
      perAddress: config.smtpPerAddress,
      perAccount: config.smtpPerAccount,
      noteIgnored: (mail) => services.ignoredMails.record(mail),
    }),
  }).catch((error: unknown) => {
    throw explainListening(error, host, port, 'CHAPPE_SMTP_PORT');
  });
  return { smtpUrl: urlOf('smtp', host, listener.port), stop: () => listener.stop() };
}
