// Services of OVH's mail dialect for its tests: one account with one user.

import type { ReportMail } from '../../src/dialects/ovh/mail/response.ts';
import type { OvhMailServices } from '../../src/dialects/ovh/mail/session.ts';
import type { SenderStatus } from '../../src/dialects/ovh/sending.ts';
import { noAlert } from '../../src/domain/account/user.ts';
import { accountWith, type FakeCustomers } from './fake-customers.ts';

export interface FakeOvhMail extends OvhMailServices {
  readonly reports: ReportMail[];
}

export const ovhSubject = 'sms-aa00001-1:desk:Secret12';

export function fakeOvhMail(customers: FakeCustomers, senderStatus: SenderStatus = 'name'): FakeOvhMail {
  const reports: ReportMail[] = [];
  return {
    reports,
    mailboxes: ['email2sms@ovh.net', '@email2sms.ovh.net'],
    authenticate: async (serviceName, login, password) => {
      if (`${serviceName}:${login}:${password}` !== ovhSubject) return null;
      const user = { id: 7, login, allowedIps: [], quotaMicros: null, alert: noAlert };
      return { account: accountWith({}), user };
    },
    submit: (account, submission) => customers.submit(account, submission),
    senderStatusOf: async () => senderStatus,
    hasReplyNumbers: () => true,
    enabledSenders: async () => [],
    quotaOf: async () => null,
    creditPriceMicros: () => 50_000n,
    sendReport: async (_account, report) => {
      reports.push(report);
    },
  };
}
