// Sending: the jobs of an account (protocols/ovh.md 5).

import { toCredits } from '#domain/credits.ts';
import { messageIdsOf } from '#domain/layout.ts';
import type { SubmissionReport } from '#domain/plan.ts';
import { type RefusalReason, RefusedError } from '#domain/refusals.ts';
import type { Submission } from '#domain/submission.ts';
import { cleanText } from '../../text-bytes.ts';
import { type Answers, answer, type Call } from '../call.ts';
import { badParameter, OvhError } from '../errors.ts';
import { type JobInput, type JobScope, readJob } from '../job-order.ts';

export const jobAnswers: Answers = {
  'POST /sms/{serviceName}/jobs': answer<JobInput>((call) => sendJob(call)),
};

/** sms.SmsSendingReport */
interface SendingReport {
  readonly totalCreditsRemoved: number;
  readonly invalidReceivers: readonly string[];
  readonly ids: readonly number[];
  readonly validReceivers: readonly string[];
  readonly tag: string;
}

async function sendJob(call: Call<JobInput>, scope: JobScope = {}): Promise<SendingReport> {
  const { house, account } = call;
  const receivers = readReceivers(call.input);
  const submission = { ...(await readJob(call, scope)), ...receivers };
  try {
    const report = await house.customers.submit(account, submission);
    return renderReport(report, submission, house.desks.accounts.creditPriceMicros(account));
  } catch (error) {
    if (error instanceof RefusedError && ofReceivers.has(error.refusal.reason)) return nobody(submission);
    throw error;
  }
}

/** One call is one transaction, and is held in memory whole. */
const maxReceivers = 50_000;

function readReceivers({
  receivers = [],
  receiversDocumentUrl,
  receiversSlotId,
}: JobInput): Pick<Submission, 'recipients' | 'readsNationalNumbers'> {
  if (receiversDocumentUrl || receiversSlotId)
    throw new OvhError(501, 'This platform does not serve lists of receivers yet: name them in receivers');
  if (receivers.length === 0) throw badParameter('receivers', 'Name at least one receiver');
  if (receivers.length > maxReceivers)
    throw badParameter('receivers', `At most ${maxReceivers} receivers in one call`);
  const recipients = receivers.map((receiver) => ({ number: cleanText(receiver).trim() }));
  return { recipients, readsNationalNumbers: false };
}

/** What is wrong with receivers fails no call: symfony and RaspiSMS read it from invalidReceivers (protocols/ovh.md 5). */
const ofReceivers: ReadonlySet<RefusalReason> = new Set<RefusalReason>([
  'recipients-malformed',
  'number-invalid',
  'number-not-mobile',
  'recipient-opted-out',
  'country-unknown',
  'country-not-covered',
  'tier-not-covered',
]);

function renderReport(
  { plan, firstMessageId }: SubmissionReport,
  { label }: Submission,
  creditPriceMicros: bigint,
): SendingReport {
  return {
    totalCreditsRemoved: toCredits(plan.costMicros, creditPriceMicros),
    invalidReceivers: [...new Set(plan.failures.map(({ number }) => number))],
    ids: messageIdsOf(plan, firstMessageId!),
    validReceivers: plan.messages.map(({ msisdn }) => `+${msisdn}`),
    tag: label?.tag ?? '',
  };
}

function nobody({ recipients, label }: Submission): SendingReport {
  const invalidReceivers = [...new Set(recipients.map(({ number }) => number))];
  return { totalCreditsRemoved: 0, invalidReceivers, ids: [], validReceivers: [], tag: label?.tag ?? '' };
}
