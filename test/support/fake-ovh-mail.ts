// The house behind OVH's mailbox for tests of the dialect alone: one account with one user, who is known by his password.

import type { Letter } from '#store/outgoing-mails.ts';
import type { SenderStanding } from '../../src/dialects/ovh-sending.ts';
import type { OvhMailHouse } from '../../src/dialects/smtp/ovh-session.ts';
import { noAlert } from '../../src/domain/user.ts';
import { accountWith, type FakeCustomers } from './fake-customers.ts';

export interface FakeOvhMail extends OvhMailHouse {
  /** The reports that left. */
  readonly told: Letter[];
}

export const ovhSubject = 'sms-aa00001-1:desk:Secret12';

export function fakeOvhMail(customers: FakeCustomers, standing: SenderStanding = 'name'): FakeOvhMail {
  const told: Letter[] = [];
  return {
    told,
    mailboxes: ['email2sms@ovh.net', '@email2sms.ovh.net'],
    authenticate: async (serviceName, login, password) => {
      if (`${serviceName}:${login}:${password}` !== ovhSubject) return null;
      const user = { id: 7, login, allowedIps: [], quotaMicros: null, alert: noAlert };
      return { account: accountWith({}), user };
    },
    submit: (account, submission) => customers.submit(account, submission),
    standingOf: async () => standing,
    creditPriceMicros: () => 50_000n,
    tell: async (letter) => {
      told.push(letter);
    },
  };
}
