// Submits mails in Octopush's form (docs/dialects/octopush.md#mail-to-sms). A mail contains a legacy request, with the
// credentials of the legacy API. Used by the SMTP listener.

import type { MailFamily } from '#dialects/shared/mail-sessions.ts';
import type { Account } from '#domain/account/account.ts';
import type { Submission } from '#domain/base/submission.ts';
import type { SubmissionReport } from '#domain/plan/plan.ts';
import type { Clock } from '#lib/time/clock.ts';
import { readMailCredentials, readMailRequest, readMailSubmission } from './request.ts';

export interface OctopushMailServices {
  authenticate(login: string, key: string): Account | Promise<Account>;
  /** Resolves after the commit; throws RefusedError. */
  submit(account: Account, submission: Submission): Promise<SubmissionReport>;
  readonly clock: Clock;
  /** In lower case. */
  readonly mailboxes: readonly string[];
}

export function octopushMail({ mailboxes, clock, ...services }: OctopushMailServices): MailFamily {
  return {
    accepts: (mailbox) => mailboxes.includes(mailbox.toLowerCase()),
    async submit({ mail }, progress) {
      const request = readMailRequest(mail);
      progress.noteRequestId(request.fields.get('request_id') ?? null);
      const { login, key } = readMailCredentials(request);
      progress.noteLogin(login);
      const account = await services.authenticate(login, key);
      progress.countFor(account);
      return services.submit(account, readMailSubmission(request, account.settings, clock.now()));
    },
  };
}
