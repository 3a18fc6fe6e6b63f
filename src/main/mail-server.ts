// Opens the SMTP door with what the operator has set, or leaves it closed. Its library is loaded only when it is needed.

import type { OvhMailServices } from '#dialects/octopush/mail/ovh-session.ts';
import type { OvhDesks } from '#dialects/ovh/api/services.ts';
import type { ConnectionGate } from '#lib/net/connection-gate.ts';
import { explainListening, urlOf } from '#listeners/listening.ts';
import type { SubmitCampaign } from '#pipeline/submit-campaign.ts';
import { insertIgnoredMail } from '#store/platform/ignored-mails.ts';
import { insertNotifications } from '#store/platform/notifications.ts';
import type { Caches } from './caches.ts';
import { operatorCertificate } from './certificate.ts';
import type { Config } from './config.ts';
import { quotaOf } from './http2sms-services.ts';
import type { Runtime } from './runtime.ts';

export interface SmtpListener {
  readonly smtpUrl: string;
  stop(): Promise<void>;
}

export interface SmtpListenerOptions {
  readonly config: Config;
  readonly runtime: Runtime;
  readonly books: Caches;
  readonly submit: SubmitCampaign;
  readonly ovh: Pick<OvhDesks, 'sending' | 'accounts' | 'users'>;
  /** Shared with the other listeners. */
  readonly gate: ConnectionGate;
}

/** Null when the door is closed. */
export async function openSmtpListener(options: SmtpListenerOptions): Promise<SmtpListener | null> {
  const { config, runtime, books, submit } = options;
  const { database, clock, log } = runtime;
  const { host, smtpPort: port } = config;
  if (port === 0) return null;
  // Not the local authority's: mail programs upgrade wherever STARTTLS is offered, and give up on one they do not know.
  const tls = await operatorCertificate(config);
  const { openMailListener } = await import('#dialects/octopush/mail/server.ts');
  const door = await openMailListener({
    host,
    port,
    tls,
    maxConnections: config.smtpConnections,
    admit: (socket) => options.gate.admit(socket),
    services: {
      // The keys of the legacy API open this door too.
      authenticate: (login, key) => books.accounts.authenticate('octopush', login, key),
      submit,
      noteIgnored: (mail) => insertIgnoredMail(database.query, mail),
      clock,
      log,
      mailboxes: config.smtpMailboxes,
      ovh: ovhMailServicesOf(options),
      perAddress: config.smtpPerAddress,
      perAccount: config.smtpPerAccount,
    },
  }).catch((error: unknown) => {
    throw explainListening(error, host, port, 'CHAPPE_SMTP_PORT');
  });
  return { smtpUrl: urlOf('smtp', host, door.port), stop: () => door.stop() };
}

/** Reports are stored only where there is a relay to take them. */
function ovhMailServicesOf({ config, runtime, books, submit, ovh }: SmtpListenerOptions): OvhMailServices {
  const { database, clock } = runtime;
  return {
    mailboxes: config.ovhMailboxes,
    authenticate: (...credentials) => books.users.authenticate(...credentials),
    submit,
    senderStatusOf: ovh.sending.senderStatusOf,
    hasReplyNumbers: ovh.sending.hasReplyNumbers,
    enabledSenders: ovh.sending.enabledSenders,
    quotaOf: quotaOf(ovh.users),
    creditPriceMicros: (account) => ovh.accounts.creditPriceMicros(account),
    async tell(account, mail) {
      if (config.mailRelay === null) return;
      await insertNotifications(database.query, account, [{ media: 'mail', ...mail }], clock.now());
    },
  };
}
