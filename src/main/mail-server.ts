// Opens the SMTP door with what the operator has set, or leaves it closed. Its library is loaded only when it is needed.

import type { OvhMailHouse } from '#dialects/octopush/mail/ovh-session.ts';
import type { OvhDesks } from '#dialects/ovh/api/services.ts';
import { explainListening, urlOf } from '#listeners/listening.ts';
import type { SubmitCampaign } from '#pipeline/submit-campaign.ts';
import { insertIgnoredMail } from '#store/platform/ignored-mails.ts';
import { insertErrands } from '#store/platform/notifications.ts';
import type { Books } from './caches.ts';
import { operatorCertificate } from './certificate.ts';
import type { Config } from './config.ts';
import { quotaOf } from './http2sms-services.ts';
import type { Engine } from './runtime.ts';

export interface SmtpDoor {
  readonly smtpUrl: string;
  stop(): Promise<void>;
}

export interface SmtpDoorOptions {
  readonly config: Config;
  readonly engine: Engine;
  readonly books: Books;
  readonly submit: SubmitCampaign;
  readonly ovh: Pick<OvhDesks, 'sending' | 'accounts' | 'users'>;
}

/** Null when the door is closed. */
export async function openSmtpDoor(options: SmtpDoorOptions): Promise<SmtpDoor | null> {
  const { config, engine, books, submit } = options;
  const { database, clock, log } = engine;
  const { host, smtpPort: port } = config;
  if (port === 0) return null;
  // Not the local authority's: mail programs upgrade wherever STARTTLS is offered, and give up on one they do not know.
  const tls = await operatorCertificate(config);
  const { openMailDoor } = await import('#dialects/octopush/mail/server.ts');
  const door = await openMailDoor({
    host,
    port,
    tls,
    maxConnections: config.smtpConnections,
    house: {
      // The keys of the legacy API open this door too.
      authenticate: (login, key) => books.accounts.authenticate('octopush', login, key),
      submit,
      noteIgnored: (mail) => insertIgnoredMail(database.query, mail),
      clock,
      log,
      mailboxes: config.smtpMailboxes,
      ovh: ovhHouseOf(options),
      perAddress: config.smtpPerAddress,
      perAccount: config.smtpPerAccount,
    },
  }).catch((error: unknown) => {
    throw explainListening(error, host, port, 'CHAPPE_SMTP_PORT');
  });
  return { smtpUrl: urlOf('smtp', host, door.port), stop: () => door.stop() };
}

/** Reports are stored only where there is a relay to take them. */
function ovhHouseOf({ config, engine, books, submit, ovh }: SmtpDoorOptions): OvhMailHouse {
  const { database, clock } = engine;
  return {
    mailboxes: config.ovhMailboxes,
    authenticate: (serviceName, login, password) => books.users.authenticate(serviceName, login, password),
    submit,
    standingOf: ovh.sending.standingOf,
    quotaOf: quotaOf(ovh.users),
    creditPriceMicros: (account) => ovh.accounts.creditPriceMicros(account),
    async tell(account, mail) {
      if (config.mailRelay === null) return;
      await insertErrands(database.query, account, [{ media: 'mail', ...mail }], clock.now());
    },
  };
}
