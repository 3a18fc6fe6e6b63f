// The house behind OVH's mailbox for tests of the dialect alone: one account with one user, who is known by his password.

import type { OvhMailServices, ReportMail } from '../../src/dialects/octopush/mail/ovh-session.ts';
import type { SenderStatus } from '../../src/dialects/ovh/sending.ts';
import { noAlert } from '../../src/domain/account/user.ts';
import { accountWith, type FakeCustomers } from './fake-customers.ts';

export interface FakeOvhMail extends OvhMailServices {
  /** The reports that left. */
  readonly told: ReportMail[];
}

export const ovhSubject = 'sms-aa00001-1:desk:Secret12';

export function fakeOvhMail(customers: FakeCustomers, senderStatus: SenderStatus = 'name'): FakeOvhMail {
  const told: ReportMail[] = [];
  return {
    told,
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
    tell: async (_account, mail) => {
      told.push(mail);
    },
  };
}
