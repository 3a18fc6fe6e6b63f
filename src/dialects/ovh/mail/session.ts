// Submits mails in OVH's form (docs/dialects/ovh.md#mail-to-sms) and answers with a report by mail. Used by the SMTP
// listener. Reports only to a sender who knows a user's password: the address of any other mail can be forged.

import { leftTo, type QuotaOf, readOrigin, type SenderFacts } from '#dialects/ovh/sending.ts';
import { ignoreReasonOf } from '#dialects/shared/mail-refusals.ts';
import type { MailFamily, MailProgress, ReceivedMail } from '#dialects/shared/mail-sessions.ts';
import type { Account } from '#domain/account/account.ts';
import { RefusedError } from '#domain/base/refusals.ts';
import type { Submission } from '#domain/base/submission.ts';
import type { SubmissionReport } from '#domain/plan/plan.ts';
import type { SignedInUser, UserCache } from '#operations/account/credentials/user-passwords.ts';
import { originInvalid } from './errors.ts';
import {
  type OvhSubject,
  readOvhCredentials,
  readOvhOrder,
  readOvhSubject,
  submissionOf,
} from './request.ts';
import { type Report, type ReportMail, renderAccepted, renderRefused } from './response.ts';

export interface OvhMailServices extends UserCache, SenderFacts {
  /** In lower case. One that begins with @ stands for all addresses of its domain. */
  readonly mailboxes: readonly string[];
  readonly quotaOf: QuotaOf;
  creditPriceMicros(account: Account): bigint;
  /** Resolves when the report is stored. */
  sendReport(account: Account, report: ReportMail): Promise<void>;
  /** Resolves after the commit; throws RefusedError. */
  submit(account: Account, submission: Submission): Promise<SubmissionReport>;
}

export function ovhMail(services: OvhMailServices): MailFamily {
  return {
    accepts(mailbox) {
      const written = mailbox.toLowerCase();
      return services.mailboxes.some((own) =>
        own.startsWith('@') ? written.endsWith(own) : written === own,
      );
    },
    submit: (received, progress) => submitMail(services, received, progress),
  };
}

async function submitMail(
  services: OvhMailServices,
  received: ReceivedMail,
  progress: MailProgress,
): Promise<SubmissionReport> {
  progress.noteRequestId(received.mail.messageId);
  const items = readOvhSubject(received.mail.subject);
  const signedIn = await signIn(services, items, received, progress);
  const { account } = signedIn;
  try {
    const accepted = await submitItems(services, signedIn, items, received);
    const leftMicros = await leftTo(services.quotaOf, signedIn, accepted.availableMicros);
    const credit = { leftMicros, priceMicros: services.creditPriceMicros(account) };
    await answer(services, account, received, renderAccepted(account, accepted, credit));
    return accepted;
  } catch (error) {
    const ignoreReason = ignoreReasonOf(error);
    // A mail that its relay repeated has its report already.
    if (ignoreReason !== null && ignoreReason.reason !== 'request-already-seen')
      await answer(services, account, received, renderRefused(account, ignoreReason));
    throw error;
  }
}

async function signIn(
  services: OvhMailServices,
  items: OvhSubject,
  { envelope }: ReceivedMail,
  progress: MailProgress,
): Promise<SignedInUser> {
  const { account: serviceName, login, password } = readOvhCredentials(items);
  const found = await services.authenticate(serviceName, login, password, envelope.remoteAddress);
  if (found === 'too-many')
    throw new RefusedError(
      'credentials-wrong',
      'Too many wrong passwords came from this address or for this login. Try again in a quarter of an hour.',
    );
  if (found === null)
    throw new RefusedError(
      'credentials-wrong',
      'No user has this account, login and password. Check them for typing errors.',
    );
  progress.noteLogin(`${serviceName} ${login}`);
  progress.countFor(found.account);
  return found;
}

async function submitItems(
  services: OvhMailServices,
  { account, user }: SignedInUser,
  items: OvhSubject,
  { mail }: ReceivedMail,
): Promise<SubmissionReport> {
  if (account.status !== 'active')
    throw new RefusedError('account-blocked', 'This account is disabled. Ask the operator of the platform.');
  const order = readOvhOrder(items, mail);
  const origin = await readOrigin(services, account, order);
  if (typeof origin === 'string') throw originInvalid(origin);
  return services.submit(account, submissionOf(order, origin, user.id, mail.messageId));
}

/** A mail without an envelope sender gets no answer (RFC 5321 §4.5.5). */
async function answer(
  services: OvhMailServices,
  account: Account,
  { mail, envelope: { mailFrom } }: ReceivedMail,
  report: Report,
): Promise<void> {
  if (mailFrom !== '') await services.sendReport(account, { recipient: mail.from ?? mailFrom, ...report });
}
