// Services of OVH's mail dialect for its tests: one account with one user.

import type { OvhMailServices } from '../../src/dialects/ovh/mail/session.ts';
import { noAlert } from '../../src/domain/account/user.ts';
import type { SenderStatus } from '../../src/operations/account/senders.ts';
import type { ReportMail } from '../../src/operations/sending/report-mails.ts';
import { accessWith, type FakeCustomers } from './fake-customers.ts';
import { partly } from './services.ts';

export interface FakeOvhMail extends OvhMailServices {
  readonly reports: ReportMail[];
}

export const ovhSubject = 'sms-aa00001-1:office:Secret12';

export function fakeOvhMail(fake: FakeCustomers, senderStatus: SenderStatus = 'name'): FakeOvhMail {
  const reports: ReportMail[] = [];
  const services = partly({
    credentials: {
      async authenticateUser(serviceName, login, password) {
        if (`${serviceName}:${login}:${password}` !== ovhSubject) return null;
        const user = { id: 7, login, allowedIps: [], quotaMicros: null, alert: noAlert };
        return { access: accessWith({}), user };
      },
    },
    submissions: fake.services.submissions,
    senders: {
      statusOf: async () => senderStatus,
      hasReplyNumbers: () => true,
      listEnabledNames: async () => [],
    },
    credit: { creditPriceMicros: () => 50_000n },
    reportMails: {
      async send(_access, report) {
        reports.push(report);
      },
    },
  });
  return { ...services, reports, mailboxes: ['email2sms@ovh.net', '@email2sms.ovh.net'] };
}
