// Submits mails in Octopush's form (docs/dialects/octopush.md#mail-to-sms). A mail contains a legacy request, with the
// credentials of the legacy API. Used by the SMTP listener.

import type { MailFamily } from '#dialects/shared/mail-sessions.ts';
import type { Clock } from '#lib/time/clock.ts';
import type { Services } from '#operations/services.ts';
import { readMailCredentials, readMailRequest, readMailSubmission } from './request.ts';

export interface OctopushMailServices extends Pick<Services, 'credentials' | 'submissions'> {
  readonly clock: Clock;
  /** In lower case. */
  readonly mailboxes: readonly string[];
}

export function octopushMail(services: OctopushMailServices): MailFamily {
  const { credentials, submissions, clock, mailboxes } = services;
  return {
    accepts: (mailbox) => mailboxes.includes(mailbox.toLowerCase()),
    async submit({ mail, envelope }, progress) {
      const request = readMailRequest(mail);
      progress.noteRequestId(request.fields.get('request_id') ?? null);
      const { login, key } = readMailCredentials(request);
      progress.noteLogin(login);
      const access = await credentials.authenticate('octopush', login, key, envelope.remoteAddress);
      progress.countFor(access.account);
      const submission = readMailSubmission(request, access.account.settings, clock.now());
      return submissions.submit(access, submission);
    },
  };
}
