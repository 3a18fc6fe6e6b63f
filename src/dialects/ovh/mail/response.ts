// Writes the report that answers a mail in OVH's form (docs/dialects/ovh.md#mail-to-sms). Used by session.ts.

import type { IgnoreReason } from '#dialects/shared/mail-refusals.ts';
import { messageIdsOf } from '#domain/acceptance/chunking.ts';
import type { Account } from '#domain/account/account.ts';
import { showCredits } from '#domain/money/ovh-credits.ts';
import type { SubmissionReport } from '#domain/plan/plan.ts';
import type { ReportMail } from '#operations/sending/report-mails.ts';

export type Report = Omit<ReportMail, 'recipient'>;

/** `leftMicros`: the credit that the user can still spend. `priceMicros`: the price of a credit. */
export function renderAccepted(
  account: Account,
  { plan, firstMessageId }: SubmissionReport,
  { leftMicros, priceMicros }: { readonly leftMicros: bigint; readonly priceMicros: bigint },
): Report {
  return report(account, 'OK', [
    `SMS sent: ${plan.messages.length} (${showCredits(plan.costMicros, priceMicros)} credits)`,
    `Credits left: ${showCredits(leftMicros, priceMicros)}`,
    `Ids: ${messageIdsOf(plan, firstMessageId!).join(', ')}`,
    ...plan.failures.map(
      ({ number, refusal }) => `Not sent to ${number}: ${refusal.detail ?? refusal.reason}`,
    ),
  ]);
}

export function renderRefused(account: Account, { detail }: IgnoreReason): Report {
  return report(account, 'KO', [`Nothing was sent: ${detail}`]);
}

function report({ serviceName }: Account, result: 'OK' | 'KO', lines: readonly string[]): Report {
  return {
    subject: `SMS report: ${result}`,
    text: [`SMS account: ${serviceName}`, ...lines, ''].join('\n'),
  };
}
