// What is answered to each step of an SMTP session, without a socket: who may write, to which mailbox, and what becomes of
// a mail. Serves door.ts. A mail answered with 250 is durable: as a campaign, or as a note that it was ignored and why.

import type { Buffer } from 'node:buffer';
import type { Account } from '#domain/account/account.ts';
import type { Log } from '#domain/base/log-events.ts';
import type { Submission } from '#domain/base/submission.ts';
import type { SubmissionReport } from '#domain/plan/plan.ts';
import { cleanText } from '#lib/text/text-bytes.ts';
import type { Clock } from '#lib/time/clock.ts';
import {
  brokenDown,
  type Fault,
  faultOf,
  noSuchMailbox,
  type Reply,
  tooManyForAccount,
  tooManyFromAddress,
} from './errors.ts';
import { readMail } from './mail.ts';
import { isOvhMailbox, type OvhMailServices, sendOvhMail } from './ovh-session.ts';
import { RateLimit } from './rate-limit.ts';
import { readMailCredentials, readMailRequest, readMailSubmission } from './request.ts';

/** What the operator is shown of a mail that sent nothing: never its text, never a whole number. */
export interface IgnoredMail {
  readonly atMs: number;
  readonly remoteAddress: string;
  readonly mailFrom: string;
  readonly sizeBytes: number;
  /** As claimed in the subject. */
  readonly login: string | null;
  /** Null as long as the credentials have not opened one. */
  readonly accountId: number | null;
  readonly requestId: string | null;
  readonly reason: string;
  readonly detail: string;
}

export interface MailServices {
  authenticate(login: string, key: string): Account | Promise<Account>;
  /** Resolves after the commit; throws RefusedError. */
  submit(account: Account, submission: Submission): Promise<SubmissionReport>;
  readonly clock: Clock;
  readonly log: Log;
  /** Addresses of Octopush's forms, in lower case. */
  readonly mailboxes: readonly string[];
  readonly ovh: OvhMailServices;
  /** Mails a minute; 0 is no limit. */
  readonly perAddress: number;
  readonly perAccount: number;
  /** Resolves when the note is durable. */
  noteIgnored(mail: IgnoredMail): Promise<void>;
}

export interface Envelope {
  readonly remoteAddress: string;
  readonly mailFrom: string;
  readonly recipients: readonly string[];
}

export interface MailSessions {
  /** Null is yes. */
  onMailFrom(remoteAddress: string): Reply | null;
  onRcptTo(address: string): Reply | null;
  onMail(envelope: Envelope, raw: Buffer): Promise<Reply>;
}

/** Of one account; thrown on the way, answered by its reply. */
class TooManyMailsError extends Error {}

interface Known {
  login: string | null;
  accountId: number | null;
  requestId: string | null;
}

export function createMailSessions(services: MailServices): MailSessions {
  const { clock, log } = services;
  const addresses = new RateLimit<string>(services.perAddress);
  const accounts = new RateLimit<number>(services.perAccount);

  /** The account is known: its mails are counted. */
  function enter(known: Known, login: string, account: Account): void {
    known.login = login;
    known.accountId = account.id;
    if (!accounts.take(account.id, clock.now())) throw new TooManyMailsError();
  }

  async function send(envelope: Envelope, raw: Buffer, known: Known): Promise<SubmissionReport> {
    const mail = await readMail(raw);
    if (envelope.recipients.some((address) => isOvhMailbox(services.ovh, address))) {
      known.requestId = mail.messageId;
      const onAccount = (login: string, account: Account) => enter(known, login, account);
      const { mailFrom, remoteAddress } = envelope;
      return sendOvhMail(services.ovh, { mail, mailFrom, remoteAddress, onAccount });
    }
    const request = readMailRequest(mail);
    known.requestId = request.fields.get('request_id') ?? null;
    const { login, key } = readMailCredentials(request);
    known.login = login;
    const account = await services.authenticate(login, key);
    enter(known, login, account);
    return services.submit(account, readMailSubmission(request, account.settings, clock.now()));
  }

  async function ignore(envelope: Envelope, raw: Buffer, known: Known, fault: Fault): Promise<Reply> {
    await services.noteIgnored({
      atMs: clock.now(),
      remoteAddress: envelope.remoteAddress,
      mailFrom: withoutNumbers(cleanText(envelope.mailFrom)),
      sizeBytes: raw.length,
      login: known.login && withoutNumbers(known.login),
      accountId: known.accountId,
      requestId: known.requestId && shownRequestId(known.requestId),
      ...fault,
    });
    return { code: 250, text: `OK: ignored (${fault.reason})` };
  }

  return {
    onMailFrom: (remoteAddress) => (addresses.take(remoteAddress, clock.now()) ? null : tooManyFromAddress),
    onRcptTo: (address) =>
      services.mailboxes.includes(address.toLowerCase()) || isOvhMailbox(services.ovh, address)
        ? null
        : noSuchMailbox,
    async onMail(envelope, raw) {
      const known: Known = { login: null, accountId: null, requestId: null };
      try {
        return await send(envelope, raw, known).then(accepted, (error: unknown) => {
          if (error instanceof TooManyMailsError) return tooManyForAccount;
          const fault = faultOf(error);
          if (fault === null) throw error;
          return ignore(envelope, raw, known, fault);
        });
      } catch (error) {
        log.error('mail.take_failed', { account: known.accountId, err: error as Error });
        return brokenDown;
      }
    },
  };
}

function accepted({ campaignId }: SubmissionReport): Reply {
  return { code: 250, text: campaignId === null ? 'OK: simulated' : `OK: campaign ${campaignId}` };
}

const longestShown = 255;

/** Of a run of digits that could be a telephone number, the last two. */
function withoutNumbers(text: string): string {
  return text.slice(0, longestShown).replace(/\d{5,}(\d\d)/g, '…$1');
}

/** The customer's own key to the mail, where it is one. */
function shownRequestId(id: string): string {
  return /^[a-zA-Z0-9]{12,30}$/.test(id) ? id : withoutNumbers(id);
}
