// Submits mails in OVH's form (docs/dialects/ovh.md#mail-to-sms) and answers with a report by mail. Used by the SMTP
// listener. Reports only to a sender who knows a user's password: the address of any other mail can be forged.

import { readCreditLeft, readOrigin } from '#dialects/ovh/sending.ts';
import { ignoreReasonOf } from '#dialects/shared/mail-refusals.ts';
import type { MailFamily, MailProgress, ReceivedMail } from '#dialects/shared/mail-sessions.ts';
import { accountDisabled, tooManyAttempts, userUnknown } from '#domain/account/account-refusals.ts';
import type { SubmissionReport } from '#domain/plan/plan.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import type { AuthenticatedUser } from '#operations/account/credentials/service.ts';
import type { Services } from '#operations/services.ts';
import { originInvalid } from './errors.ts';
import {
  type OvhSubject,
  readOvhCredentials,
  readOvhOrder,
  readOvhSubject,
  submissionOf,
} from './request.ts';
import { type Report, renderAccepted, renderRefused } from './response.ts';

export interface OvhMailServices
  extends Pick<Services, 'credentials' | 'submissions' | 'senders' | 'users' | 'credit' | 'reportMails'> {
  /** In lower case. One that begins with @ stands for all addresses of its domain. */
  readonly mailboxes: readonly string[];
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
  const author = await authenticate(services, items, received, progress);
  const { access } = author;
  const { account } = access;
  try {
    const accepted = await submitItems(services, author, items, received);
    const leftMicros = await readCreditLeft(services.users, author, accepted.availableMicros);
    const credit = { leftMicros, priceMicros: services.credit.creditPriceMicros(access) };
    await answer(services, access, received, renderAccepted(account, accepted, credit));
    return accepted;
  } catch (error) {
    const ignoreReason = ignoreReasonOf(error);
    // A mail that its relay repeated has its report already.
    if (ignoreReason !== null && ignoreReason.reason !== 'request-already-seen')
      await answer(services, access, received, renderRefused(account, ignoreReason));
    throw error;
  }
}

async function authenticate(
  { credentials }: OvhMailServices,
  items: OvhSubject,
  { envelope }: ReceivedMail,
  progress: MailProgress,
): Promise<AuthenticatedUser> {
  const { account: serviceName, login, password } = readOvhCredentials(items);
  const found = await credentials.authenticateUser(serviceName, login, password, envelope.remoteAddress);
  if (found === 'too-many') throw tooManyAttempts();
  if (found === null) throw userUnknown();
  progress.noteLogin(`${serviceName} ${login}`);
  progress.countFor(found.access.account);
  return found;
}

async function submitItems(
  services: OvhMailServices,
  { access, user }: AuthenticatedUser,
  items: OvhSubject,
  { mail }: ReceivedMail,
): Promise<SubmissionReport> {
  if (access.account.status !== 'active') throw accountDisabled();
  const order = readOvhOrder(items, mail);
  const origin = await readOrigin(services.senders, access, order);
  if (typeof origin === 'string') throw originInvalid(origin);
  return services.submissions.submit(access, submissionOf(order, origin, user.id, mail.messageId));
}

/** A mail without an envelope sender gets no answer (RFC 5321 §4.5.5). */
async function answer(
  { reportMails }: OvhMailServices,
  access: AccountAccess,
  { mail, envelope: { mailFrom } }: ReceivedMail,
  report: Report,
): Promise<void> {
  if (mailFrom !== '') await reportMails.send(access, { recipient: mail.from ?? mailFrom, ...report });
}
