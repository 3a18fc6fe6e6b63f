// Defaults of services for tests of one dialect: those of the REST dialect that no other dialect of Octopush uses, and a
// cast for objects with the methods that a test needs.

import type { Services } from '../../src/operations/services.ts';

type PartialServices = { readonly [Name in keyof Services]?: Partial<Services[Name]> };

/** A method that is not given must not be called. */
export function partly(given: PartialServices): Services {
  return given as Services;
}

type Ask = (what: string, ...details: unknown[]) => void;

/** Each method records its name and its arguments without the access value. */
export function restServicesOf(ask: Ask) {
  const answerWith =
    <T>(name: string, answer: T) =>
    async (_access: unknown, ...rest: unknown[]): Promise<T> => {
      ask(name, ...rest);
      return answer;
    };
  return {
    contacts: {
      keep: answerWith('keep', { kept: 1, invalid: 0, optedOut: 0 }),
      drop: answerWith('drop', true),
      createGroup: answerWith('createGroup', true),
      clearGroup: answerWith('clearGroup', true),
      dropGroup: answerWith('dropGroup', true),
    },
    campaigns: { cancel: answerWith('cancel', 'cancelled') },
    contactListCampaigns: {
      create: answerWith('create', 110000000021),
      read: answerWith('read', {
        id: 110000000021,
        order: {} as never,
        status: 'ready',
        contacts: 3,
        segments: 6,
        costMicros: 150_000n,
        failure: null,
      }),
      readDraft: answerWith('readDraft', null),
      confirm: answerWith('confirm', Date.UTC(2026, 5, 1, 8)),
      cancel: answerWith('cancelList', true),
    },
    oneTimeCodes: {
      send: answerWith('send', 'token'),
      check: answerWith('check', { kind: 'wrong', attemptsLeft: 2 }),
    },
    numberLookups: {
      lookUp: answerWith('lookUp', [
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
      priceMicros: async () => 10_000n,
    },
  } satisfies PartialServices;
}
