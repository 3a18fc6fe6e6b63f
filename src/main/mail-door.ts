// Opens the SMTP door with what the operator has set, or leaves it closed. Its library is loaded only when it is needed.
import type { AccountBook } from '#operations/authenticate.ts';
import type { SubmitCampaign } from '#operations/submit-campaign.ts';
import { insertIgnoredMail } from '#store/ignored-mails.ts';
import { operatorCertificate } from './certificate.ts';
import type { Config } from './config.ts';
import type { Engine } from './engine.ts';
import { explainListening, urlOf } from './listening.ts';

export interface SmtpDoor {
  readonly smtpUrl: string;
  stop(): Promise<void>;
}

/** Null when the door is closed. */
export async function openSmtpDoor(
  config: Config,
  { database, clock, log }: Engine,
  accounts: AccountBook,
  submit: SubmitCampaign,
): Promise<SmtpDoor | null> {
  const { host, smtpPort: port } = config;
  if (port === 0) return null;
  // Not the local authority's: mail programs upgrade wherever STARTTLS is offered, and give up on one they do not know.
  const tls = await operatorCertificate(config);
  const { openMailDoor } = await import('#dialects/smtp/door.ts');
  const door = await openMailDoor({
    host,
    port,
    tls,
    maxConnections: config.smtpConnections,
    house: {
      // The keys of the legacy API open this door too.
      authenticate: (login, key) => accounts.authenticate('octopush', login, key),
      submit,
      noteIgnored: (mail) => insertIgnoredMail(database.query, mail),
      clock,
      log,
      mailboxes: config.smtpMailboxes,
      perAddress: config.smtpPerAddress,
      perAccount: config.smtpPerAccount,
    },
  }).catch((error: unknown) => {
    throw explainListening(error, host, port, 'CHAPPE_SMTP_PORT');
  });
  return { smtpUrl: urlOf('smtp', host, door.port), stop: () => door.stop() };
}
