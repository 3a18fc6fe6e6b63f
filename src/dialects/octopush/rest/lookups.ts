// Endpoint of number look-ups (HLR, docs/dialects/octopush.md#rest-contacts-and-look-ups). Used by routes.ts and openapi.ts.

import { type Static, Type } from 'typebox';
import { renderParisTime } from '#dialects/shared/paris-time.ts';
import { prefixOf } from '#gsm/msisdn.ts';
import type { LookedUpNumber } from '#operations/reading/number-lookups/immediate-lookups.ts';
import { alpha3Of } from './country-codes.ts';
import { type Call, type Endpoint, endpoint } from './endpoint.ts';
import { phoneNumbersMissing, tooManyInRequest } from './request-refusals.ts';
import { flag } from './schemas.ts';

const maxNumbers = 200;

const input = Type.Object({
  phone_numbers: Type.Array(Type.String(), { description: '1 to 200 numbers.' }),
  simulation_mode: flag('Answered, not charged.'),
});

const text = Type.Union([Type.String(), Type.Null()]);

const output = Type.Array(
  Type.Object({
    phone_number: Type.String(),
    status: Type.Enum(['valid', 'invalid', 'unknown']),
    network_name: text,
    mcc: text,
    mnc: text,
    country_name: text,
    country_code: text,
    country_code_iso3: text,
    country_prefix: text,
    area: Type.Null(),
    phone_number_type: text,
    line_status: text,
    is_ported: Type.Union([Type.Boolean(), Type.Null()]),
    ported_date: text,
    original_network_details: Type.Object({}),
  }),
);

export const lookupEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/contact/hlr-request',
    group: 'Contacts',
    summary: 'Looks numbers up at carriers; each answer is charged',
    input,
    status: 200,
    output,
    answer: lookUp,
  }),
];

async function lookUp({ services, access, input: asked }: Call<Static<typeof input>>) {
  const numbers = asked.phone_numbers.filter((number) => number.trim() !== '');
  if (numbers.length === 0) throw phoneNumbersMissing();
  if (numbers.length > maxNumbers) throw tooManyInRequest(maxNumbers, 'numbers');
  const dryRun = asked.simulation_mode ?? false;
  return (await services.numberLookups.lookUp(access, { numbers, dryRun })).map(render);
}

const countryNames = new Intl.DisplayNames('en', { type: 'region' });

function render({ number, msisdn, country, facts }: LookedUpNumber): Static<typeof output>[number] {
  const isReachable = facts?.isReachable ?? null;
  return {
    phone_number: msisdn === null ? number : `+${msisdn}`,
    // Ours: the documents have valid and invalid, and no value for a missing answer of the carrier.
    status: facts === null ? 'unknown' : facts.isValid ? 'valid' : 'invalid',
    network_name: facts?.networkName ?? null,
    mcc: facts?.mcc ?? null,
    mnc: facts?.mnc ?? null,
    country_name: country === null ? null : (countryNames.of(country) ?? null),
    country_code: country,
    country_code_iso3: country === null ? null : alpha3Of(country),
    country_prefix: country === null ? null : prefixOf(country),
    area: null,
    phone_number_type: facts?.isValid ? 'mobile' : null,
    line_status: isReachable === null ? null : isReachable ? 'active' : 'inactive',
    is_ported: facts?.isPorted ?? null,
    ported_date: facts?.portedAtMs == null ? null : renderParisTime(facts.portedAtMs).slice(0, 10),
    original_network_details:
      facts?.originalNetwork == null
        ? {}
        : {
            network_name: facts.originalNetwork.name,
            mcc: facts.originalNetwork.mcc,
            mnc: facts.originalNetwork.mnc,
          },
  };
}
