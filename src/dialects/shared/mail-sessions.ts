// Handles SMTP sessions of mail to SMS: limits, mailboxes, and one family for each mail. Used by main with the families of
// Octopush and OVH. A mail answered with 250 is durable: as a campaign, or as a note for the operator that names the reason.

import type { Buffer } from 'node:buffer';
import type { Account } from '#domain/account/account.ts';
import type { Log } from '#domain/base/log-events.ts';
import type { SubmissionReport } from '#domain/plan/plan.ts';
import { TokenBuckets } from '#lib/async/token-bucket.ts';
import { cleanText } from '#lib/text/text-bytes.ts';
import type { Clock } from '#lib/time/clock.ts';
import { type Mail, readMail } from '#listeners/mime.ts';
import type { Envelope, MailHandler, SmtpReply } from '#listeners/smtp.ts';
import { type IgnoreReason, ignoreReasonOf } from './mail-refusals.ts';

/** The operator's view of an ignored mail. Contains no text and no whole number. */
export interface IgnoredMail {
  readonly atMs: number;
  readonly remoteAddress: string;
  readonly mailFrom: string;
  readonly sizeBytes: number;
  /** As claimed in the mail. */
  readonly login: string | null;
  /** Null: no account has these credentials. */
  readonly accountId: number | null;
  readonly requestId: string | null;
  readonly reason: string;
  readonly detail: string;
}

/** One family's form of mail to SMS. */
export interface MailFamily {
  /** Whether the mailbox is one of this family. */
  accepts(mailbox: string): boolean;
  /** Submits the campaign of the mail. Throws MailRefusal and RefusedError. */
  submit(received: ReceivedMail, progress: MailProgress): Promise<SubmissionReport>;
}

export interface ReceivedMail {
  readonly mail: Mail;
  readonly envelope: Envelope;
}

/** Collects facts of a mail for the note about an ignored mail. */
export interface MailProgress {
  noteRequestId(id: string | null): void;
  noteLogin(login: string): void;
  /** Counts the mail. Throws if the account sent too many in this minute; the relay is asked to repeat it then. */
  countFor(account: Account): void;
}

export interface MailSessionsOptions {
  /** A mail to mailboxes of several families is for the first of them. */
  readonly families: readonly MailFamily[];
  readonly clock: Clock;
  readonly log: Log;
  /** Mails a minute. 0: no limit. */
  readonly perAddress: number;
  readonly perAccount: number;
  /** Resolves when the note is durable. */
  noteIgnored(mail: IgnoredMail): Promise<void>;
}

const fromAddressTooMany: SmtpReply = {
  code: 451,
  text: 'Too many mails from this address, try again in a minute',
};
const ofAccountTooMany: SmtpReply = {
  code: 451,
  text: 'Too many mails for this account, try again in a minute',
};
const unavailable: SmtpReply = { code: 451, text: 'Not possible now, try again later' };
const noSuchMailbox: SmtpReply = { code: 550, text: 'No such mailbox here' };

class TooManyMailsError extends Error {}

interface Note {
  login: string | null;
  accountId: number | null;
  requestId: string | null;
}

export function createMailSessions(options: MailSessionsOptions): MailHandler {
  const { families, clock, log } = options;
  const addresses = new TokenBuckets<string>(options.perAddress);
  const accounts = new TokenBuckets<number>(options.perAccount);
  const familyOf = (mailbox: string) => families.find((family) => family.accepts(mailbox));
  const familyFor = (mailboxes: readonly string[]) =>
    families.find((family) => mailboxes.some((mailbox) => family.accepts(mailbox)));

  function progressOf(note: Note): MailProgress {
    return {
      noteRequestId(id) {
        note.requestId = id;
      },
      noteLogin(login) {
        note.login = login;
      },
      countFor(account) {
        note.accountId = account.id;
        if (!accounts.acquireToken(account.id, clock.now())) throw new TooManyMailsError();
      },
    };
  }

  async function ignore(
    { remoteAddress, mailFrom }: Envelope,
    sizeBytes: number,
    { login, accountId, requestId }: Note,
    ignoreReason: IgnoreReason,
  ): Promise<SmtpReply> {
    await options.noteIgnored({
      atMs: clock.now(),
      remoteAddress,
      mailFrom: withoutNumbers(cleanText(mailFrom)),
      sizeBytes,
      login: login && withoutNumbers(login),
      accountId,
      requestId: requestId && maskedRequestId(requestId),
      ...ignoreReason,
    });
    return { code: 250, text: `OK: ignored (${ignoreReason.reason})` };
  }

  async function submitOrIgnore(
    family: MailFamily,
    envelope: Envelope,
    raw: Buffer,
    note: Note,
  ): Promise<SmtpReply> {
    try {
      return accepted(await family.submit({ mail: await readMail(raw), envelope }, progressOf(note)));
    } catch (error) {
      if (error instanceof TooManyMailsError) return ofAccountTooMany;
      const ignoreReason = ignoreReasonOf(error);
      if (ignoreReason === null) throw error;
      return ignore(envelope, raw.length, note, ignoreReason);
    }
  }

  return {
    onMailFrom: (remoteAddress) =>
      addresses.acquireToken(remoteAddress, clock.now()) ? null : fromAddressTooMany,
    onRcptTo: (mailbox) => (familyOf(mailbox) === undefined ? noSuchMailbox : null),
    async onMail(envelope, raw) {
      const family = familyFor(envelope.recipients);
      if (family === undefined) return noSuchMailbox;
      const note: Note = { login: null, accountId: null, requestId: null };
      try {
        return await submitOrIgnore(family, envelope, raw, note);
      } catch (error) {
        log.error('mail.take_failed', { account: note.accountId, err: error as Error });
        return unavailable;
      }
    },
  };
}

function accepted({ campaignId }: SubmissionReport): SmtpReply {
  return { code: 250, text: campaignId === null ? 'OK: simulated' : `OK: campaign ${campaignId}` };
}

const maxShownLength = 255;

/** Of a run of digits that could be a telephone number, the last two remain. */
function withoutNumbers(text: string): string {
  return text.slice(0, maxShownLength).replace(/\d{5,}(\d\d)/g, '…$1');
}

/** A request id of Octopush's form is shown whole; anything else could contain a number. */
function maskedRequestId(id: string): string {
  return /^[a-zA-Z0-9]{12,30}$/.test(id) ? id : withoutNumbers(id);
}
