// What becomes of a mail to OVH's mailbox (protocols/ovh.md 11.2): who wrote it, the sending, and the report that goes back
// by mail. Serves session.ts. Only who knows a user's password is written to: everybody else could be somebody else.

import {
  leftTo,
  type OriginProblem,
  type QuotaOf,
  readOrigin,
  type SenderFacts,
} from '#dialects/ovh/sending.ts';
import { messageIdsOf } from '#domain/acceptance/chunking.ts';
import type { Account } from '#domain/account/account.ts';
import { RefusedError } from '#domain/base/refusals.ts';
import type { Submission } from '#domain/base/submission.ts';
import { showCredits } from '#domain/money/ovh-credits.ts';
import type { SubmissionReport } from '#domain/plan/plan.ts';
import type { UserCache } from '#operations/account/credentials/user-passwords.ts';
import { type Fault, faultOf, MailFaultError } from './errors.ts';
import type { Mail } from './mail.ts';
import { ovhSubmissionOf, readOvhCredentials, readOvhOrder, readOvhSubject } from './ovh-mail.ts';

export interface OvhMailServices extends UserCache, SenderFacts {
  /** Addresses that are OVH's, in lower case; one that begins with @ stands for all of its domain. */
  readonly mailboxes: readonly string[];
  readonly quotaOf: QuotaOf;
  creditPriceMicros(account: Account): bigint;
  /** Resolves when the mail is stored. */
  tell(account: Account, mail: ReportMail): Promise<void>;
  /** Resolves after the commit; throws RefusedError. */
  submit(account: Account, submission: Submission): Promise<SubmissionReport>;
}

export interface ReportMail {
  readonly recipient: string;
  readonly subject: string;
  readonly text: string;
}

export interface OvhLetter {
  readonly mail: Mail;
  /** As in the envelope; empty for a mail that nobody may answer. */
  readonly mailFrom: string;
  /** Of the machine that brings the mail, a relay perhaps. */
  readonly remoteAddress: string;
  /** May the account send now? Throws when it may not. */
  readonly onAccount: (login: string, account: Account) => void;
}

export function isOvhMailbox({ mailboxes }: Pick<OvhMailServices, 'mailboxes'>, address: string): boolean {
  const written = address.toLowerCase();
  return mailboxes.some((box) => (box.startsWith('@') ? written.endsWith(box) : written === box));
}

/** Throws what session.ts makes a note of. */
export async function sendOvhMail(services: OvhMailServices, letter: OvhLetter): Promise<SubmissionReport> {
  const { mail, mailFrom, onAccount } = letter;
  const items = readOvhSubject(mail.subject);
  const { account: serviceName, login, password } = readOvhCredentials(items);
  const found = await services.authenticate(serviceName, login, password, letter.remoteAddress);
  if (found === 'too-many')
    throw new RefusedError(
      'credentials-wrong',
      'too many wrong passwords came from this address or for this login in a quarter of an hour',
    );
  if (found === null)
    throw new RefusedError('credentials-wrong', 'no user with this account, login and password');
  const { account, user } = found;
  onAccount(`${serviceName} ${login}`, account);
  const tell = async (verdict: 'OK' | 'KO', lines: readonly string[]) => {
    if (mailFrom === '') return;
    const text = [`SMS account: ${account.serviceName}`, ...lines, ''].join('\n');
    await services.tell(account, {
      recipient: mail.from ?? mailFrom,
      subject: `SMS report: ${verdict}`,
      text,
    });
  };
  try {
    if (account.status !== 'active') throw new RefusedError('account-blocked', 'this account is disabled');
    const order = readOvhOrder(items, mail);
    const origin = await readOrigin(services, account, order);
    if (typeof origin === 'string') throw originFault(origin);
    const report = await services.submit(account, ovhSubmissionOf(order, origin, user.id, mail.messageId));
    const leftMicros = await leftTo(services.quotaOf, found, report.availableMicros);
    await tell('OK', describeReport(report, leftMicros, services.creditPriceMicros(account)));
    return report;
  } catch (error) {
    const fault = faultOf(error);
    if (fault !== null && !isRepeated(fault)) await tell('KO', [`Nothing was sent: ${fault.detail}`]);
    throw error;
  }
}

/** The relay brought it again: its report has left. */
function isRepeated({ reason }: Fault): boolean {
  return reason === 'request-already-seen';
}

function originFault(problem: OriginProblem): MailFaultError {
  switch (problem) {
    case 'web-address':
      return new MailFaultError('item-invalid', 'no web address can be sent with a short code');
    case 'unnamed':
      return new MailFaultError(
        'sender-unknown',
        'there is no short code, and the account has several senders or none; name a sender',
      );
    case 'unknown':
      return new MailFaultError('sender-unknown', 'the sender does not exist; it has to be created first');
    case 'not-enabled':
      return new MailFaultError('sender-unknown', 'the sender is not enabled');
  }
}

function describeReport(
  { plan, firstMessageId }: SubmissionReport,
  leftMicros: bigint,
  priceMicros: bigint,
): string[] {
  return [
    `SMS sent: ${plan.messages.length} (${showCredits(plan.costMicros, priceMicros)} credits)`,
    `Credits left: ${showCredits(leftMicros, priceMicros)}`,
    `Ids: ${messageIdsOf(plan, firstMessageId!).join(', ')}`,
    ...plan.failures.map(
      ({ number, refusal }) => `Not sent to ${number}: ${refusal.detail ?? refusal.reason}`,
    ),
  ];
}
