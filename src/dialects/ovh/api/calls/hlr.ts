// Orders and reads number look-ups, and reads the last look-up of an SMS's receiver (docs/dialects/ovh.md#history).
// Used by call-table.ts.

import { type Answers, answer, type Call } from '#dialects/ovh/api/call-context.ts';
import { renderDate } from '#dialects/ovh/api/dates.ts';
import { badParameter, unknownObject } from '#dialects/ovh/api/errors.ts';
import { maxReceivers, type ReceiversInput, readReceivers } from '#dialects/ovh/api/job-receivers.ts';
import { readNamedList } from '#dialects/ovh/api/jobs-to-list.ts';
import { tellingListErrors } from '#dialects/ovh/api/recipient-list-source.ts';
import { inEachScope } from '#dialects/ovh/api/resource-scope.ts';
import type { OrderedLookup } from '#domain/delivery/lookup.ts';
import { toCredits } from '#domain/money/ovh-credits.ts';
import { findSent } from './outgoing.ts';

interface OneInput {
  readonly id: number;
}

export const hlrAnswers: Answers = {
  'POST /sms/{serviceName}/hlr': answer<ReceiversInput>(async (call) => {
    const { services, access } = call;
    const numbers = await readNumbers(call);
    const { ids, msisdns, invalid, costMicros } = await services.numberLookups.order(access, numbers);
    return {
      totalCreditsRemoved: toCredits(costMicros, services.credit.creditPriceMicros(access)),
      invalidReceivers: invalid,
      ids,
      validReceivers: msisdns.map((msisdn) => `+${msisdn}`),
      tag: '',
    };
  }),

  'GET /sms/{serviceName}/hlr': answer(({ services, access }) => services.numberLookups.list(access)),

  'GET /sms/{serviceName}/hlr/{id}': answer<OneInput>(async (call) => renderLookup(await find(call))),

  'GET /sms/{serviceName}/hlr/{id}/operator': answer<OneInput>(async (call) =>
    renderOperator(await find(call)),
  ),

  // Receipts do not name the network operator: the answer has the last look-up of the number, and its country.
  ...inEachScope({
    'GET /outgoing/{id}/hlr': answer<OneInput>(async (call) => {
      const { msisdn, country } = await findSent(call);
      const known = await call.services.numberLookups.find(call.access, msisdn);
      return renderOperator({ country, facts: known?.facts ?? null });
    }),
  }),
};

/** The numbers of the call, or of its list. */
async function readNumbers({ services, access, input }: Call<ReceiversInput>): Promise<readonly string[]> {
  const list = readNamedList(input, {});
  if (list === null) return readReceivers(access.account, input).recipients.map(({ number }) => number);
  const { field, source } = list;
  const numbers = await tellingListErrors(field, () =>
    services.recipientLists.readNumbers(access, source, maxReceivers),
  );
  if (numbers === null) throw badParameter(field, 'There is no list there');
  return numbers;
}

async function find({ services, access, input }: Call<OneInput>): Promise<OrderedLookup> {
  const lookup = await services.numberLookups.read(access, input.id);
  if (lookup === null) throw unknownObject();
  return lookup;
}

/** sms.HlrLookupNumber. No carrier reports roaming. */
function renderLookup(lookup: OrderedLookup) {
  const { id, msisdn, facts, orderedAtMs } = lookup;
  return {
    id,
    msisdn: `+${msisdn}`,
    datetime: renderDate(orderedAtMs),
    status: statusOf(lookup),
    operatorCode: codeOf(facts),
    valid: facts?.isValid ?? false,
    reachable: facts?.isReachable ?? false,
    ported: facts?.isPorted ?? false,
    roaming: false,
  };
}

function statusOf({ status, tries }: OrderedLookup): 'todo' | 'doing' | 'done' | 'error' {
  if (status === 'waiting') return tries === 0 ? 'todo' : 'doing';
  return status === 'done' ? 'done' : 'error';
}

function codeOf(facts: OrderedLookup['facts']): string {
  return `${facts?.mcc ?? ''}${facts?.mnc ?? ''}`;
}

const countryNames = new Intl.DisplayNames('en', { type: 'region', fallback: 'code' });

/** sms.Hlr; unknown members are empty. */
function renderOperator({ country, facts }: Pick<OrderedLookup, 'country' | 'facts'>) {
  return {
    country: countryNames.of(country) ?? country,
    countryCode: country,
    network: codeOf(facts),
    operator: facts?.networkName ?? '',
    region: '',
  };
}
