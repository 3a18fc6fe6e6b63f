// Writes sms.SmsSendingReport, with the valid and invalid receivers of a job (docs/dialects/ovh.md#sending). Used by the jobs.
// Invalid receivers never fail a call: clients read invalidReceivers.

import { messageIdsOf } from '#domain/acceptance/chunking.ts';
import type { Submission } from '#domain/base/submission.ts';
import { toCredits } from '#domain/money/ovh-credits.ts';
import { isOfRecipients } from '#domain/plan/recipient-refusals.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import type { OvhServices } from './call-context.ts';

export interface SendingReport {
  readonly totalCreditsRemoved: number;
  /** The numbers as sent. */
  readonly invalidReceivers: readonly string[];
  /** In the order of the valid receivers. */
  readonly ids: readonly number[];
  readonly validReceivers: readonly string[];
  readonly tag: string;
}

/** Sends a job and writes its report. */
export async function submitJob(
  { submissions, credit }: Pick<OvhServices, 'submissions' | 'credit'>,
  access: AccountAccess,
  submission: Submission,
): Promise<SendingReport> {
  const tag = submission.label?.tag ?? '';
  try {
    const { plan, firstMessageId } = await submissions.submit(access, submission);
    return {
      totalCreditsRemoved: toCredits(plan.costMicros, credit.creditPriceMicros(access)),
      invalidReceivers: withoutRepeats(plan.failures),
      ids: messageIdsOf(plan, firstMessageId!),
      validReceivers: plan.messages.map(({ msisdn }) => `+${msisdn}`),
      tag,
    };
  } catch (error) {
    if (!isOfRecipients(error)) throw error;
    const invalidReceivers = withoutRepeats(submission.recipients);
    return { totalCreditsRemoved: 0, invalidReceivers, ids: [], validReceivers: [], tag };
  }
}

export function withoutRepeats(written: readonly { readonly number: string }[]): string[] {
  return [...new Set(written.map(({ number }) => number))];
}
