// The desks of the REST dialect for tests of the dialect alone: they keep what they were asked and answer at once.

import type { RestDesks } from '../../src/dialects/octopush/rest/services.ts';
import { accountWith } from './fake-customers.ts';

export interface FakeDesks extends RestDesks {
  /** Name of the question and what was asked, without the account. */
  readonly asked: [string, ...unknown[]][];
}

export function fakeDesks(): FakeDesks {
  const asked: [string, ...unknown[]][] = [];
  const noting =
    <T>(name: string, answer: T) =>
    async (_account: unknown, ...rest: unknown[]): Promise<T> => {
      asked.push([name, ...rest]);
      return answer;
    };
  return {
    asked,
    contacts: {
      keep: noting('keep', { kept: 1, invalid: 0, optedOut: 0 }),
      drop: noting('drop', true),
      createGroup: noting('createGroup', true),
      clearGroup: noting('clearGroup', true),
      dropGroup: noting('dropGroup', true),
    },
    listCampaigns: {
      create: noting('create', 110000000021),
      read: noting('read', {
        id: 110000000021,
        order: {} as never,
        status: 'ready',
        contacts: 3,
        segments: 6,
        costMicros: 150_000n,
        failure: null,
      }),
      readDraft: noting('readDraft', null),
      confirm: noting('confirm', Date.UTC(2026, 5, 1, 8)),
      cancel: noting('cancelList', true),
    },
    codes: {
      send: noting('send', 'token'),
      check: noting('check', { kind: 'wrong', attemptsLeft: 2 }),
    },
    subAccounts: {
      create: noting('createSubAccount', { login: 'x@sub-accounts.com', apiKey: 'k' }),
      read: noting('readSubAccount', {
        firstName: 'A',
        lastName: 'B',
        company: '',
        account: accountWith({}),
      }),
      edit: noting('editSubAccount', true),
      openTransfer: noting('openTransfer', 'ABCD'),
      transfer: noting('transfer', {
        recipientId: 2,
        availableMicros: 1_000_000n,
        recipientAvailableMicros: 2_000_000n,
      }),
    },
    cancel: noting('cancel', 'cancelled'),
    lookUp: noting('lookUp', [
      {
        number: '33601010101',
        msisdn: 33601010101,
        country: 'FR',
        facts: {
          isValid: true,
          networkName: 'N',
          mcc: '208',
          mnc: '01',
          isReachable: true,
          isPorted: false,
          portedAtMs: null,
          originalNetwork: null,
        },
      },
    ]),
    async lookupPriceMicros() {
      return 10_000n;
    },
    editParameters: noting('editParameters', undefined),
  };
}
