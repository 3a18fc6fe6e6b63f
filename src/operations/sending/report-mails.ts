// Reports by mail to the author of a mail that sends SMS. Used by the mail form of the OVH dialect.
import type { AccountAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import { insertNotifications } from '#store/platform/notifications.ts';

export interface ReportMail {
  readonly recipient: string;
  readonly subject: string;
  readonly text: string;
}

export interface ReportMails {
  /** Stores the mail for sending; does nothing if the platform has no mail relay. */
  send(access: AccountAccess, mail: ReportMail): Promise<void>;
}

export interface ReportMailNeeds {
  readonly hasMailRelay: boolean;
}

export function createReportMails(
  { database, clock }: Pick<Context, 'database' | 'clock'>,
  { hasMailRelay }: ReportMailNeeds,
): ReportMails {
  return {
    async send(access, mail) {
      const account = authorize(access, 'report-mails.send');
      if (!hasMailRelay) return;
      await insertNotifications(database.query, account, [{ media: 'mail', ...mail }], clock.now());
    },
  };
}
